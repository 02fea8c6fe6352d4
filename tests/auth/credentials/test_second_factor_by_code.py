"""A second factor of codes by mail or text message, with recovery codes, as the person chooses."""

from collections.abc import Callable, Iterator

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, write_many
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from tests.auth.conftest import PASSWORD, Post, Visitor, prove, signed_in
from tests.auth.test_attacks_undo import link_in, undo
from tests.support.clock import Clock
from tests.support.http import Client, Reply

EMAIL = "ada@example.com"
PHONE = "+2348012345678"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def me(clock: Clock, ada: Visitor, client: Client, post: Post) -> Client:
    """Ada, who has proven an address and a number."""
    prove(client, post)
    mine = signed_in(client, ada.login())
    proven = [User.phone.set(PHONE), User.phone_verified_at.set(clock.at)]
    Unit().change(User.at(user_id=mine.user_id), *proven).commit()
    write_many([LoginName(name=PHONE, user_id=mine.user_id)])
    return mine


Switch = Callable[[str], list[str]]


@pytest.fixture
def switch_on(me: Client, post: Post) -> Switch:
    def switch(method: str) -> list[str]:
        begun = me.post("/api/auth/2fa/enable", {"method": method})
        assert (begun.status, begun.data) == (200, {"method": method})
        done = me.post("/api/auth/2fa/verify", {"code": post.code()})
        assert done.status == 200, done.body
        codes: list[str] = done.data["recoveryCodes"]
        return codes

    return switch


def finish(ada: Visitor, challenged: Reply, code: str) -> int:
    return ada.send("/api/auth/login/2fa", {"challengeToken": challenged.data["challengeToken"], "code": code}).status


@pytest.mark.parametrize(("method", "target"), [("email", "Ada@example.com"), ("sms", PHONE)])
def test_a_sign_in_then_needs_the_code_that_was_sent(
    ada: Visitor, post: Post, switch_on: Switch, method: str, target: str
) -> None:
    assert len(set(switch_on(method))) == 10
    challenged = ada.login()
    assert challenged.data["methods"] == [method, "recovery"] and "accessToken" not in challenged.data
    code = post.code()
    assert [address for address, text in post.sent if code in text][-1] == target
    assert finish(ada, challenged, "000000" if code != "000000" else "000001") == 401
    assert finish(ada, challenged, code) == 200


def test_a_recovery_code_takes_its_place_once(ada: Visitor, switch_on: Switch) -> None:
    code = switch_on("email")[0]
    assert finish(ada, ada.login(), code.upper()) == 200
    assert finish(ada, ada.login(), code) == 401


def test_the_same_mailbox_is_not_two_factors(
    ada: Visitor, client: Client, post: Post, switch_on: Switch, clock: Clock
) -> None:
    switch_on("email")
    clock.advance(minutes=1)
    client.post("/api/auth/otp", {"identifier": EMAIL})
    refused = client.post("/api/auth/login/otp", {"identifier": EMAIL, "code": post.code()})
    assert (refused.status, refused.error.code) == (403, "PASSWORD_NEEDED")
    clock.advance(minutes=1)
    client.post("/api/auth/otp", {"identifier": PHONE})
    other = client.post("/api/auth/login/otp", {"identifier": PHONE, "code": post.code()})
    assert other.data["methods"] == ["email", "recovery"]


def test_it_is_switched_off_with_the_password_and_a_code_that_was_asked_for(
    ada: Visitor, me: Client, client: Client, post: Post, switch_on: Switch, clock: Clock
) -> None:
    switch_on("email")
    clock.advance(minutes=1)
    client.post("/api/auth/otp", {"identifier": EMAIL})
    code = post.code()
    wrong = "000000" if code != "000000" else "000001"
    assert me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": wrong}).status == 401
    assert me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": code}).status == 200
    assert "accessToken" in ada.login().data


def test_what_is_not_proven_is_no_factor(clock: Clock, ada: Visitor, client: Client) -> None:
    mine = signed_in(client, ada.login())
    for method in ("email", "sms"):
        refused = mine.post("/api/auth/2fa/enable", {"method": method})
        assert (refused.status, refused.error.fields) == (422, {"NOT_REACHABLE"})
    assert mine.post("/api/auth/2fa/enable", {"method": "fax"}).status == 400


@pytest.fixture
def without_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("LYCEUM_CHANNELS", "email,push")
        settings.cache_clear()
        yield
    settings.cache_clear()


def test_a_stage_without_texts_offers_none(me: Client, without_texts: None) -> None:
    assert me.post("/api/auth/2fa/enable", {"method": "sms"}).error.fields == {"NOT_REACHABLE"}


def test_it_is_undone_from_the_proven_address(ada: Visitor, client: Client, post: Post, switch_on: Switch) -> None:
    switch_on("sms")
    post.bring()
    _, token = link_in(post.sent)
    assert undo(client, token).status == 200
    assert "accessToken" in ada.login().data


def test_when_one_signed_in_and_was_verified_is_kept_and_shown(client: Client, clock: Clock, ada: Visitor) -> None:
    teacher = {"email": "t@example.com", "username": "teach", "password": PASSWORD, "role": "instructor"}
    made = client.post("/api/auth/register", teacher | {"firstName": "T", "lastName": "T"}).data
    assert "verifiedAt" not in made and "lastLoginAt" not in made
    assert client.as_("admin").post(f"/api/admin/users/{made['userId']}/verify").status == 200
    shown = Visitor(client).login("teach").data["user"]
    now = clock.at.strftime("%Y-%m-%dT%H:%M")
    assert shown["verifiedAt"].startswith(now) and shown["lastLoginAt"].startswith(now)
    assert shown["isVerified"] is True
