"""Scoring as a pure function: what holds for every paper and every set of answers."""

import random
from decimal import Decimal, getcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit.values.decimals import rounded
from lyceum.rules.questions.credit import Rules

from functions.exams.marking.keys import hash_of_keys
from functions.exams.marking.scoring import Key, Policy, Score, ScoringRefused, score

MARKS = st.sampled_from(["1", "2", "0.5", "1.25", "3"])
FRACTION = st.sampled_from([Decimal(text) for text in ("0", "0.25", "0.3333", "0.5", "1")])
PAPER = st.lists(st.tuples(MARKS, st.sampled_from("abcd"), st.sampled_from(["", *"abcd"])), min_size=1, max_size=30)
Sheet = list[tuple[str, str, str]]


def entry(name: str, marks: str = "1", **values: Any) -> dict[str, Any]:
    options = [{"id": option, "text": option} for option in "abcd"]
    base = {
        "question_id": name,
        "type": "single",
        "revision": 1,
        "topic_id": "t",
        "difficulty": "easy",
        "marks": marks,
        "options": options,
    }
    return {**base, **values}


def right(options: str, revision: int = 1) -> Key:
    return Key(revision, {"correct_option_ids": sorted(options)})


def chosen(options: str) -> dict[str, Any]:
    return {"option_ids": list(options)}


def scored(sheet: Sheet, fraction: Decimal = Decimal(0), order: list[int] | None = None) -> Score:
    places = order or list(range(len(sheet)))
    entries = [entry(str(place), sheet[place][0]) for place in places]
    keys = {str(place): right(sheet[place][1]) for place in reversed(places)}
    answers = {str(place): chosen(sheet[place][2]) for place in places if sheet[place][2]}
    return score(entries, keys, answers, Policy(fraction))


def best(sheet: Sheet) -> Decimal:
    return sum((Decimal(marks) for marks, _, _ in sheet), Decimal(0))


@given(PAPER, FRACTION)
def test_g2_blank_is_nothing_and_all_right_is_everything(sheet: Sheet, fraction: Decimal) -> None:
    blank = scored([(marks, right, "") for marks, right, _ in sheet], fraction)
    full = scored([(marks, right, right) for marks, right, _ in sheet], fraction)
    wrong = scored([(marks, right, "abcda"["abcd".index(right) + 1]) for marks, right, _ in sheet], fraction)
    assert (blank.score, blank.percent, {mark.outcome for mark in blank.marks}) == (0, 0, {"blank"})
    assert (full.score, full.percent) == (best(sheet), 100)
    assert wrong.score == blank.score


@given(PAPER, FRACTION)
@settings(deadline=None)
def test_g4_a_wrong_answer_made_right_never_lowers_the_score(sheet: Sheet, fraction: Decimal) -> None:
    before = scored(sheet, fraction)
    for place, (marks, right, _) in enumerate(sheet):
        changed = [*sheet[:place], (marks, right, right), *sheet[place + 1 :]]
        assert scored(changed, fraction).score >= before.score


@given(PAPER, FRACTION, st.randoms(use_true_random=False))
def test_s3_the_order_of_questions_and_answers_changes_no_score(
    sheet: Sheet, fraction: Decimal, shuffle: random.Random
) -> None:
    order = list(range(len(sheet)))
    shuffle.shuffle(order)
    one, two = scored(sheet, fraction), scored(sheet, fraction, order)
    assert (str(one.score), str(one.percent), one.is_passed) == (str(two.score), str(two.percent), two.is_passed)
    assert sorted(one.marks, key=str) == sorted(two.marks, key=str)


@given(PAPER, FRACTION)
@settings(max_examples=20, deadline=None)
def test_g1_the_same_input_gives_the_same_bytes(sheet: Sheet, fraction: Decimal) -> None:
    texts = set()
    for precision in (5, 28):
        getcontext().prec = precision
        texts |= {repr(scored(sheet, fraction)) for _ in range(50)}
    assert len(texts) == 1


def test_g5_each_figure_is_rounded_once_from_the_exact_sum() -> None:
    sheet = [("1", "a", "a"), ("1", "a", "b"), ("1", "a", "")]
    result = scored(sheet, Decimal("0.3333"))
    assert (str(result.score), str(result.max_score), str(result.percent)) == ("0.67", "3.00", "22.22")
    assert str(scored([("1", "a", "a"), *[("1", "a", "")] * 7]).percent) == "12.50"
    assert str(scored([("1", "a", "a"), *[("1", "a", "")] * 15]).percent) == "6.25"
    assert str(scored([("0.125", "a", "a"), ("0.875", "a", "")]).score) == "0.13"


