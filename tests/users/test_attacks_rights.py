"""Rights that ended are worth nothing at once: suspended and demoted administrators, and the invitations they made."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.errors import Gone
from lyceum.kit.identity.records import Revocation
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from lyceum.model.users.invitations import Invitation
from lyceum.rules import invitations
from tests.support.http import Client
from tests.users.conftest import People

EFUA = {"role": "instructor", "email": "efua@example.com"}


def revocations(client: Client) -> list[tuple[str, int | None]]:
    """Return what ended: subjects, with the lowest version that is left of a user."""
    found = [Revocation.from_raw_data(item) for item in client.cloud.items(client.tenant) if _is_revocation(item)]
    return [(each.subject, None if each.lowest_version is None else int(each.lowest_version)) for each in found]


def _is_revocation(item: dict[str, Any]) -> bool:
    return bool(item["kind"]["S"] == "revocation")


def invite(client: Client, **changed: Any) -> Invitation:
    made = client.post("/api/admin/users/invite", EFUA | changed).data
    return Invitation.require(invitation_id=made["invitationId"])


@pytest.mark.parametrize(
    ("verb", "body"), [("suspend", {"reason": "spam"}), ("role", {"role": "moderator"}), ("delete", None)]
)
def test_an_administrator_whose_rights_ended_does_nothing_with_a_living_token(
    client: Client, people: People, verb: str, body: Any
) -> None:
    mallory, boss, victim = client.as_("mallory", "admin"), client.as_("super_admin"), client.as_("student")
    invitation = invite(mallory)
    path = f"/api/users/{mallory.user_id}"
    done = {
        "suspend": lambda: boss.post(f"{path}/suspend", body),
        "role": lambda: boss.put(f"{path}/role", body),
        "delete": lambda: boss.delete(path),
    }[verb]()
    assert done.status == 200
    tried = [
        mallory.post("/api/admin/users/invite", {"role": "admin", "email": "friend@example.com"}),
        mallory.get("/api/admin/users/invitations"),
        mallory.delete(f"/api/admin/users/invitations/{invitation.invitation_id}"),
        mallory.get("/api/users"),
        mallory.patch(f"/api/users/{victim.user_id}", {"firstName": "Mallory"}),
        mallory.delete(f"/api/users/{victim.user_id}"),
        mallory.post(f"/api/users/{victim.user_id}/suspend", {"reason": "spam"}),
        mallory.put(f"/api/users/{victim.user_id}/role", {"role": "admin"}),
        mallory.get("/api/admin/sign-in-ranges"),
        mallory.post("/api/admin/sign-in-ranges", {"name": "home", "network": "192.0.2.0/24"}),
        mallory.post("/api/announcements", {"title": "Listen", "body": "All of you."}),
    ]
    assert {reply.status for reply in tried} == {401}
    assert people.stored("student").first_name == "Student"


@pytest.mark.parametrize("verb", ["suspend", "role", "delete"])
def test_an_invitation_is_good_only_while_its_maker_may_give_the_role(
    client: Client, people: People, verb: str
) -> None:
    mallory, boss = client.as_("mallory", "admin"), client.as_("super_admin")
    opened = invite(mallory, role="admin")
    token = invitations.token_of(opened)
    path = f"/api/users/{mallory.user_id}"
    if verb == "suspend":
        boss.post(f"{path}/suspend", {"reason": "spam"})
    elif verb == "role":
        boss.put(f"{path}/role", {"role": "moderator"})
    else:
        boss.delete(path)
    with pytest.raises(Gone):
        invitations.require(token)
    unit = Unit()
    invitations.accept(unit, opened, "friend")
    with pytest.raises(Gone):
        unit.commit()
    people.settle()
    assert Invitation.require(invitation_id=opened.invitation_id).withdrawn_at is not None
    if verb == "suspend":
        boss.post(f"/api/admin/users/{mallory.user_id}/activate")
        with pytest.raises(Gone):
            invitations.require(token)


def test_one_who_rises_keeps_the_invitations(client: Client, people: People) -> None:
    admin = client.as_("admin")
    token = invitations.token_of(invite(admin))
    client.as_("super_admin").put(f"/api/users/{admin.user_id}/role", {"role": "super_admin"})
    people.settle()
    assert invitations.require(token).role == "instructor"


def test_open_invitations_are_listed_and_withdrawn(client: Client, people: People) -> None:
    admin, boss = client.as_("admin"), client.as_("super_admin")
    first, second = invite(admin), invite(boss, role="super_admin", email="chief@example.com")
    listed = admin.get("/api/admin/users/invitations").data
    assert [(each["email"], each["inviterId"]) for each in listed] == [
        ("chief@example.com", boss.user_id),
        ("efua@example.com", admin.user_id),
    ]
    path = "/api/admin/users/invitations"
    assert admin.delete(f"{path}/{second.invitation_id}").status == 403
    assert admin.delete(f"{path}/{first.invitation_id}").data == {"id": first.invitation_id}
    assert admin.delete(f"{path}/{first.invitation_id}").status == 409
    assert admin.delete(f"{path}/nothing").status == 404
    assert [each["email"] for each in boss.get(path).data] == ["chief@example.com"]
    with pytest.raises(Gone):
        invitations.require(invitations.token_of(first))
    assert "invitation.withdraw" in [act.action for act in people.acts()]
    assert client.as_("moderator").get(path).status == 403


@pytest.mark.parametrize("verb", ["suspend", "activate", "verify", "role", "delete"])
def test_each_decision_ends_the_tokens_from_before(
    client: Client, people: People, as_admin: Callable[..., Any], verb: str
) -> None:
    name = "mentor" if verb == "verify" else "student"
    user_id, admin = client.as_(name).user_id, client.as_("admin")
    people.change(name, is_verified=name == "student", status="suspended" if verb == "activate" else "active")
    done = {
        "suspend": lambda: as_admin("suspend", user_id, {"reason": "spam"}),
        "activate": lambda: as_admin("activate", user_id),
        "verify": lambda: as_admin("verify", user_id),
        "role": lambda: admin.put(f"/api/users/{user_id}/role", {"role": "mentor"}),
        "delete": lambda: admin.delete(f"/api/users/{user_id}"),
    }[verb]()
    assert done.status == 200
    assert (revocations(client), people.stored(name).permissions_version) == ([(user_id, 2)], 2)


def test_another_pin_ends_the_tokens_of_its_pupil(client: Client) -> None:
    teacher = client.as_("instructor")
    cards = teacher.post(
        "/api/users/pin-cards", {"className": "A", "pupils": [{"firstName": "Ada", "lastName": "L"}]}
    ).data
    pupil_id = cards["cards"][0]["userId"]
    assert revocations(client) == []
    teacher.post("/api/users/pin-cards", {"classId": cards["classId"], "reset": [pupil_id]})
    assert revocations(client) == [(pupil_id, 2)]
    assert User.require(user_id=pupil_id).permissions_version == 2
