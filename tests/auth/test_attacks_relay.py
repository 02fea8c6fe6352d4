"""A stranger's address is no relay: no words of a user reach it, few codes do, and no name is a link."""

from typing import Any

import pytest

from tests.auth.conftest import ADA, Post
from tests.support.clock import Clock
from tests.support.http import Client

STRANGER = "stranger@example.org"


def test_a_code_to_an_unproven_address_holds_nothing_that_a_user_wrote(client: Client, post: Post) -> None:
    client.post("/api/auth/register", ADA | {"email": STRANGER, "firstName": "Winnerofaprize"})
    ((address, text),) = post.bring()
    assert address == STRANGER and "Winnerofaprize" not in text


def test_an_unproven_address_gets_a_few_codes_a_day(client: Client, post: Post, clock: Clock) -> None:
    client.post("/api/auth/register", ADA | {"email": STRANGER})
    for _ in range(9):
        clock.advance(minutes=10)
        post.bring()
        client.post("/api/auth/resend-verification", {"identifier": STRANGER})
    post.bring()
    assert [address for address, _ in post.sent] == [STRANGER] * 5
    clock.advance(days=1)
    client.post("/api/auth/resend-verification", {"identifier": STRANGER})
    assert len(post.bring()) == 1


def test_many_accounts_send_no_more_to_an_address_than_one(client: Client, post: Post, clock: Clock) -> None:
    for number in range(7):
        client.as_(f"m{number}", "student").put("/api/profile/update", {"email": STRANGER})
    assert [address for address, _ in post.bring()] == [STRANGER] * 5


@pytest.mark.parametrize(
    "name", ["https://evil.example", "www evil", "evil.example", "me@evil.example", "Win/evil", "Visit evil.com now"]
)
@pytest.mark.parametrize("field", ["firstName", "lastName"])
def test_a_name_is_no_link(client: Client, name: str, field: str) -> None:
    wanted: dict[str, Any] = ADA | {field: name}
    assert client.post("/api/auth/register", wanted).error.fields == {field}
    student = client.as_("student")
    assert student.put("/api/profile/update", {field: name}).error.fields == {field}
    assert student.patch(f"/api/users/{student.user_id}", {field: name}).error.fields == {field}
    pupil = {"firstName": "Ada", "lastName": "L"} | {field: name}
    cards = client.as_("instructor").post("/api/users/pin-cards", {"className": "A", "pupils": [pupil]})
    assert cards.status == 400


@pytest.mark.parametrize("name", ["J. R. R.", "Anne-Marie", "O'Neill", "Ngũgĩ wa", "St. John", "J.R."])
def test_names_are_names(client: Client, name: str) -> None:
    assert client.post("/api/auth/register", ADA | {"firstName": name}).status == 201
