"""A stolen access token is no account: what matters asks for a proof of the last five minutes and leaves a trace."""

from collections.abc import Callable

import pyotp
import pytest

from lyceum.model.audit import AuditEvent
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, signed_in
from tests.support.clock import Clock
from tests.support.http import Client, Reply

NEW = "four green bicycles today"
Act = Callable[[Client], Reply]
SENSITIVE: list[Act] = [
    lambda me: me.put("/api/profile/update", {"email": "eve@example.com"}),
    lambda me: me.put("/api/profile/update", {"phone": "+2348011111111"}),
    lambda me: me.post("/api/auth/2fa/enable", {}),
    lambda me: me.delete(f"/api/users/{me.user_id}"),
]
NAMES = ["email", "phone", "second factor", "deletion"]


def acts(client: Client) -> list[str]:
    """Return what the audit trail says was done."""
    stored = client.cloud.items(client.tenant)
    return [AuditEvent.from_raw_data(item).action for item in stored if item["kind"]["S"] == "audit_event"]


@pytest.mark.parametrize("act", SENSITIVE, ids=NAMES)
def test_a_token_alone_changes_no_credentials(clock: Clock, ada: Visitor, client: Client, act: Act) -> None:
    me = signed_in(client, ada.login())
    clock.advance(minutes=5, seconds=1)
    refused = act(me)
    assert (refused.status, refused.error.code) == (403, "CONFIRMATION_REQUIRED")


@pytest.mark.parametrize("act", SENSITIVE, ids=NAMES)
def test_the_password_opens_them_for_five_minutes(clock: Clock, ada: Visitor, client: Client, act: Act) -> None:
    me = signed_in(client, ada.login())
    clock.advance(minutes=10)
    assert me.post("/api/auth/confirm", {"password": PASSWORD}).status == 200
    clock.advance(minutes=4)
    assert act(me).status == 200


def test_a_refreshed_session_is_not_a_proof(clock: Clock, ada: Visitor, client: Client) -> None:
    first = ada.login()
    clock.advance(minutes=6)
    again = client.post("/api/auth/refresh", {"refreshToken": first.data["refreshToken"]})
    assert signed_in(client, again).put("/api/profile/update", {"email": "eve@example.com"}).status == 403


def test_a_wrong_password_confirms_nothing_and_is_counted(clock: Clock, ada: Visitor, client: Client) -> None:
    me = signed_in(client, ada.login())
    clock.advance(minutes=6)
    guesses = [me.post("/api/auth/confirm", {"password": "not this one"}).status for _ in range(6)]
    assert guesses == [422] * 5 + [423]
    assert me.delete(f"/api/users/{me.user_id}").status == 403


def test_a_code_of_the_authenticator_confirms_once(clock: Clock, ada: Visitor, client: Client) -> None:
    me = signed_in(client, ada.login())
    totp = pyotp.TOTP(me.post("/api/auth/2fa/enable", {}).data["secret"])
    assert me.post("/api/auth/2fa/verify", {"code": totp.at(clock.at)}).status == 200
    clock.advance(minutes=6)
    body = {"code": totp.at(clock.at)}
    assert [me.post("/api/auth/confirm", body).status for _ in range(2)] == [200, 401]
    assert me.put("/api/profile/update", {"email": "eve@example.com"}).status == 200


@pytest.mark.parametrize("body", [{}, {"password": PASSWORD, "code": "123456"}])
def test_a_confirmation_is_one_proof(ada: Visitor, client: Client, body: dict[str, str]) -> None:
    assert signed_in(client, ada.login()).post("/api/auth/confirm", body).status == 400


def test_names_and_goals_need_no_confirmation(clock: Clock, ada: Visitor, client: Client) -> None:
    me = signed_in(client, ada.login())
    clock.advance(hours=1)
    assert me.put("/api/profile/update", {"firstName": "Augusta", "weeklyGoalHours": 5}).status == 200
    assert me.put("/api/profile/update", {"email": ADA["email"]}).status == 200


def test_every_change_of_credentials_is_audited(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    me = signed_in(client, ada.login())
    totp = pyotp.TOTP(me.post("/api/auth/2fa/enable", {}).data["secret"])
    me.post("/api/auth/2fa/verify", {"code": totp.at(clock.at)})
    clock.advance(minutes=1)
    me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": totp.at(clock.at)})
    me.put("/api/profile/update", {"email": "countess@example.com"})
    me.post("/api/auth/verify-email", {"identifier": "countess@example.com", "code": post.code()})
    me.post("/api/auth/update-password", {"newPassword": NEW, "currentPassword": PASSWORD})
    assert sorted(acts(client)) == ["email.change", "password.change", "second_factor.disable", "second_factor.enable"]
