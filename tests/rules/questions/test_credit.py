"""What a response earns: bounds, full marks, order, replays, and each type's own rule."""

import json
import random
from fractions import Fraction
from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.rules.questions.credit import Rules, credit, outcome, rubric_credit
from lyceum.rules.questions.responses import ResponseFields
from tests.rules.questions.samples import SCORED, sample

SAMPLES = {kind: sample(kind) for kind in SCORED}
RULES = st.builds(Rules, **{name: st.sampled_from(get_args(kind)) for name, kind in Rules.__annotations__.items()})
NAMES = st.sampled_from("abcd")


def some(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    content, key = SAMPLES[kind].content, SAMPLES[kind].key
    texts = st.text("photsyneiH2O *", max_size=15)
    numbers = st.sampled_from(["9.79", "9.78999", "9.81", "9.83", "9.8301", "-1e5", "99", "101"])
    if kind in {"single", "multiple"}:
        return st.lists(NAMES, unique=True, max_size=1 if kind == "single" else 4).map(
            lambda names: {"option_ids": names}
        )
    if kind == "ordering":
        return st.lists(st.sampled_from(key["correct_order"]), unique=True).map(lambda names: {"order": names})
    if kind == "matching":
        choices = st.sampled_from([choice["id"] for choice in content["choices"]])
        return st.dictionaries(st.sampled_from(sorted(key["pairs"])), choices).map(lambda pairs: {"matches": pairs})
    if kind == "cloze":
        gaps = {
            "1": numbers.map(lambda text: {"number": text}),
            "2": texts.map(lambda text: {"text": text}),
            "3": NAMES.map(lambda name: {"option_id": name}),
        }
        return st.fixed_dictionaries({}, optional=gaps).map(lambda fills: {"fills": fills})
    plain: dict[str, st.SearchStrategy[dict[str, Any]]] = {
        "true_false": st.booleans().map(lambda value: {"is_true": value}),
        "numeric": numbers.map(lambda text: {"number": text}),
        "short_text": texts.map(lambda text: {"text": text}),
    }
    return plain[kind]


ANSWERED = st.sampled_from(SCORED).flatmap(lambda kind: st.tuples(st.just(kind), some(kind)))


def earned(kind: str, response: dict[str, Any], rules: Rules = Rules()) -> Fraction:
    return credit(kind, SAMPLES[kind].content, SAMPLES[kind].key, response, rules)


@given(ANSWERED, RULES)
def test_every_credit_is_from_nothing_to_all_and_a_replay_is_equal(
    answered: tuple[str, dict[str, Any]], rules: Rules
) -> None:
    kind, response = answered
    first = earned(kind, response, rules)
    assert 0 <= first <= 1
    copy = ResponseFields.model_validate(json.loads(json.dumps(response))).stored()
    assert earned(kind, copy, rules) == first


@given(ANSWERED, RULES)
def test_full_credit_is_for_what_is_fully_right_by_any_rule(answered: tuple[str, dict[str, Any]], rules: Rules) -> None:
    kind, response = answered
    strict = Rules(matching="all_or_nothing", cloze="all_or_nothing")
    assert (earned(kind, response, rules) == 1) == (earned(kind, response, strict) == 1)


@given(ANSWERED, RULES, st.randoms(use_true_random=False))
def test_the_order_of_content_key_and_response_changes_nothing(
    answered: tuple[str, dict[str, Any]], rules: Rules, shuffle: random.Random
) -> None:
    kind, response = answered

    def mixed(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            names = list(value)
            shuffle.shuffle(names)
            return {each: mixed(value[each], each) for each in names}
        if isinstance(value, list) and name not in {"order", "correct_order"}:
            return shuffle.sample(value, len(value))
        return value

    assert credit(kind, mixed(SAMPLES[kind].content), mixed(SAMPLES[kind].key), mixed(response), rules) == earned(
        kind, response, rules
    )


@pytest.mark.parametrize("kind", SCORED)
def test_right_is_all_wrong_is_nothing_and_blank_is_blank(kind: str) -> None:
    assert earned(kind, SAMPLES[kind].right) == 1
    assert earned(kind, SAMPLES[kind].wrong) == 0
    assert outcome(kind, {}, Fraction(0)) == "blank"
    blank = {
        name: type(value)() if isinstance(value, list | dict | str) else None
        for name, value in SAMPLES[kind].right.items()
    }
    assert (earned(kind, blank), outcome(kind, blank, Fraction(0))) == (0, "blank")


@pytest.mark.parametrize(
    ("rule", "chosen", "part"),
    [
        ("all_or_nothing", "ac", 1), ("all_or_nothing", "a", 0), ("all_or_nothing", "acd", 0),
        ("right_minus_wrong", "a", Fraction(1, 2)), ("right_minus_wrong", "acd", Fraction(1, 2)),
        ("right_minus_wrong", "ab", 0),
        ("right_minus_wrong", "bd", 0), ("right_minus_wrong", "abcd", 0),
        ("per_option", "a", Fraction(1, 2)), ("per_option", "acd", Fraction(1, 2)), ("per_option", "bd", 0),
        ("per_option", "abcd", 0),
        ("per_judgement", "a", Fraction(3, 4)), ("per_judgement", "abcd", Fraction(1, 2)),
    ],
)  # fmt: skip
def test_multiple_choice_by_each_rule(rule: Any, chosen: str, part: Fraction) -> None:
    assert earned("multiple", {"option_ids": list(chosen)}, Rules(multiple=rule)) == part


@given(st.integers(2, 8), st.data())
def test_g4_ticking_everything_earns_no_more_than_its_rule_declares(options: int, data: st.DataObject) -> None:
    names = "abcdefgh"[:options]
    right = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    content, key = {"options": [{"id": name} for name in names]}, {"correct_option_ids": right}
    everything = {"option_ids": list(names)}
    bounds = {
        "all_or_nothing": Fraction(int(len(right) == options)),
        "right_minus_wrong": max(Fraction(0), Fraction(2 * len(right) - options, len(right))),
        "per_option": Fraction(int(len(right) == options)),
    }
    for rule, bound in bounds.items():
        assert credit("multiple", content, key, everything, Rules(multiple=rule)) == bound  # type: ignore[arg-type]


@given(st.lists(NAMES, unique=True), RULES)
def test_g4_a_choice_made_right_never_lowers_the_credit(chosen: list[str], rules: Rules) -> None:
    right = set(SAMPLES["multiple"].key["correct_option_ids"])
    before = earned("multiple", {"option_ids": chosen}, rules)
    for name in "abcd":
        better = {*chosen, name} if name in right else set(chosen) - {name}
        if better:
            assert earned("multiple", {"option_ids": sorted(better)}, rules) >= before


def test_ordering_counts_neighbours_and_only_the_right_order_has_them_all() -> None:
    right = SAMPLES["ordering"].key["correct_order"]
    first, second, third, last = right
    rules = Rules(ordering="adjacent_pairs")
    assert earned("ordering", {"order": [second, third, last, first]}, rules) == Fraction(2, 3)
    assert earned("ordering", {"order": [second, third, last, first]}) == 0
    full = [order for order in permutations(right) if earned("ordering", {"order": list(order)}, rules) == 1]
    assert full == [tuple(right)]


def test_matching_and_cloze_earn_by_part_or_as_a_whole() -> None:
    pairs = SAMPLES["matching"].key["pairs"]
    two = {"matches": {**pairs, "p3": pairs["p1"]}}
    assert (earned("matching", two), earned("matching", two, Rules(matching="all_or_nothing"))) == (Fraction(2, 3), 0)
    assert earned("matching", {"matches": pairs}, Rules(matching="all_or_nothing")) == 1
    fills = {"fills": {"1": {"number": "101"}, "2": {"text": ""}, "3": {"option_id": "a"}}}
    assert (earned("cloze", fills), earned("cloze", fills, Rules(cloze="all_or_nothing"))) == (Fraction(1, 3), 0)
    right = sample("cloze").right
    assert [earned("cloze", right, Rules(cloze=rule)) for rule in ("per_gap", "all_or_nothing")] == [1, 1]


@pytest.mark.parametrize(
    ("number", "is_right"),
    [("9.79", True), ("9.83", True), ("9.8300000001", False), ("9.7899999999", False), ("981e-2", True)],
)
def test_a_tolerance_is_met_at_its_very_edge(number: str, is_right: bool) -> None:
    assert earned("numeric", {"number": number}) == is_right


def test_a_relative_tolerance_follows_the_size_of_the_value_below_zero_too() -> None:
    _, content, key, *_ = sample("numeric", value="-6.626e-34", tolerance={"kind": "relative", "amount": "0.001"})
    for number, part in (("-6.632626e-34", 1), ("-6.6326261e-34", 0), ("6.626e-34", 0)):
        assert credit("numeric", content, key, {"number": number}) == part


@pytest.mark.parametrize(("unit", "part"), [("m/s2", 1), (" m / s2", 1), ("M/s2", 0), ("km/s2", 0), ("", 1)])
def test_a_unit_that_is_given_must_be_the_one_asked_for(unit: str, part: int) -> None:
    assert earned("numeric", {"number": "9.81", "number_unit": unit}) == part


@pytest.mark.parametrize(
    ("asked", "given_unit", "part"), [("°C", "C", 0), ("é", "e", 0), (None, "kg", 0), (None, "", 1)]
)
def test_a_unit_is_read_with_its_marks_and_one_that_nobody_asked_for_is_wrong(
    asked: str | None, given_unit: str, part: int
) -> None:
    content = {name: value for name, value in SAMPLES["numeric"].content.items() if name != "unit"}
    content |= {"unit": asked} if asked else {}
    response = {"number": "9.81", "number_unit": given_unit}
    assert credit("numeric", content, SAMPLES["numeric"].key, response) == part


def test_a_short_text_earns_the_best_that_matches() -> None:
    assert earned("short_text", {"text": "Photo  synthesis"}) == Fraction(1, 2)


@pytest.mark.parametrize("kind", ["theory", "practical"])
def test_g9_what_a_person_marks_is_pending_once_it_is_answered(kind: str) -> None:
    asked = sample(kind)
    assert outcome(kind, asked.right, Fraction(0)) == "pending"
    assert outcome(kind, {}, Fraction(0)) == "blank"
    with pytest.raises(KeyError):
        credit(kind, asked.content, asked.key, asked.right)


def test_a_rubric_divides_the_marks_as_its_points_are() -> None:
    from decimal import Decimal

    rubric = sample("theory").key["rubric"]
    assert rubric_credit(rubric, {"a": Decimal("1.5"), "b": Decimal(1)}) == Fraction(5, 8)
    assert rubric_credit(rubric, {"a": Decimal("1.5"), "b": Decimal(0)}) == Fraction(3, 8)
    assert rubric_credit(rubric, {"a": Decimal("0.5"), "b": Decimal(1)}) == Fraction(3, 8)
    assert rubric_credit(rubric, {}) == 0
    for points in ({"a": Decimal(4)}, {"z": Decimal(1)}, {"a": Decimal(-1)}):
        with pytest.raises(ValueError, match="can not be given"):
            rubric_credit(rubric, points)
