"""Ways to join beside plain registration: invitations, cards, another address; and what unverified teachers may do."""

import re

import pytest

from lyceum.model.users.account import User
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, holder, signed_in
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once, status_of

from functions.auth import accounts
from functions.auth.schemas import Register

EMAIL = "ada@example.com"
NEWCOMER = {key: value for key, value in ADA.items() if key != "email"}
PUPIL = {"className": "Form 2b", "pupils": [{"firstName": "Kofi", "lastName": "Mensah"}]}


@pytest.fixture
def invitation(clock: Clock, client: Client, post: Post) -> str:
    """The token of the mail that invites Ada as a moderator."""
    client.as_("admin").post("/api/admin/users/invite", {"role": "moderator", "email": EMAIL, "language": "fr"})
    ((address, text),) = post.bring()
    assert address == EMAIL and "en tant que moderator" in text
    return next(line for line in text.splitlines() if re.fullmatch(r"[0-9A-Z]{26}\.[\w-]{43}", line))


def test_an_invitation_brings_its_role_and_its_address(client: Client, post: Post, invitation: str) -> None:
    made = client.post("/api/auth/register", {**NEWCOMER, "invitation": invitation}).data
    assert (made["role"], made["email"], made["isVerified"]) == ("moderator", EMAIL, True)
    assert made["emailVerifiedAt"]
    assert post.bring() == []


def test_an_invitation_is_good_once_for_its_address_and_role(client: Client, invitation: str) -> None:
    other = client.post("/api/auth/register", {**NEWCOMER, "email": "eve@example.com", "invitation": invitation})
    assert (other.status, other.error.fields) == (400, {"email"})
    role = client.post("/api/auth/register", {**NEWCOMER, "role": "instructor", "invitation": invitation})
    assert (role.status, role.error.fields) == (400, {"role"})
    wanted = [
        Register.model_validate({**NEWCOMER, "username": f"ada{number}", "invitation": invitation})
        for number in range(3)
    ]
    statuses = at_once(*(lambda body=body: status_of(lambda: accounts.register(body)) for body in wanted))
    assert statuses.count(200) == 1
    assert client.post("/api/auth/register", {**NEWCOMER, "invitation": invitation}).status == 410


def test_an_invitation_ends_and_none_can_be_made_up(client: Client, clock: Clock, invitation: str) -> None:
    clock.advance(days=7)
    assert client.post("/api/auth/register", {**NEWCOMER, "invitation": invitation}).status == 410
    assert client.post("/api/auth/register", {**NEWCOMER, "invitation": "0" * 26 + "." + "A" * 43}).status == 404


def test_fields_of_the_role_are_kept_and_those_of_another_refused(client: Client) -> None:
    made = client.post(
        "/api/auth/register", {**ADA, "role": "instructor", "profile": {"subjects": ["Algebra"], "experienceYears": 7}}
    ).data
    assert User.require(user_id=made["userId"]).profile == {"subjects": ["Algebra"], "experienceYears": 7}
    refused = client.post("/api/auth/register", {**ADA, "profile": {"subjects": ["Algebra"]}})
    assert (refused.status, refused.error.fields) == (400, {"profile.subjects"})


@pytest.mark.parametrize("role", ["mentor", "instructor"])
def test_teachers_act_as_students_until_they_are_verified(client: Client, role: str) -> None:
    user_id = client.post("/api/auth/register", {**ADA, "role": role}).data["userId"]
    ada = Visitor(client)
    before = ada.login()
    assert holder(before).role == "student"
    held = signed_in(client, before).get("/api/auth/me").data["permissions"]
    assert held == ["courses:learn", "exams:take", "statements:record"]
    client.as_("admin").post(f"/api/admin/users/{user_id}/verify", {})
    assert holder(ada.login()).role == role


def test_a_pupil_signs_in_with_the_card(client: Client) -> None:
    cards = client.as_("instructor").post("/api/users/pin-cards", PUPIL).data
    (card,) = cards["cards"]
    pupil = Visitor(client)
    assert (
        pupil.login(card["username"], card["pin"], joinCode=cards["joinCode"].lower()).data["user"]["userId"]
        == card["userId"]
    )
    stranger = Visitor(client)
    assert stranger.login(card["username"], card["pin"]).status == 401
    assert stranger.login(card["username"], card["pin"], joinCode="ABCDEFGH").status == 401
    wrong = f"{(int(card['pin']) + 1) % 10**6:06d}"
    assert stranger.login(card["username"], wrong, joinCode=cards["joinCode"]).status == 401


def test_a_new_pin_replaces_the_old_one(client: Client) -> None:
    teacher = client.as_("instructor")
    cards = teacher.post("/api/users/pin-cards", PUPIL).data
    (card,) = cards["cards"]
    session = Visitor(client).login(card["username"], card["pin"], joinCode=cards["joinCode"]).data["refreshToken"]
    fresh = teacher.post("/api/users/pin-cards", {"classId": cards["classId"], "reset": [card["userId"]]}).data[
        "cards"
    ][0]
    assert client.post("/api/auth/refresh", {"refreshToken": session}).status == 401
    assert Visitor(client).login(card["username"], fresh["pin"], joinCode=cards["joinCode"]).status == 200


def test_another_address_counts_once_it_is_proven(ada: Visitor, client: Client, post: Post) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {"email": "countess@example.com"})
    code = post.code()
    assert post.sent[-1][0] == "countess@example.com"
    assert ada.login("countess@example.com").status == 401
    body = {"identifier": "Countess@example.com", "code": code}
    assert client.post("/api/auth/verify-email", body).status == 422
    assert me.post("/api/auth/verify-email", body).data == {"verified": "email"}
    assert ada.login("countess@example.com").status == 200
    assert ada.login(EMAIL).status == 401


def test_another_number_counts_once_it_is_proven_and_resets_nothing_for_three_days(
    clock: Clock, ada: Visitor, client: Client, post: Post
) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {"phone": "+2348012345678"})
    code = post.code()
    assert post.sent[-1][0] == "+2348012345678"
    assert me.post("/api/auth/verify-email", {"identifier": "+234 801 234 5678", "code": code}).data == {
        "verified": "phone"
    }
    assert ada.login("+2348012345678").status == 200
    client.post("/api/auth/reset-password", {"identifier": "+2348012345678"})
    assert post.bring() == []


def test_an_address_that_somebody_took_meanwhile_is_refused(ada: Visitor, client: Client, post: Post) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {"email": "countess@example.com"})
    code = post.code()
    client.post("/api/auth/register", {**ADA, "email": "countess@example.com", "username": "countess"})
    assert (
        me.post("/api/auth/verify-email", {"identifier": "countess@example.com", "code": code}).error.code
        == "ACCOUNT_EXISTS"
    )


def test_a_suspension_that_has_ended_holds_nobody(clock: Clock, ada: Visitor, client: Client) -> None:
    user_id = holder(ada.login()).user_id
    until = {"reason": "spam", "until": "2027-01-12T09:00:00Z"}
    client.as_("admin").post(f"/api/users/{user_id}/suspend", until)
    assert ada.login(password=PASSWORD).error.code == "ACCOUNT_SUSPENDED"
    clock.advance(days=1)
    assert ada.login().status == 200
