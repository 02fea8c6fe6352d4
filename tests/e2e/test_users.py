"""People in the deployed stack: profiles, decisions of admins, invitations, cards and avatars."""

import re
import time

import pytest

from tests.e2e.conftest import Stack, eventually
from tests.e2e.test_uploads import picture, send

pytestmark = pytest.mark.e2e
PASSWORD = "a kettle full of rain"


@pytest.fixture(scope="module")
def name() -> str:
    """A name that no run before this one used."""
    return f"wole{time.time_ns() // 1_000_000 % 10**10}"


def test_an_invited_instructor_registers_and_is_found(stack: Stack, name: str) -> None:
    admin = stack.as_("admin")
    address = f"{name}@example.com"
    assert admin.post("/api/admin/users/invite", {"role": "instructor", "email": address}).status == 201

    def token() -> str | None:
        mails = [str(mail) for mail in stack.sent_mails() if address in str(mail)]
        return next((found.group() for mail in mails if (found := re.search(r"[0-9A-Z]{26}\.[\w-]{43}", mail))), None)

    invitation = eventually(token, "the invitation")
    body = {
        "invitation": invitation,
        "username": name,
        "password": PASSWORD,
        "firstName": "Wole",
        "lastName": "Adeniran",
    }
    made = stack.api.post("/api/auth/register", {**body, "profile": {"subjects": ["Physics"]}})
    assert made.data["role"] == "instructor" and made.data["isVerified"]
    found = eventually(lambda: admin.get(f"/api/users?query={name}").data, "the directory entry")
    assert [person["userId"] for person in found] == [made.data["userId"]]


def test_a_suspension_and_a_role_change_end_sessions(stack: Stack, name: str) -> None:
    admin = stack.as_("admin")
    (person,) = admin.get(f"/api/users?query={name}").data
    session = stack.api.post("/api/auth/login", {"identifier": name, "password": PASSWORD}).data
    path = f"/api/admin/users/{person['userId']}"
    assert admin.post(f"{path}/suspend", {"reason": "a test of suspensions"}).data["status"] == "suspended"
    assert stack.api.post("/api/auth/refresh", {"refreshToken": session["refreshToken"]}).status == 401
    assert stack.api.post("/api/auth/login", {"identifier": name, "password": PASSWORD}).status == 403
    assert admin.post(f"{path}/activate").data["status"] == "active"
    changed = admin.send("PUT", f"/api/users/{person['userId']}/role", {"role": "moderator"}, {})
    assert changed.data["role"] == "moderator"
    assert stack.api.sign_in(name, PASSWORD).get("/api/auth/me").data["role"] == "moderator"


def test_a_pupil_signs_in_with_a_card(stack: Stack) -> None:
    body = {"className": "Form 2b", "pupils": [{"firstName": "Kofi", "lastName": "Mensah"}]}
    cards = stack.as_("instructor").post("/api/users/pin-cards", body).data
    (card,) = cards["cards"]
    login = {"identifier": card["username"], "password": card["pin"], "joinCode": cards["joinCode"]}
    assert stack.api.post("/api/auth/login", login).data["user"]["userId"] == card["userId"]


def test_an_avatar_is_processed_and_shown(stack: Stack) -> None:
    student = stack.as_("second_student")
    body = picture()
    slot = student.post(
        "/api/profile/avatar", {"fileName": "me.jpg", "contentType": "image/jpeg", "sizeBytes": len(body)}
    ).data
    assert send(slot, body, "image/jpeg") < 300
    user_id = student.get("/api/auth/me").data["userId"]
    avatar = eventually(lambda: student.get(f"/api/users/{user_id}").data.get("avatar"), "the avatar in the profile")
    assert all(size["width"] == size["height"] and size["url"].startswith("http") for size in avatar)


def test_preferences_and_a_profile_are_kept(stack: Stack) -> None:
    student = stack.as_("student")
    chosen = student.send(
        "PUT", "/api/profile/preferences", {"studyTime": "18:30", "timeZone": "Africa/Lagos", "lowBandwidth": True}, {}
    )
    assert (chosen.data["studyTime"], chosen.data["timeZone"], chosen.data["lowBandwidth"]) == (
        "18:30",
        "Africa/Lagos",
        True,
    )
    user_id = student.get("/api/auth/me").data["userId"]
    edited = student.send("PATCH", f"/api/users/{user_id}", {"profile": {"gradeLevel": "SS 2"}}, {})
    assert edited.data["profile"]["gradeLevel"] == "SS 2"
    assert "email" not in stack.as_("second_student").get(f"/api/users/{user_id}").data