def test_the_floor_is_the_papers_and_no_questions() -> None:
    result = scored([("2", "a", "b"), ("1", "a", "a")], Decimal("0.25"))
    assert [mark.score for mark in result.marks] == [Decimal("-0.5"), 1]
    assert result.score == Decimal("0.5")
    assert scored([("2", "a", "b"), ("1", "a", "")], Decimal("0.25")).score == 0


def test_passing_follows_from_the_percentage_that_is_shown() -> None:
    entries, keys = [entry(str(place)) for place in range(3)], {str(place): right("a") for place in range(3)}
    for passing, passed in (("66.67", True), ("66.68", False)):
        assert (
            score(
                entries, keys, {"0": chosen("a"), "1": chosen("a")}, Policy(passing_percent=Decimal(passing))
            ).is_passed
            is passed
        )


@pytest.mark.parametrize(
    ("entries", "keys", "answers", "version", "told"),
    [
        ([entry("1"), entry("1")], {"1": right("a")}, {}, 1, "not those of this paper"),
        ([entry("1")], {"1": right("a")}, {"2": chosen("a")}, 1, "not those of this paper"),
        ([entry("1")], {"1": right("a")}, {"1": chosen("z")}, 1, r"\w+ in the answer to 1"),
        ([entry("1")], {"1": right("a")}, {"1": chosen("ab")}, 1, r"\w+ in the answer to 1"),
        ([entry("1")], {"1": right("a", revision=2)}, {}, 1, "no key for revision 1 of 1"),
        ([entry("1")], {}, {}, 1, "no key for revision 1 of 1"),
        ([entry("1", type="essay")], {"1": right("a")}, {}, 1, "1 or its answer is of a type that there is not"),
        ([entry("1")], {"1": right("a")}, {"1": {"text": "a"}}, 1, r"\w+ in the answer to 1"),
        ([entry("1")], {"1": right("a")}, {}, 3, "there is no scoring version 3"),
        ([entry("1", key_hash="k1")], {"1": Key(1, {}, "k2")}, {}, 1, "key of 1 is not the one that the paper pins"),
    ],
    ids=[
        "duplicate",
        "foreign question",
        "foreign option",
        "everything ticked",
        "other revision",
        "no key",
        "unknown type",
        "response of another type",
        "other version",
        "other key",
    ],
)
def test_g3_g8_what_differs_from_the_pin_is_refused(
    entries: list[dict[str, Any]], keys: dict[str, Key], answers: dict[str, dict[str, Any]], version: int, told: str
) -> None:
    with pytest.raises(ScoringRefused, match=told):
        score(entries, keys, answers, Policy(), version)


def test_g8_the_key_that_the_paper_pins_counts_and_papers_of_old_pin_none() -> None:
    key = Key(1, {"correct_option_ids": ["a"]}, "k1")
    for pinned in (entry("1", key_hash="k1"), entry("1")):
        assert score([pinned], {"1": key}, {"1": chosen("a")}, Policy()).score == 1


def test_a_mark_names_its_question_and_what_was_answered() -> None:
    hard = entry("q", "2", topic_id="algebra", difficulty="hard")
    (mark,) = score([hard], {"q": right("a")}, {"q": chosen("b")}, Policy(Decimal("0.25"))).marks
    assert (mark.question_id, mark.topic_id, mark.difficulty, mark.response) == ("q", "algebra", "hard", chosen("b"))
    assert (mark.outcome, str(mark.score), mark.max_score) == ("wrong", "-0.5", 2)
    assert score([hard], {"q": right("a")}, {}, Policy()).marks[0].response == {}


@pytest.mark.parametrize(
    ("how", "outcome", "earned", "worth"),
    [("full_marks", "right", "3.00", "4.00"), ("left_out", "blank", "0.00", "1.00")],
)
def test_a_question_that_is_not_judged_any_more_counts_for_everybody_or_for_nobody(
    how: str, outcome: str, earned: str, worth: str
) -> None:
    entries, keys = [entry("1", "3"), entry("2")], {"1": right("a"), "2": right("a")}
    for given_answers in ({"1": chosen("a")}, {"1": chosen("b")}, {}):
        found = score(entries, keys, given_answers, Policy(Decimal(1)), voided={"1": how})
        assert (found.marks[0].outcome, str(found.score), str(found.max_score)) == (outcome, earned, worth)


