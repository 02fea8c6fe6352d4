"""What admins decide about an account, and what follows from it at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit.clock import iso, parse
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from lyceum.rules import sessions
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.story import PASSWORD, Story
from tests.support.tokens import proven
from tests.users.conftest import People

Act = Callable[..., Any]
ABOVE_ADMIN = "super_admin"


def signed_in(client: Client, name: str, role: str) -> tuple[str, str]:
    """Register and sign in as a stranger would; returns the user's id and access token."""
    user_id = client.post("/api/auth/register", {**Story.person(name), "role": role}).data["userId"]
    token = client.post("/api/auth/login", {"identifier": name, "password": PASSWORD}).data["accessToken"]
    return user_id, token


@pytest.mark.parametrize("role", ["instructor", "mentor"])
def test_unverified_teachers_act_as_students_until_an_admin_verifies_them(
    client: Client, people: People, as_admin: Act, role: str
) -> None:
    user_id = client.post("/api/auth/register", {**Story.person("ada"), "role": role}).data["userId"]
    tokens = client.post("/api/auth/login", {"identifier": "ada", "password": PASSWORD}).data
    token = tokens["accessToken"]

    def refreshed() -> str:
        given = {"refreshToken": tokens["refreshToken"]}
        return str(client.post("/api/auth/refresh", given).data["accessToken"])

    assert proven(token).role == "student"
    shown = as_admin("verify", user_id)
    assert (shown.data["role"], shown.data["isVerified"]) == (role, True)
    with pytest.raises(Unauthenticated):  # a token tells of rights as they were when it was signed
        proven(token)
    assert proven(refreshed()).role == role
    assert [event["what"] for event in people.events("user.verified")] == ["role"]
    assert as_admin("verify", user_id).status == 200
    assert [act.action for act in people.acts()] == ["user.verify"]


def test_only_mentors_and_instructors_are_verified(client: Client, as_admin: Act) -> None:
    assert as_admin("verify", client.as_("student").user_id).error.fields == {"NOTHING_TO_VERIFY"}


def test_a_new_role_ends_the_sessions_and_is_audited(client: Client, people: People) -> None:
    user_id, token = signed_in(client, "ada", "student")
    admin = client.as_("admin")
    reply = admin.put(f"/api/users/{user_id}/role", {"role": "moderator", "reason": "knows the bank"})
    assert reply.data["role"] == "moderator"
    assert reply.cost.operations == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    with pytest.raises(Unauthenticated):
        proven(token)
    (event,) = people.events("user.role_changed")
    assert (event["oldRole"], event["newRole"], event["actor"]) == ("student", "moderator", admin.user_id)
    (act,) = people.acts()
    assert (act.before, act.after) == (
        {"role": "student", "is_verified": True},
        {"role": "moderator", "is_verified": True},
    )
    assert (act.action, act.reason, act.actor_id) == ("user.role", "knows the bank", admin.user_id)


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("super_admin", 403)])
def test_nobody_gives_a_role_above_their_own(client: Client, role: str, status: int) -> None:
    assert client.as_("admin").put(f"/api/users/{client.as_('student').user_id}/role", {"role": role}).status == status


def test_nobody_acts_on_themself_or_above_their_rank(client: Client, people: People, as_admin: Act) -> None:
    for name in ("admin", ABOVE_ADMIN):
        user_id = client.as_(name).user_id
        replies = [
            as_admin("suspend", user_id, {"reason": "because"}),
            as_admin("activate", user_id),
            as_admin("verify", user_id),
        ]
        replies.append(client.as_("admin").put(f"/api/users/{user_id}/role", {"role": "student"}))
        assert {reply.status for reply in replies} == {403}
    assert client.as_("admin").delete(f"/api/users/{client.as_(ABOVE_ADMIN).user_id}").status == 403
    assert people.acts() == []


@pytest.mark.parametrize("path", ["/api/users/{}/suspend", "/api/admin/users/{}/suspend"])
def test_a_suspension_ends_the_sessions_and_then_ends_by_itself(
    client: Client, people: People, clock: Clock, path: str
) -> None:
    user_id, token = signed_in(client, "ada", "student")
    until = clock.at + timedelta(minutes=10)
    admin = client.as_("admin")
    shown = admin.post(path.format(user_id), {"reason": "spam", "until": iso(until)}).data
    assert (shown["status"], shown["suspendedUntil"], shown["suspensionReason"]) == (
        "suspended",
        iso(until),
        "spam",
    )
    with pytest.raises(Unauthenticated):
        proven(token)
    (event,) = people.events("user.suspended")
    assert (event["reason"], parse(event["until"])) == ("spam", until)
    assert client.as_("student").get(f"/api/users/{user_id}").status == 404
    clock.move_to(until)
    assert admin.get(f"/api/users/{user_id}").data["status"] == "active"
    assert client.as_("student").get(f"/api/users/{user_id}").status == 200
    (act,) = people.acts()
    assert act.after == {
        "status": "suspended",
        "suspended_until": iso(until),
        "suspension_reason": "spam",
    }


