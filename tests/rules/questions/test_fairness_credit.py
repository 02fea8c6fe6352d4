"""What a multiple choice may earn: only by right choices, within the bounds that the docs state."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.rules.questions.credit import Rules, credit

from functions.exams.marking import scoring
from functions.exams.marking.scoring import Key, Policy

NAMES = "abcdefghij"
MULTIPLE = ("all_or_nothing", "right_minus_wrong", "per_option")


def earned(rule: Any, options: str, right: list[str], chosen: list[str]) -> Fraction:
    content = {"options": [{"id": name} for name in options]}
    return credit("multiple", content, {"correct_option_ids": right}, {"option_ids": chosen}, Rules(multiple=rule))


def test_g10_one_wrong_tick_of_ten_options_earns_nothing() -> None:
    assert earned("per_option", NAMES, ["a"], ["b"]) == 0


@pytest.mark.parametrize("rule", MULTIPLE)
@given(st.integers(2, 10), st.data())
def test_g10_credit_comes_from_right_choices_alone(rule: str, count: int, data: st.DataObject) -> None:
    options = NAMES[:count]
    right = data.draw(st.lists(st.sampled_from(options), unique=True, min_size=1))
    chosen = data.draw(st.lists(st.sampled_from(options), unique=True))
    part = earned(rule, options, right, chosen)
    share = Fraction(len({*chosen} & {*right}), len(right))
    assert 0 <= part <= share
    assert (part == 1) is ({*chosen} == {*right})
    for name in {*options} - {*right} - {*chosen}:
        assert earned(rule, options, right, [*chosen, name]) <= part
    for name in {*right} - {*chosen}:
        assert earned(rule, options, right, [*chosen, name]) >= part


def test_g8_a_session_of_the_first_version_keeps_its_score() -> None:
    entry = {
        "question_id": "q", "revision": 1, "type": "multiple", "marks": "1", "topic_id": "t", "difficulty": "easy",
        "options": [{"id": name, "text": name} for name in NAMES],
    }  # fmt: skip
    key, policy = Key(1, {"correct_option_ids": ["a"]}), Policy(rules=Rules(multiple="per_option"))
    scores = [
        scoring.score([entry], {"q": key}, {"q": {"option_ids": ["b"]}}, policy, version).score for version in (1, 2)
    ]
    assert scores == [Decimal("0.80"), Decimal("0.00")]
