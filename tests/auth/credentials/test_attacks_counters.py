"""Counters of failed tries hold when many tries come at once, on any device and from any network."""

from typing import Any

import pyotp
import pytest

from lyceum.kit.identity import hashing
from tests.auth.conftest import HERE, PASSWORD, Post, Visitor, prove, signed_in
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once, status_of

from functions.auth.client_context import ClientContext
from functions.auth.sign_in.login import finish_second_step, sign_in_by_password
from functions.auth.sign_in.schemas import Login, SecondStep

CLASS = {"className": "Form 2b", "pupils": [{"firstName": "Kofi", "lastName": "Mensah"}]}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords and PINs that were compared with a hash."""
    given: list[str] = []
    matches = hashing.matches

    def watched(stored: str | None, text: str) -> bool:
        given.append(text)
        return matches(stored, text)

    monkeypatch.setattr(hashing, "matches", watched)
    return given


def tries(body: dict[str, Any], client: ClientContext, times: int) -> list[int]:
    """Sign in many times at once with a password of its own each."""
    wanted = [Login.model_validate({**body, "password": f"wrong number {number}"}) for number in range(times)]
    return at_once(*(lambda each=each: status_of(lambda: sign_in_by_password(each, client)) for each in wanted))


def test_of_many_wrong_passwords_at_once_five_are_compared(ada: Visitor, compared: list[str]) -> None:
    assert sorted(tries({"identifier": "ada.l"}, HERE, 14)) == [401] * 5 + [423] * 9
    assert len(compared) == 5


def test_after_the_delay_one_of_many_at_once_is_compared(clock: Clock, ada: Visitor, compared: list[str]) -> None:
    tries({"identifier": "ada.l"}, HERE, 5)
    clock.advance(seconds=16)
    assert sorted(tries({"identifier": "ada.l"}, HERE, 8)) == [401] + [423] * 7
    assert len(compared) == 6


def test_names_that_nobody_has_are_counted_alike(client: Client, compared: list[str]) -> None:
    assert sorted(tries({"identifier": "nobody"}, HERE, 14)) == [401] * 5 + [423] * 9


def test_of_many_wrong_authenticator_codes_at_once_five_are_compared(
    ada: Visitor, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = signed_in(client, ada.login())
    secret = me.post("/api/auth/2fa/enable", {}).data["secret"]
    me.post("/api/auth/2fa/verify", {"code": pyotp.TOTP(secret).at(clock.at)})
    clock.advance(minutes=2)
    good = {pyotp.TOTP(secret).at(clock.at, counter_offset=step) for step in (-1, 0, 1)}
    wrong = next(code for code in ("000000", "000001", "000002", "000003") if code not in good)
    tokens = [ada.login().data["challengeToken"] for _ in range(12)]
    steps = [SecondStep.model_validate({"challengeToken": token, "code": wrong}) for token in tokens]
    statuses = at_once(*(lambda step=step: status_of(lambda: finish_second_step(step, HERE)) for step in steps))
    assert sorted(statuses) == [401] * 5 + [423] * 7


def test_a_known_device_has_a_counter_of_its_own(ada: Visitor, client: Client) -> None:
    ada.login()
    assert [ada.login(password="not this one").status for _ in range(6)] == [401] * 5 + [423]
    assert ada.login().status == 423
    assert Visitor(client, address="192.0.2.9").login().status == 200


def test_many_tries_at_once_on_a_known_device_are_counted_too(ada: Visitor, compared: list[str]) -> None:
    ada.login()
    known = ClientContext("198.51.100.10", None, None, ada.device_token)
    compared.clear()
    assert sorted(tries({"identifier": "ada.l"}, known, 14)) == [401] * 5 + [423] * 9
    assert len(compared) == 5


def test_administrators_lift_the_count_for_their_own_ranges(client: Client, clock: Clock, ada: Visitor) -> None:
    school, admin = Visitor(client, address="203.0.113.9"), client.as_("admin")
    fail_with_names(school, range(50))
    assert Visitor(client, address="203.0.113.9").login().status == 423
    named = admin.post("/api/admin/sign-in-ranges", {"name": "School", "network": "203.0.113.0/24"})
    assert (named.status, named.data["network"]) == (201, "203.0.113.0/24")
    assert Visitor(client, address="203.0.113.9").login().status == 200
    assert [each["name"] for each in admin.get("/api/admin/sign-in-ranges").data] == ["School"]
    assert admin.delete(f"/api/admin/sign-in-ranges/{named.data['rangeId']}").status == 200
    assert Visitor(client, address="203.0.113.9").login("somebody").status == 423


@pytest.mark.parametrize("network", ["0.0.0.0/0", "203.0.0.0/16", "::/0", "x", "203.0.113.0/33"])
def test_a_range_that_is_too_wide_or_none_is_refused(client: Client, network: str) -> None:
    refused = client.as_("admin").post("/api/admin/sign-in-ranges", {"name": "All", "network": network})
    assert (refused.status, refused.error.fields) == (400, {"network"})


def test_codes_of_the_second_step_are_counted_over_all_challenges(
    clock: Clock, ada: Visitor, client: Client, post: Post
) -> None:
    prove(client, post)
    ada.login()
    thief = Visitor(client, address="192.0.2.66")
    thief.login(password="a typo")
    for _ in range(3):
        thief.login(password="a typo")
    tokens = [thief.login().data["challengeToken"] for _ in range(3)]
    statuses = [
        thief.send("/api/auth/login/2fa", {"challengeToken": token, "code": "000000"}).status
        for token in tokens
        for _ in range(3)
    ]
    assert statuses == [401] * 5 + [423] * 4


@pytest.fixture
def card(client: Client) -> dict[str, str]:
    """A pupil's card: username, PIN, join code."""
    issued = client.as_("instructor").post("/api/users/pin-cards", CLASS).data
    return {**issued["cards"][0], "joinCode": issued["joinCode"], "classId": issued["classId"]}


