"""Signing in with a password: delays, unusual sign-ins, devices."""

import pytest

from lyceum.kit.identity import hashing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.auth import Credential, Device, Session
from lyceum.model.users.account import User
from tests.auth.conftest import PASSWORD, Post, Visitor, holder
from tests.support.clock import Clock
from tests.support.http import Client


def fail(visitor: Visitor, times: int, identifier: str = "ada.l") -> None:
    for _ in range(times):
        assert visitor.login(identifier, "not this one").status == 401


def prove_address(client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": post.code()})


COUNTED = ["GetItem", "Query", "UpdateItem", "UpdateItem", "BatchGetItem"]
"""Name, secrets, count by name, count by range of addresses, account and card."""


def test_a_sign_in_is_counted_before_the_password_is_compared(ada: Visitor) -> None:
    assert ada.login().cost.operations == [*COUNTED, "UpdateItem", "TransactWriteItems"]
    assert ada.login().cost.operations == ["GetItem", "Query", "UpdateItem", "BatchGetItem", "TransactWriteItems"]


def test_a_known_device_is_noted_again_after_a_week_or_elsewhere(ada: Visitor, clock: Clock) -> None:
    def noted() -> list[tuple[str, int]]:
        return [(each.network, (clock.at - each.last_seen_at).days) for each in find(Device, user_id=user_id).items]

    ada.login()
    user_id = ada.login().data["user"]["userId"]
    [(home, _)] = noted()
    clock.advance(days=6)
    ada.login()
    assert noted() == [(home, 6)]
    clock.advance(days=1)
    ada.login()
    assert noted() == [(home, 0)]
    clock.advance(days=1)
    ada.address = "203.0.113.7"
    ada.login()
    assert [days for network, days in noted() if network != home] == [0]


@pytest.mark.parametrize("name", ["ada.l", "nobody"])
def test_known_and_unknown_names_cost_the_same_and_are_locked_alike(ada: Visitor, clock: Clock, name: str) -> None:
    refused = [ada.login(name, "not this one") for _ in range(5)]
    assert {(reply.status, reply.error.message) for reply in refused} == {(401, "The name or the password is wrong.")}
    assert [reply.cost.operations for reply in refused] == [COUNTED] * 5
    locked = ada.login(name, PASSWORD)
    assert (locked.status, locked.headers["Retry-After"]) == (423, "16")


def test_delays_grow_to_a_quarter_of_an_hour_and_end(ada: Visitor, clock: Clock) -> None:
    waits = []
    fail(ada, 5)
    for _ in range(8):
        locked = ada.login()
        waits.append(int(locked.headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
        fail(ada, 1)
    assert waits == [16, 31, 61, 121, 241, 481, 901, 901]
    clock.advance(seconds=901)
    assert ada.login().status == 200
    fail(ada, 4)
    assert ada.login().status == 200


def test_failures_are_forgotten_after_a_day(ada: Visitor, clock: Clock) -> None:
    fail(ada, 4)
    clock.advance(hours=25)
    fail(ada, 4)
    assert ada.login().status == 200


def test_strangers_who_guess_do_not_lock_out_a_known_device(ada: Visitor, client: Client) -> None:
    ada.login()
    stranger = Visitor(client, address="192.0.2.66")
    fail(stranger, 5)
    assert stranger.login().status == 423
    assert ada.login().status == 200


def test_one_address_that_tries_many_names_is_slowed(client: Client, ada: Visitor, clock: Clock) -> None:
    for number in range(50):
        fail(ada, 1, f"name{number}")
    assert ada.login("somebody").status == 423
    assert Visitor(client, address="192.0.2.1").login("somebody").status == 401


def test_a_suspended_account_is_told_only_with_the_right_password(ada: Visitor) -> None:
    user_id = holder(ada.login()).user_id
    Unit().change(User.at(user_id=user_id), User.status.set("suspended")).commit()
    refused = ada.login()
    assert (refused.status, refused.error.code) == (403, "ACCOUNT_SUSPENDED")
    assert ada.login(password="not this one").status == 401


def test_a_deleted_account_is_as_unknown(ada: Visitor) -> None:
    user_id = holder(ada.login()).user_id
    Unit().change(User.at(user_id=user_id), User.status.set("deleted")).commit()
    assert ada.login().error.message == "The name or the password is wrong."


def test_a_hash_of_old_parameters_is_renewed(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = holder(ada.login()).user_id
    before = Credential.require(user_id=user_id).password_hash
    stronger = settings().model_copy(update={"argon2_passes": 2})
    monkeypatch.setattr("lyceum.kit.identity.hashing.settings", lambda: stronger)
    hashing.hasher.cache_clear()
    assert ada.login().status == 200
    after = Credential.require(user_id=user_id).password_hash
    hashing.hasher.cache_clear()
    assert before != after and "t=2" in after


def test_the_first_sign_in_is_not_unusual_and_a_new_device_is_told(ada: Visitor, client: Client, post: Post) -> None:
    ada.login()
    prove_address(client, post)
    assert Visitor(client, address=ada.address).login().status == 200
    (told,) = post.bring()
    assert told[0] == "Ada@example.com" and "new for you" in told[1]
    ada.login()
    assert post.bring() == []


def test_a_very_unusual_sign_in_needs_a_code_from_the_mail(ada: Visitor, client: Client, post: Post) -> None:
    ada.login()
    prove_address(client, post)
    stranger = Visitor(client, address="192.0.2.66")
    fail(stranger, 3)
    challenged = stranger.login().data
    assert challenged["methods"] == ["email"] and "accessToken" not in challenged
    code = post.code()
    finish = {"challengeToken": challenged["challengeToken"], "code": "000000" if code != "000000" else "000001"}
    assert stranger.send("/api/auth/login/2fa", finish).status == 401
    assert "challengeToken" in stranger.login().data
    finish["code"] = code
    assert stranger.keep(stranger.send("/api/auth/login/2fa", finish)).status == 200
    assert stranger.send("/api/auth/login/2fa", finish).status == 401
    assert stranger.login().status == 200


def test_a_challenge_allows_five_tries_and_ten_minutes(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    ada.login()
    prove_address(client, post)
    stranger = Visitor(client, address="192.0.2.66")
    fail(stranger, 3)
    token = stranger.login().data["challengeToken"]
    code = post.code()
    for _ in range(5):
        stranger.send("/api/auth/login/2fa", {"challengeToken": token, "code": "000000"})
    assert (
        stranger.send("/api/auth/login/2fa", {"challengeToken": token, "code": code}).error.message
        == "This sign-in is over. Begin again."
    )
    token = stranger.login().data["challengeToken"]
    code = post.code()
    clock.advance(minutes=10)
    assert stranger.send("/api/auth/login/2fa", {"challengeToken": token, "code": code}).status == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "1" * 26 + "." + "2" * 26 + "." + "A" * 43])
def test_a_forged_challenge_is_refused(client: Client, token: str) -> None:
    assert client.post("/api/auth/login/2fa", {"challengeToken": token, "code": "123456"}).status == 401


def test_a_plan_allows_so_many_sessions_and_the_oldest_goes(ada: Visitor, clock: Clock) -> None:
    first = holder(ada.login())
    for _ in range(5):
        clock.advance(seconds=1)
        latest = holder(ada.login())
    sessions = find(Session, user_id=first.user_id).items
    assert len(sessions) == 5
    assert first.session_id not in {session.session_id for session in sessions}
    assert latest.session_id in {session.session_id for session in sessions}


def test_a_sign_in_while_the_password_changes_is_refused(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = holder(ada.login()).user_id
    matches = hashing.matches

    def slow(password_hash: str | None, password: str) -> bool:
        Unit().change(Credential.at(user_id=user_id), Credential.password_hash.set("another")).commit()
        return matches(password_hash, password)

    monkeypatch.setattr(hashing, "matches", slow)
    assert ada.login().status == 401
