"""One's own account: names, the address that is wanted, preferences."""

from typing import Any

import pytest

from lyceum.kit.errors import Conflict, RuleViolation
from lyceum.kit.table import Unit, write_many
from lyceum.model.auth import LoginName
from lyceum.rules import sign_in_names
from lyceum.rules.profiles import Preferences
from tests.support.http import Client
from tests.support.threads import at_once, status_of
from tests.users.conftest import People

from functions.auth import account_update
from functions.auth.schemas import UpdateAccount


def holder(name: str) -> str | None:
    guard = LoginName.fetch(name=name, consistent=True)
    return guard.user_id if guard else None


def test_a_username_is_swapped_in_one_transaction(client: Client, people: People) -> None:
    people.change("student")
    caller = client.as_("student")
    reply = caller.put("/api/profile/update", {"username": "Ada.L"})
    assert reply.data["username"] == "Ada.L"
    assert reply.cost.operations == ["UpdateItem", "GetItem", "TransactWriteItems"]  # the first counts the call
    assert (holder("ada.l"), holder("student")) == (caller.user_id, None)
    assert [event["userId"] for event in people.events("user.renamed")] == [caller.user_id]


def test_a_change_of_case_keeps_the_guard(client: Client, people: People) -> None:
    people.change("student")
    caller = client.as_("student")
    assert caller.put("/api/profile/update", {"username": "STUDENT"}).data["username"] == "STUDENT"
    assert holder("student") == caller.user_id


def test_a_taken_username_is_a_conflict_and_changes_nothing(client: Client, people: People) -> None:
    people.change("mentor")
    people.change("student")
    refused = client.as_("student").put("/api/profile/update", {"username": "Mentor", "firstName": "Eve"})
    assert (refused.status, refused.error.code) == (409, "USERNAME_TAKEN")
    assert people.stored("student").first_name == "Student" and holder("student") == client.as_("student").user_id


def test_of_two_who_race_for_a_username_one_gets_it(client: Client, people: People) -> None:
    racers = ["student", "mentor"]
    for name in racers:
        people.change(name)
    wanted = UpdateAccount(username="ada")

    def take(name: str) -> int:
        caller = client.as_(name).principal
        assert caller is not None
        return status_of(lambda: account_update.update(caller, wanted))

    statuses = at_once(*(lambda name=name: take(name) for name in racers))  # type: ignore[misc]
    assert sorted(statuses) == [200, 409]
    winner = racers[statuses.index(200)]
    assert holder("ada") == client.as_(winner).user_id and people.stored(winner).username == "ada"


def test_an_address_is_wanted_until_it_is_verified(client: Client, people: People) -> None:
    people.change("student")
    caller = client.as_("student")
    shown = caller.put("/api/profile/update", {"email": "Ada@Example.org"}).data
    assert (shown["email"], shown["wantedEmail"]) == ("student@example.com", "Ada@example.org")
    (event,) = people.events("user.contact_change_requested")
    assert event["userId"] == caller.user_id and "ada@" not in str(event)
    assert holder("ada@example.org") is None
    unit = Unit()
    sign_in_names.adopt_contact(unit, people.stored("student"), "email")
    unit.commit()
    user = people.stored("student")
    assert (user.email, user.wanted_email) == ("Ada@example.org", None)
    assert (holder("ada@example.org"), holder("student@example.com")) == (caller.user_id, None)
    with pytest.raises(RuleViolation):
        sign_in_names.adopt_contact(Unit(), user, "email")


def test_an_address_that_was_taken_meanwhile_is_not_adopted(client: Client, people: People) -> None:
    people.change("student")
    client.as_("student").put("/api/profile/update", {"email": "ada@example.org"})
    write_many([LoginName(name="ada@example.org", user_id="somebody")])
    unit = Unit()
    sign_in_names.adopt_contact(unit, people.stored("student"), "email")
    with pytest.raises(Conflict):
        unit.commit()
    assert people.stored("student").email == "student@example.com"


def test_asking_for_the_present_address_ends_an_earlier_wish(client: Client, people: People) -> None:
    caller = client.as_("student")
    caller.put("/api/profile/update", {"email": "ada@example.org"})
    assert "wantedEmail" not in caller.put("/api/profile/update", {"email": "student@example.com"}).data
    assert people.events("user.contact_change_requested") == []


def test_a_taken_address_is_not_told(client: Client, people: People) -> None:
    people.change("mentor")
    assert client.as_("student").put("/api/profile/update", {"email": "mentor@example.com"}).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "a long engine of brass"}, "password"),
        ({"newPassword": "short", "currentPassword": "a long engine of brass"}, "newPassword"),
        ({"username": "ada@example.com"}, "username"),
        ({"username": "ad"}, "username"),
        ({"email": "nobody"}, "email"),
        ({"weeklyGoalHours": 0}, "weeklyGoalHours"),
        ({"status": "active"}, "status"),
    ],
)
def test_what_can_not_be_changed_here_is_refused_by_name(client: Client, body: dict[str, Any], field: str) -> None:
    refused = client.as_("student").put("/api/profile/update", body)
    assert (refused.status, refused.error.fields) == (400, {field})


def test_choices_that_are_not_named_stay(client: Client, people: People) -> None:
    caller = client.as_("student")
    caller.put("/api/profile/update", {"weeklyGoalHours": 6})
    reply = caller.put(
        "/api/profile/preferences",
        {"studyTime": "19:30", "language": "fr", "timeZone": "Africa/Lagos", "privacy": {"showSchool": False}},
    )
    assert reply.cost.operations == ["GetItem", "PutItem"]
    chosen = caller.put("/api/profile/preferences", {"lowBandwidth": True, "privacy": {"showLastName": False}}).data
    assert chosen == {
        "notifications": True,
        "emailNotifications": True,
        "pushNotifications": True,
        "smsNotifications": True,
        "studyTime": "19:30",
        "weeklyGoalHours": 6,
        "lowBandwidth": True,
        "language": "fr",
        "timeZone": "Africa/Lagos",
        "privacy": {"profile": "members", "showLastName": False, "showSchool": False, "showStatistics": True},
    }
    assert caller.put(
        "/api/profile/preferences", {"studyTime": None, "notifications": False}
    ).data.keys() == chosen.keys() - {"studyTime"}
    assert not Preferences.of(people.stored("student")).notifications


@pytest.mark.parametrize(
    "body",
    [
        {"studyTime": "24:00"},
        {"studyTime": "7:30"},
        {"weeklyGoalHours": 101},
        {"language": "de"},
        {"lowBandwidth": "x"},
    ],
)
def test_choices_out_of_bounds_are_refused_by_name(client: Client, body: dict[str, Any]) -> None:
    assert client.as_("student").put("/api/profile/preferences", body).error.fields == set(body)


def test_whether_a_username_is_free_costs_one_read(client: Client, people: People) -> None:
    people.change("student")
    reply = client.post("/api/profile/check-username", {"username": "STUDENT"})
    assert reply.data == {"username": "STUDENT", "isFree": False}
    assert reply.cost.operations == ["UpdateItem", "Query"]  # the first counts the call
    assert client.as_("student").post("/api/profile/check-username", {"username": "student"}).data["isFree"]
    assert client.post("/api/profile/check-username", {"username": "nobody.yet"}).data["isFree"]
    assert client.of("elsewhere").post("/api/profile/check-username", {"username": "student"}).data["isFree"]


def test_addresses_can_not_be_asked_for(client: Client, people: People) -> None:
    people.change("student")
    assert client.post("/api/profile/check-username", {"username": "student@example.com"}).error.fields == {"username"}
