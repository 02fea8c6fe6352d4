"""The function touches what its role allows, and nothing that is secret is logged."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.functions import FUNCTIONS, families
from lyceum.model.users.invitations import Invitation
from lyceum.rules.invitations import token_of
from tests.support.acting import recorded
from tests.support.http import Client
from tests.users.conftest import People

ROWS = {function.entry: function for function in FUNCTIONS}


def everything(client: Client, people: People, as_admin: Callable[..., Any]) -> list[str]:
    """Call every endpoint with success and return what must not be seen by others."""
    admin, teacher, student = client.as_("admin"), client.as_("instructor"), client.as_("student")
    people.change("student")
    cards = teacher.post(
        "/api/users/pin-cards", {"className": "A", "pupils": [{"firstName": "Ada", "lastName": "L"}]}
    ).data
    pupil = cards["cards"][0]
    again = teacher.post("/api/users/pin-cards", {"classId": cards["classId"], "reset": [pupil["userId"]]}).data[
        "cards"
    ][0]
    invited = admin.post("/api/admin/users/invite", {"role": "mentor", "email": "invited@example.com"}).data
    path = f"/api/users/{student.user_id}"
    replies = [
        student.put("/api/profile/update", {"username": "ada", "email": "wanted@example.com"}),
        student.put("/api/profile/preferences", {"lowBandwidth": True}),
        student.patch(path, {"firstName": "Ada"}),
        student.post("/api/profile/check-username", {"username": "free"}),
        teacher.get(f"{path}/profile"),
        admin.get("/api/users"),
        admin.put(f"{path}/role", {"role": "mentor"}),
        admin.post(f"{path}/suspend", {"reason": "spam"}),
        as_admin("activate", student.user_id),
        as_admin("verify", student.user_id),
    ]
    people.settle()
    replies += [admin.get("/api/users", {"query": "a"}), admin.delete(path)]
    people.settle()
    assert {reply.status for reply in replies} == {200}
    token = token_of(Invitation.require(invitation_id=invited["invitationId"]))
    return [pupil["pin"], again["pin"], token, "wanted@example.com", "invited@example.com", "student@example.com"]


def test_roles_allow_every_key_that_is_touched(client: Client, people: People, as_admin: Callable[..., Any]) -> None:
    with recorded() as touches:
        everything(client, people, as_admin)
    touched = [touch for touch in touches if touch.function.startswith("functions.users.")]
    workers = {"functions.users.events.directory", "functions.users.events.invitations"}
    assert {touch.function for touch in touched} == {"functions.users.http", *workers}
    assert [
        touch for touch in touched if touch.family not in families(ROWS[touch.function], writes=touch.is_write)
    ] == []


def test_nothing_secret_is_logged(
    client: Client, people: People, as_admin: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    secrets = everything(client, people, as_admin)
    own = (
        "created",
        "msecs",
        "relativeCreated",
        "thread",
        "process",
    )  # numbers in which six digits may stand by chance
    logged = [str({name: value for name, value in vars(entry).items() if name not in own}) for entry in caplog.records]
    assert any("POST /api/users/pin-cards" in entry for entry in logged)
    assert [secret for secret in secrets if any(secret in entry for entry in logged)] == []
