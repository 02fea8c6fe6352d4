"""A right password from an unusual place, and tokens where nobody asked for them."""

import pytest

from lyceum.model.users.account import User
from tests.auth.conftest import Post, Visitor, holder, signed_in
from tests.support.http import Client

EMAIL = "ada@example.com"


def test_a_new_device_in_a_new_network_needs_a_code(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": post.code()})
    ada.login()
    thief = Visitor(client, address="192.0.2.66")
    challenged = thief.login().data
    assert challenged["methods"] == ["email"]
    finish = {"challengeToken": challenged["challengeToken"], "code": post.code()}
    assert thief.send("/api/auth/login/2fa", finish).status == 200


def test_a_new_device_in_a_known_network_needs_none(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": post.code()})
    ada.login()
    assert "accessToken" in Visitor(client, address="198.51.100.77").login().data


def test_a_school_that_named_its_range_is_asked_for_no_code(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": post.code()})
    ada.login()
    client.as_("admin").post("/api/admin/sign-in-ranges", {"name": "School", "network": "192.0.2.0/24"})
    assert "accessToken" in Visitor(client, address="192.0.2.66").login().data


def test_who_can_be_reached_nowhere_is_asked_for_no_code(ada: Visitor, client: Client, post: Post) -> None:
    ada.login()
    assert "accessToken" in Visitor(client, address="192.0.2.66").login().data


@pytest.mark.parametrize("token", ["Bearer x", "Bearer a.b.c", "Basic eDp5", "nonsense"])
@pytest.mark.parametrize("path", ["/api/health", "/api/universities", "/openapi.json", "/.well-known/jwks.json"])
def test_open_routes_ignore_a_token(client: Client, path: str, token: str) -> None:
    assert client.get(path, authorization=token).status == 200


def test_a_refresh_with_a_stale_access_token_is_a_refresh(ada: Visitor, client: Client) -> None:
    reply = ada.login()
    body = {"refreshToken": reply.data["refreshToken"]}
    assert client.post("/api/auth/refresh", body, authorization="Bearer a.b.c").status == 200


def test_signing_in_is_told_with_its_time(ada: Visitor, client: Client) -> None:
    reply = ada.login()
    assert User.require(user_id=holder(reply).user_id).last_login_at
    assert signed_in(client, reply).get("/api/auth/me").data["lastLoginAt"]
