"""Whoever tries wrong codes burns nobody else's."""

from tests.auth.conftest import Post, Visitor
from tests.support.clock import Clock
from tests.support.http import Client

EMAIL = "ada@example.com"
THIEF = "192.0.2.66"


def from_there(client: Client, address: str, code: str) -> int:
    client.address = address
    return client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": code}).status


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "000001"


def test_strangers_have_five_tries_together_and_burn_nothing(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    code, mine = post.code(), client.address
    assert [from_there(client, f"192.0.2.{number}", other_than(code)) for number in range(9)] == [422] * 9
    assert from_there(client, THIEF, code) == 422
    assert from_there(client, mine, code) == 200


def test_the_one_who_asked_has_five_tries_and_may_change_the_network(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    code, mine = post.code(), client.address
    assert [from_there(client, mine, other_than(code)) for _ in range(5)] == [422] * 5
    assert from_there(client, mine, code) == 422
    assert from_there(client, "198.51.100.99", code) == 200


def test_the_code_of_a_registration_is_bound_to_who_registered(ada: Visitor, client: Client, post: Post) -> None:
    code, mine = post.code(), client.address
    client.address = THIEF
    for _ in range(7):
        client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": other_than(code)})
    client.address = mine
    assert client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": code}).status == 200


def test_another_code_has_tries_of_its_own(ada: Visitor, client: Client, post: Post, clock: Clock) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    first, mine = post.code(), client.address
    for address in (mine, THIEF):
        for _ in range(6):
            from_there(client, address, other_than(first))
    clock.advance(seconds=31)
    client.address = mine
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    assert from_there(client, THIEF, post.code()) == 200


def test_one_is_told_which_session_is_the_present_one(client: Client) -> None:
    assert client.as_("student").get("/api/auth/me").data["session"]["isCurrent"] is True
