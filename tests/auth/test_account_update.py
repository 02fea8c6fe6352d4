"""A new password as a part of the change of one's own account."""

from typing import Any

import pytest

from tests.auth.conftest import PASSWORD, Visitor, signed_in
from tests.support.clock import Clock
from tests.support.http import Client

NEW = "four green bicycles today"


def test_a_password_is_changed_with_the_rest_and_other_sessions_end(ada: Visitor, client: Client, clock: Clock) -> None:
    other = ada.login()
    clock.advance(seconds=1)
    reply = ada.login()
    wanted = {"firstName": "Augusta", "currentPassword": PASSWORD, "newPassword": NEW}
    changed = signed_in(client, reply).put("/api/profile/update", wanted)
    assert (changed.status, changed.data["firstName"]) == (200, "Augusta")
    assert client.post("/api/auth/refresh", {"refreshToken": reply.data["refreshToken"]}).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": other.data["refreshToken"]}).status == 401
    assert (ada.login(password=PASSWORD).status, ada.login(password=NEW).status) == (401, 200)


@pytest.mark.parametrize(
    ("passwords", "code"),
    [
        ({"currentPassword": "not this one", "newPassword": NEW}, "PASSWORD_WRONG"),
        ({"currentPassword": PASSWORD, "newPassword": "ada.l is my name"}, "PASSWORD_HOLDS_NAME"),
    ],
)
def test_a_password_that_is_refused_changes_nothing_else(
    ada: Visitor, client: Client, passwords: dict[str, Any], code: str
) -> None:
    me = signed_in(client, ada.login())
    refused = me.put("/api/profile/update", {"firstName": "Augusta", **passwords})
    assert (refused.status, refused.error.fields) == (422, {code})
    assert me.get("/api/profile").data["firstName"] == "Ada"
    assert ada.login(password=PASSWORD).status == 200


@pytest.mark.parametrize("alone", [{"currentPassword": PASSWORD}, {"newPassword": NEW}])
def test_one_password_alone_is_refused(ada: Visitor, client: Client, alone: dict[str, Any]) -> None:
    refused = signed_in(client, ada.login()).put("/api/profile/update", alone)
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")


def test_the_password_can_not_be_guessed_this_way_either(ada: Visitor, client: Client) -> None:
    me = signed_in(client, ada.login())
    guess = {"newPassword": NEW, "currentPassword": "not this one"}
    assert [me.put("/api/profile/update", guess).status for _ in range(6)] == [422] * 5 + [423]