def test_whoever_is_suspended_does_nothing_that_asks_for_rights_of_this_moment(client: Client, clock: Clock) -> None:
    user_id, token = signed_in(client, "ada", "student")
    until = clock.at + timedelta(minutes=5)
    Unit().change(User.at(user_id=user_id), User.status.set("suspended"), User.suspended_until.set(until)).commit()
    with pytest.raises(Unauthenticated):
        sessions.recheck(proven(token))
    clock.move_to(until)
    assert sessions.recheck(proven(token)).user_id == user_id


def test_an_admin_ends_a_suspension(client: Client, people: People, as_admin: Act) -> None:
    user_id = client.as_("student").user_id
    assert as_admin("activate", user_id).error.code == "NOT_SUSPENDED"
    as_admin("suspend", user_id, {"reason": "spam"})
    shown = as_admin("activate", user_id).data
    assert shown["status"] == "active" and not {"suspendedUntil", "suspensionReason"} & set(shown)
    assert [event["userId"] for event in people.events("user.activated")] == [user_id]
    assert sorted(act.action for act in people.acts()) == ["user.activate", "user.suspend"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "no"}, "reason"),
        ({}, "reason"),
        ({"reason": "spam", "until": "2027-01-12T12:00:00"}, "until"),
        ({"reason": "spam", "until": "2027-01-11T09:00:00Z"}, "ENDS_IN_THE_PAST"),
    ],
)
def test_a_suspension_needs_a_reason_and_an_end_to_come(
    client: Client, as_admin: Act, clock: Clock, body: Any, field: str
) -> None:
    assert as_admin("suspend", client.as_("student").user_id, body).error.fields == {field}


def test_a_deleted_account_is_gone_at_once_and_its_names_stay_taken(
    client: Client, people: People, clock: Clock
) -> None:
    user_id, token = signed_in(client, "ada", "student")
    caller = client.as_("admin")
    reply = caller.delete(f"/api/users/{user_id}")
    assert reply.data == {"id": user_id, "purgeAt": iso(clock.at + timedelta(days=30))}
    with pytest.raises(Unauthenticated):
        proven(token)
    assert client.as_("student").get(f"/api/users/{user_id}").status == 404
    assert caller.get(f"/api/users/{user_id}").data["status"] == "deleted"
    assert not client.post("/api/profile/check-username", {"username": "ada"}).data["isFree"]
    assert client.post("/api/auth/register", Story.person("ada")).status == 409
    assert [event["role"] for event in people.events("user.deleted")] == ["student"]
    assert caller.delete(f"/api/users/{user_id}").status == 404
    assert caller.post(f"/api/users/{user_id}/suspend", {"reason": "spam"}).status == 404


def test_everybody_may_delete_themself_and_nobody_else(client: Client, people: People) -> None:
    student = client.as_("student")
    assert client.as_("moderator").delete(f"/api/users/{student.user_id}").status == 403
    assert student.delete(f"/api/users/{student.user_id}").status == 200
    assert student.put("/api/profile/update", {"firstName": "Back"}).status == 404
    assert people.stored("student").status == "deleted"
    (act,) = people.acts()
    assert (act.action, act.actor_id) == ("user.delete", student.user_id)


def test_a_super_admin_is_deleted_by_another_only(client: Client) -> None:
    path = f"/api/users/{client.as_('super_admin').user_id}"
    assert client.as_("super_admin").delete(path).status == 403
    assert client.as_("second", "super_admin").delete(path).status == 200


def test_another_tenants_admin_decides_nothing(client: Client, people: People) -> None:
    other, user_id = client.of("elsewhere").as_("super_admin"), client.as_("student").user_id
    assert other.put(f"/api/users/{user_id}/role", {"role": "admin"}).status == 404
    assert other.delete(f"/api/users/{user_id}").status == 404
    assert people.stored("student").role == "student"
