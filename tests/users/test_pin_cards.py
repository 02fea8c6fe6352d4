"""Cards for pupils: issued and reset by the teacher of their class, the PIN stored only as a hash."""

import re
from typing import Any

import pytest

from lyceum.kit.identity import hashing
from lyceum.kit.table import write_many
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, PinCard
from tests.support.http import Client
from tests.users.conftest import People

PATH = "/api/users/pin-cards"
AMINA = {"firstName": "Amina", "lastName": "Béllo-Ọlá"}
CLASS: dict[str, Any] = {
    "className": "JSS 1 B",
    "pupils": [AMINA, {"firstName": "Kofi", "lastName": "Mensah", "username": "kofi.m"}],
}


@pytest.fixture
def issued(client: Client) -> dict[str, Any]:
    """The class of the instructor with two cards."""
    cards: dict[str, Any] = client.as_("instructor").post(PATH, CLASS).data
    return cards


def card_of(user_id: str) -> PinCard:
    return PinCard.require(user_id=user_id, consistent=True)


def test_a_class_is_made_with_its_pupils_in_one_transaction(client: Client, people: People) -> None:
    reply = client.as_("instructor").post(PATH, CLASS)
    assert reply.status == 201 and reply.cost.operations == [
        "BatchGetItem",
        "UpdateItem",
        "TransactWriteItems",
    ]  # the first counts the call
    issued = reply.data
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{8}", issued["joinCode"])
    amina, kofi = issued["cards"]
    assert (
        re.fullmatch(r"amina\.bellool\w?\.[2-9a-z]{4}|amina\.bello\w*\.[2-9a-z]{4}", amina["username"])
        and kofi["username"] == "kofi.m"
    )
    for card in issued["cards"]:
        user = User.require(user_id=card["userId"])
        assert (user.role, user.email, user.is_verified, user.status) == ("student", None, True, "active")
        assert LoginName.require(name=card["username"]).user_id == card["userId"]
        assert re.fullmatch(r"\d{6}", card["pin"])
    assert {event["userId"] for event in people.events("user.registered")} == {amina["userId"], kofi["userId"]}
    (act,) = people.acts()
    assert (act.action, act.subject_id, act.after["userIds"]) == (
        "cards.issue",
        issued["classId"],
        [amina["userId"], kofi["userId"]],
    )


def test_only_a_hash_of_the_pin_is_stored(client: Client, tenant: str, issued: dict[str, Any]) -> None:
    card = issued["cards"][0]
    stored = card_of(card["userId"])
    assert stored.join_code == issued["joinCode"] and stored.pin_hash.startswith("$argon2id$")
    assert f"'{card['pin']}'" not in str(client.cloud.items(tenant))
    assert hashing.matches(stored.pin_hash, card["pin"])
    wrong = f"{(int(card['pin']) + 1) % 10**6:06d}"
    assert not hashing.matches(stored.pin_hash, wrong)
    assert not hashing.matches("no hash", card["pin"])


def test_a_reset_makes_another_pin_and_signs_out(client: Client, issued: dict[str, Any]) -> None:
    pupil = issued["cards"][1]
    before = User.require(user_id=pupil["userId"])
    reply = client.as_("instructor").post(PATH, {"classId": issued["classId"], "reset": [pupil["userId"]]})
    assert reply.cost.operations == ["BatchGetItem", "UpdateItem", "GetItem", "BatchGetItem", "TransactWriteItems"]
    (card,) = reply.data["cards"]
    assert (card["username"], reply.data["joinCode"]) == ("kofi.m", issued["joinCode"])
    stored = card_of(pupil["userId"])
    assert hashing.matches(stored.pin_hash, card["pin"])
    assert User.require(user_id=pupil["userId"]).permissions_version == before.permissions_version + 1


def test_pupils_join_a_class_later(client: Client, issued: dict[str, Any]) -> None:
    more = client.as_("instructor").post(
        PATH, {"classId": issued["classId"], "pupils": [AMINA], "reset": [issued["cards"][0]["userId"]]}
    )
    assert len(more.data["cards"]) == 2 and more.data["className"] == "JSS 1 B"


def test_a_class_is_its_teachers_and_the_admins(client: Client, issued: dict[str, Any]) -> None:
    body = {"classId": issued["classId"], "reset": [issued["cards"][0]["userId"]]}
    assert (
        client.as_("eve", "instructor").post(PATH, body).status
        == client.as_("moderator").post(PATH, body).status
        == 404
    )
    assert client.of("elsewhere").as_("super_admin").post(PATH, body).status == 404
    assert client.as_("student").post(PATH, body).status == client.as_("mentor").post(PATH, body).status == 403
    assert client.as_("admin").post(PATH, body).status == 201


def test_nobody_gets_a_card_for_an_account_that_is_not_of_the_class(client: Client, issued: dict[str, Any]) -> None:
    teacher = client.as_("instructor")
    other = teacher.post(PATH, {"className": "JSS 2", "pupils": [AMINA]}).data
    for stranger in (client.as_("student").user_id, client.as_("admin").user_id, other["cards"][0]["userId"], "0" * 26):
        refused = teacher.post(PATH, {"classId": issued["classId"], "reset": [issued["cards"][0]["userId"], stranger]})
        assert refused.status == 404
    stored = card_of(issued["cards"][0]["userId"])
    assert hashing.matches(stored.pin_hash, issued["cards"][0]["pin"])


def test_whoever_joined_a_class_otherwise_keeps_their_own_secrets(client: Client, issued: dict[str, Any]) -> None:
    teacher = client.as_("instructor")
    other = teacher.post(PATH, {"className": "JSS 2", "pupils": [AMINA]}).data["cards"][0]["userId"]
    for user_id in (client.as_("student").user_id, other):
        write_many([ClassMember(class_id=issued["classId"], user_id=user_id)])
        assert teacher.post(PATH, {"classId": issued["classId"], "reset": [user_id]}).status == 404


def test_a_taken_username_leaves_nothing_behind(client: Client, tenant: str, people: People) -> None:
    write_many([LoginName(name="kofi.m", user_id="somebody")])
    client.as_("instructor").post(PATH, {})
    before = len(client.cloud.items(tenant))
    refused = client.as_("instructor").post(PATH, CLASS)
    assert (refused.status, refused.error.code) == (409, "USERNAME_TAKEN") and "kofi.m" in refused.error.message
    assert len(client.cloud.items(tenant)) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"className": "A"},
        {"pupils": [AMINA]},
        {"className": "A", "classId": "0" * 26, "pupils": [AMINA]},
        {"className": "A", "reset": ["0" * 26]},
        {"className": "A", "pupils": [AMINA] * 21},
        {"className": "A", "pupils": [AMINA | {"username": name} for name in ("ada", "ADA")]},
        {"classId": "0" * 26, "reset": ["0" * 26, "0" * 26]},
        {"className": "A", "pupils": [AMINA | {"email": "x@example.com"}]},
    ],
)
def test_what_makes_no_cards_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.as_("instructor").post(PATH, body).error.code == "VALIDATION_ERROR"


def test_twenty_cards_fit_one_request(client: Client) -> None:
    names = ["李", "", "O'Brien", "a" * 200]
    pupils = [
        {"firstName": names[number % 4] or "Ada", "lastName": names[(number + 2) % 4] or "L"} for number in range(20)
    ]
    cards = client.as_("instructor").post(PATH, {"className": "A", "pupils": pupils}).data["cards"]
    assert len({card["username"] for card in cards}) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,29}", card["username"]) for card in cards)