def guess(visitor: Visitor, card: dict[str, str], times: int, clock: Clock) -> list[int]:
    """Try wrong PINs with the patience that delays ask for."""
    wrong = f"{(int(card['pin']) + 1) % 10**6:06d}"
    found = []
    for _ in range(times):
        found.append(visitor.login(card["username"], wrong, joinCode=card["joinCode"]).status)
        clock.advance(minutes=16)
    return found


def test_a_pin_allows_ten_wrong_tries_a_day(clock: Clock, client: Client, card: dict[str, str]) -> None:
    assert guess(Visitor(client), card, 12, clock) == [401] * 10 + [423] * 2

    def sign_in() -> int:
        return Visitor(client).login(card["username"], card["pin"], joinCode=card["joinCode"]).status

    assert sign_in() == 423
    clock.advance(days=1)
    assert sign_in() == 200


def test_a_classmate_on_the_shared_computer_has_ten_tries_too(
    clock: Clock, client: Client, card: dict[str, str]
) -> None:
    shared = Visitor(client)
    assert shared.login(card["username"], card["pin"], joinCode=card["joinCode"]).status == 200
    assert guess(shared, card, 12, clock) == [401] * 10 + [423] * 2


def test_a_new_card_begins_to_count_anew(clock: Clock, client: Client, card: dict[str, str]) -> None:
    guess(Visitor(client), card, 11, clock)
    clock.advance(seconds=1)
    reset = {"classId": card["classId"], "reset": [card["userId"]]}
    (fresh,) = client.as_("instructor").prove().post("/api/users/pin-cards", reset).data["cards"]
    assert Visitor(client).login(card["username"], fresh["pin"], joinCode=card["joinCode"]).status == 200


def fail_with_names(visitor: Visitor, names: range) -> None:
    for number in names:
        assert visitor.login(f"name{number}", "not this one").status == 401


def test_a_range_counts_names_and_not_typos(client: Client, clock: Clock, ada: Visitor) -> None:
    for number in range(12):
        for _ in range(5):
            assert ada.login(f"name{number}", "a typo").status == 401
    assert Visitor(client).login().status == 200


def test_twenty_typos_a_day_behind_one_address_lock_nobody_out(client: Client, clock: Clock, ada: Visitor) -> None:
    for day in range(4):
        fail_with_names(Visitor(client), range(20 * day, 20 * day + 20))
        clock.advance(hours=20)
    assert Visitor(client).login().status == 200


def test_a_sign_in_takes_its_name_out_of_the_count(client: Client, clock: Clock, ada: Visitor) -> None:
    school = Visitor(client)
    fail_with_names(school, range(48))
    school.login(password="a typo")
    assert Visitor(client).login().status == 200
    fail_with_names(Visitor(client), range(48, 50))
    assert Visitor(client).login("somebody").status == 423


@pytest.mark.parametrize(
    ("address", "neighbour", "shares"),
    [("203.0.113.9", "203.0.113.10", False), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True)],
)
def test_a_range_is_one_ipv4_address_or_64_bits_of_ipv6(
    client: Client, clock: Clock, ada: Visitor, address: str, neighbour: str, shares: bool
) -> None:
    fail_with_names(Visitor(client, address=address), range(50))
    assert Visitor(client, address=neighbour).login().status == (423 if shares else 200)


def test_strangers_lock_the_owner_out_nowhere(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": post.code()})
    ada.login()
    assert sorted(tries({"identifier": "ada.l"}, ClientContext("192.0.2.66", None, None, None), 14)).count(423) == 9
    assert ada.login().status == 200
    elsewhere = Visitor(client, address="192.0.2.77")
    assert elsewhere.login(password=PASSWORD).status == 423
    clock.advance(seconds=31)
    client.post("/api/auth/otp", {"identifier": "ada@example.com"})
    entered = elsewhere.send("/api/auth/login/otp", {"identifier": "ada@example.com", "code": post.code()})
    assert entered.status == 200
