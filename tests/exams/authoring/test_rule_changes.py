"""A change of rules changes what it names, and is held to what a new assessment is held to."""

from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher

WINDOW = {"opensAt": "2027-01-11T08:00:00", "closesAt": "2027-01-11T12:00:00", "timeZone": "UTC"}
RULES = {
    "durationSeconds": 1200,
    "graceSeconds": 7,
    "navigation": "forward_only",
    "feedback": "after_window",
    "window": WINDOW,
    "attempts": 3,
    "passingPercent": "75",
    "negativeMarking": "0.25",
    "partialCredit": {"multiple": "per_option", "matching": "all_or_nothing"},
    "allowedNetworks": ["196.46.144.0/20"],
    "accessCode": "hall seven",
}


def change(publisher: Publisher, test: dict[str, Any], **values: Any) -> Any:
    return publisher.instructor.put(f"/api/practice-tests/{test['assessmentId']}", values)


@pytest.mark.parametrize("named", [{}, {"durationSeconds": 600}, {"attempts": None}, {"allowedNetworks": []}])
def test_rules_that_are_not_named_stay(publisher: Publisher, named: dict[str, Any]) -> None:
    test = publisher.test(rules=RULES)
    before = test["rules"]
    after = change(publisher, test, rules=named).data
    assert after["rules"] == {**before, **named}
    assert change(publisher, test, rules=after["rules"]).data["rules"] == after["rules"], (
        "they are sent as they are read"
    )
    assert after["needsAccessCode"] is True
    assert (after["opensAt"], after["closesAt"]) == (test["opensAt"], test["closesAt"])


def test_one_rule_of_partial_credit_leaves_the_others(publisher: Publisher) -> None:
    test = publisher.test(rules=RULES)
    kept = change(publisher, test, rules={"partialCredit": {"ordering": "adjacent_pairs"}}).data["rules"]
    assert kept["partialCredit"] == {
        "multiple": "per_option",
        "matching": "all_or_nothing",
        "ordering": "adjacent_pairs",
        "cloze": "per_gap",
    }


def test_an_access_code_is_taken_away_by_null(publisher: Publisher) -> None:
    test = publisher.test(rules=RULES)
    assert change(publisher, test, rules={"accessCode": None}).data["needsAccessCode"] is False


def test_what_is_refused_for_a_new_test_is_refused_for_a_change(publisher: Publisher, bank: Bank) -> None:
    plan = {"title": "A", "topicIds": [bank.topic(2)], "count": 2, "timeLimitSeconds": 600}
    timed = publisher.test(blueprint={"sections": [plan]})
    refused = change(publisher, timed, rules={"offlineHours": 24})
    assert (refused.status, refused.error.fields) == (422, {"TIMED_IS_ONLINE"})
    test = publisher.test(rules=RULES)
    refused = change(publisher, test, rules={"window": {"opensAt": "2027-01-11T08:00:00"}})
    assert (refused.status, refused.error.fields) == (422, {"WINDOW_WITHOUT_END"})


@pytest.mark.parametrize("given", [{"closesAt": "2027-01-11T07:00:00"}, {"opensAt": "2027-01-11T13:00:00"}])
def test_a_students_window_that_never_opens_is_refused(publisher: Publisher, given: dict[str, str]) -> None:
    test = publisher.test(rules=RULES)
    refused = change(publisher, test, accommodations=[{"userId": "somebody", **given}])
    assert (refused.status, refused.error.fields) == (422, {"WINDOW_EMPTY"})


def test_a_practice_test_is_passed_at_sixty_percent_unless_said_otherwise(publisher: Publisher) -> None:
    assert publisher.test()["passingPercent"] == "60"
    assert publisher.test(rules={"passingPercent": "50"})["passingPercent"] == "50"
