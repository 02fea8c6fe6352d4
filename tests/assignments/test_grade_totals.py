"""What grades come to: by points within a category, by weights between them, and a letter."""

from decimal import Decimal
from typing import Any

import pytest

from functions.assignments.grades.grade_totals import letter, part_of, share, total


def entry(category: str, points: str, most: str) -> dict[str, Any]:
    return {"category": category, "points": points, "max_points": most}


def entries(*given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(number): each for number, each in enumerate(given)}


def test_without_weights_all_points_count_alike() -> None:
    found = total(entries(entry("homework", "5", "10"), entry("project", "30", "30")), None)
    assert found.categories == {"homework": (0, Decimal("50.00")), "project": (0, Decimal("100.00"))}
    assert (found.percent, found.letter) == (Decimal("87.50"), "A")


def test_within_a_category_points_count_and_between_them_weights() -> None:
    grades = entries(entry("homework", "1", "10"), entry("homework", "9", "10"), entry("project", "8", "10"))
    found = total(grades, {"weights": {"homework": 30, "project": 70}})
    assert found.categories == {"homework": (30, Decimal("50.00")), "project": (70, Decimal("80.00"))}
    assert (found.percent, found.letter) == (Decimal("71.00"), "A")


def test_a_category_without_a_weight_weighs_as_the_lightest() -> None:
    found = total(
        entries(entry("quiz", "10", "10"), entry("project", "0", "10")), {"weights": {"a": 10, "project": 30}}
    )
    assert found.categories["quiz"] == (10, Decimal("100.00"))
    assert found.percent == Decimal("25.00")


def test_weights_without_grades_are_spread_over_the_others() -> None:
    found = total(entries(entry("project", "6", "10")), {"weights": {"homework": 80, "project": 20}})
    assert found.percent == Decimal("60.00")


def test_what_earns_nothing_does_not_count() -> None:
    found = total(
        entries(entry("bonus", "3", "0"), entry("project", "6", "10")), {"weights": {"bonus": 50, "project": 50}}
    )
    assert found.categories == {"project": (50, Decimal("60.00"))}
    assert found.percent == Decimal("60.00")


def test_without_grades_there_is_no_percentage_and_no_letter() -> None:
    for grading in (None, {}, {"weights": {"project": 100}}):
        found = total({}, grading)
        assert (found.categories, found.percent, found.letter) == ({}, None, None)


def test_weighted_shares_are_rounded_once_at_the_end() -> None:
    found = total(entries(entry("a", "1", "3"), entry("b", "1", "3")), {"weights": {"a": 1, "b": 2}})
    assert found.percent == Decimal("33.33")
    found = total(entries(entry("a", "1", "6"), entry("b", "2", "3")), {"weights": {"a": 1, "b": 1}})
    assert found.percent == Decimal("41.67")


@pytest.mark.parametrize(
    ("percent", "expected"),
    [("100", "A"), ("70", "A"), ("69.99", "B"), ("60", "B"), ("59.99", "C"), ("50", "C"), ("49.99", "D"), ("45", "D"),
     ("44.99", "E"), ("40", "E"), ("39.99", "F"), ("0", "F")],
)  # fmt: skip
def test_a_letter_begins_at_its_percentage(percent: str, expected: str) -> None:
    assert letter(Decimal(percent), None) == expected


def test_a_course_may_have_letters_of_its_own() -> None:
    scale = {"letters": [{"letter": "pass", "from_percent": "50"}, {"letter": "fail", "from_percent": 0}]}
    assert letter(Decimal(50), scale) == "pass"
    assert letter(Decimal("49.99"), scale) == "fail"
    assert letter(Decimal(80), {"letters": []}) == "A"
    assert letter(None, scale) is None


@pytest.mark.parametrize(
    ("points", "of", "percent"), [("1", "3", "33.33"), ("2", "3", "66.67"), ("1", "800", "0.13"), ("7", "0", "0.00")]
)
def test_a_share_has_two_places_with_halves_rounded_up(points: str, of: str, percent: str) -> None:
    assert str(share(Decimal(points), Decimal(of))) == percent


@pytest.mark.parametrize(
    ("points", "percent", "part"), [("10", "33.35", "3.34"), ("9", "50", "4.50"), ("5", "0", "0.00")]
)
def test_a_part_has_two_places_with_halves_rounded_up(points: str, percent: str, part: str) -> None:
    assert str(part_of(Decimal(points), Decimal(percent))) == part


def test_halves_are_rounded_up_however_points_are_weighed() -> None:
    assert str(part_of(Decimal("0.25"), Decimal(50))) == "0.13"
    for grading in (None, {"weights": {"a": 1}}):
        assert str(total(entries(entry("a", "1", "800")), grading).percent) == "0.13"


def test_a_total_has_the_letter_of_its_courses_own_scale() -> None:
    scale = {"letters": [{"letter": "pass", "from_percent": "50"}, {"letter": "fail", "from_percent": 0}]}
    assert total(entries(entry("a", "6", "10")), scale).letter == "pass"