def test_g10_a_paper_with_everything_left_out_is_neither_passed_nor_failed() -> None:
    found = score(
        [entry("1")], {"1": right("a")}, {"1": chosen("a")}, Policy(Decimal(0), Decimal(0)), voided={"1": "left_out"}
    )
    assert (str(found.score), str(found.max_score), str(found.percent), found.is_passed) == (
        "0.00",
        "0.00",
        "0.00",
        None,
    )


def test_sessions_of_the_first_version_are_scored_by_their_own_rule() -> None:
    several, keys = [entry("1", "4", type="multiple")], {"1": right("ab")}
    by_option, by_others = (Policy(rules=Rules(multiple=rule)) for rule in ("per_option", "per_judgement"))
    given_answers = {"1": chosen("a")}
    first = score(several, keys, given_answers, by_option, 1)
    assert first == score(several, keys, given_answers, by_others, 2)
    assert str(first.score) == "3.00"  # three of four options are judged rightly
    assert str(score(several, keys, given_answers, by_option, 2).score) == "2.00"  # one of two is chosen
    nothing = Policy(rules=Rules(multiple="all_or_nothing"))
    assert score(several, keys, given_answers, nothing, 1).score == 0


def test_g9_nothing_is_passed_or_failed_while_a_grader_has_to_look() -> None:
    entries = [entry("1"), entry("2", "4", type="theory")]
    keys, answers = {"1": right("a"), "2": Key(1, {})}, {"1": chosen("a"), "2": {"text": "Because."}}
    waiting = score(entries, keys, answers, Policy(Decimal(1)))
    assert (waiting.pending, waiting.is_passed, waiting.score, waiting.max_score) == (1, None, 1, 5)
    graded = score(entries, keys, answers, Policy(Decimal(1)), grades={"2": Decimal("2.5")})
    assert (graded.pending, graded.is_passed, graded.score, graded.marks[1].outcome) == (
        0,
        True,
        Decimal("3.5"),
        "partial",
    )
    full = score(entries, keys, answers, Policy(Decimal(1)), grades={"2": Decimal(4)})
    assert (full.score, full.marks[1].outcome, full.percent) == (5, "right", 100)
    nothing = score(entries, keys, answers, Policy(Decimal(1)), grades={"2": Decimal(0)})
    assert (nothing.score, nothing.is_passed) == (1, False)


@pytest.mark.parametrize("grades", [{"2": Decimal("4.01")}, {"2": Decimal(-1)}, {"1": Decimal(1)}, {"3": Decimal(1)}])
def test_g3_a_grade_is_for_what_a_person_marks_and_within_its_marks(grades: dict[str, Decimal]) -> None:
    entries = [entry("1"), entry("2", "4", type="theory")]
    with pytest.raises(ScoringRefused):
        score(entries, {"1": right("a"), "2": Key(1, {})}, {"2": {"text": "x"}}, Policy(), grades=grades)


@given(st.fractions(max_denominator=10_000), st.integers(0, 6))
def test_g5_rounding_is_half_away_from_zero_and_never_farther_than_half_a_step(value: Fraction, places: int) -> None:
    result = Fraction(rounded(value, places))
    step = Fraction(1, 10**places)
    assert abs(result - value) <= step / 2
    assert Fraction(rounded(-value, places)) == -result
    assert abs(result) >= abs(value) or abs(result - value) < step / 2


def test_g5_thirds_add_up_to_a_whole() -> None:
    kinds = {
        "prompts": [{"id": name} for name in ("p1", "p2", "p3")],
        "choices": [{"id": name} for name in ("c1", "c2", "c3")],
    }
    entries = [entry(str(place), "0.5", type="matching", **kinds) for place in range(3)]
    keys = {str(place): Key(1, {"pairs": {"p1": "c1", "p2": "c2", "p3": "c3"}}) for place in range(3)}
    result = score(entries, keys, {str(place): {"matches": {"p1": "c1"}} for place in range(3)}, Policy())
    assert (str(result.score), str(result.percent)) == ("0.50", "33.33")
    assert {str(mark.score) for mark in result.marks} == {"0.166667"}


def test_keys_have_a_name_that_does_not_depend_on_their_order() -> None:
    keys = {"1": right("ab"), "2": right("c")}
    assert hash_of_keys(keys) == hash_of_keys(dict(reversed(keys.items())))
    assert hash_of_keys(keys) != hash_of_keys({**keys, "2": right("d")})
