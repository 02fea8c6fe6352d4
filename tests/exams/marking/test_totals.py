"""Papers with sections: choices, scaling, one rounding."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exams.marking import totals
from functions.exams.marking.scoring import Key, Policy
from functions.exams.papers import paper

RIGHT = Key(1, {"correct_option_ids": ["a"]})
Sheet = list[tuple[int, str, str]]


def score(
    sheet: Sheet, sections: list[dict[str, Any]], fraction: str = "0", topics: str = "", **known: Any
) -> totals.PaperScore:
    """Score (section, marks, answer) rows of which "a" is right; `known` are grades, voided questions and a policy."""
    options = [{"id": name, "text": name} for name in "abc"]
    facts = {"type": "single", "revision": 1, "topic_id": "t", "difficulty": "easy", "options": options}
    entries = [
        {"question_id": str(place), "section": section, "marks": marks, **facts}
        for place, (section, marks, _) in enumerate(sheet)
    ]
    for entry, topic in zip(entries, topics, strict=False):
        entry["topic_id"] = topic
    answers = {str(place): {"option_ids": [given]} for place, (_, _, given) in enumerate(sheet) if given}
    keys = {entry["question_id"]: RIGHT for entry in entries}
    policy = known.pop("policy", Policy(Decimal(fraction)))
    return totals.score_paper(entries, keys, answers, policy, paper.VERSION, sections=sections, **known)


def test_without_sections_a_paper_scores_as_ever() -> None:
    one = score([(0, "2", "a"), (0, "1", "b")], [], "0.25")
    assert (one.score, one.max_score, one.percent, one.is_passed) == (Decimal("1.75"), 3, Decimal("58.33"), True)
    assert [(mark.outcome, mark.score) for mark in one.marks] == [("right", 2), ("wrong", Decimal("-0.25"))]
    assert (one.sections, one.pending, one.is_complete) == ((), 0, True)


@pytest.mark.parametrize(("choice", "expected"), [("best", "2.00"), ("first", "1.00")])
def test_g7_surplus_answers_count_by_the_rule_of_the_paper(choice: str, expected: str) -> None:
    sheet: Sheet = [(0, "1", "b"), (0, "1", ""), (0, "1", "a"), (0, "1", "a")]
    scored = score(sheet, [{"title": "B", "answer": 2, "choice": choice}])
    assert (str(scored.score), scored.max_score) == (expected, 2)
    assert len(scored.sections[0].counted) == 2


@pytest.mark.parametrize(("choice", "given_answers", "expected"), [
    ("best", "aaaa--", "3.00"), ("best", "aaaab-", "3.00"), ("best", "aaaaa-", "4.00"), ("first", "baaaa-", "3.00"),
    ("best", "--aa--", "2.00"),
])  # fmt: skip
def test_g7_places_that_are_kept_for_a_part_can_not_be_filled_by_another(
    choice: str, given_answers: str, expected: str
) -> None:
    sheet: Sheet = [(0, "1", each.strip("-")) for each in given_answers]
    scored = score(sheet, [{"title": "B", "answer": 4, "choice": choice, "min_per_topic": 1}], topics="xxxxyy")
    assert (str(scored.score), scored.max_score) == (expected, 4)


@given(
    st.lists(st.sampled_from(["", "a", "b"]), min_size=1, max_size=12),
    st.integers(1, 5),
    st.sampled_from(["best", "first"]),
)
def test_g7_no_number_of_answers_earns_more_than_the_section_is_worth(
    given_answers: list[str], wanted: int, choice: str
) -> None:
    sheet: Sheet = [(0, "2", each) for each in given_answers]
    scored = score(sheet, [{"title": "B", "answer": min(wanted, len(sheet)), "choice": choice}])
    assert 0 <= scored.score <= scored.max_score == 2 * min(wanted, len(sheet))


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["", "a", "b"])), min_size=2, max_size=12), st.data())
def test_g4_a_wrong_answer_made_right_never_lowers_a_paper_with_choices(rows: list[tuple[int, str]], data: Any) -> None:
    sheet: Sheet = [(0, "1", "a"), (1, "1", ""), *((section, "1", answer) for section, answer in rows)]
    sections = [
        {"title": "A", "scale_to": "100"},
        {"title": "B", "answer": 2, "choice": data.draw(st.sampled_from(["best", "first"]))},
    ]
    place = data.draw(st.integers(0, len(sheet) - 1))
    better = [*sheet[:place], (sheet[place][0], "1", "a"), *sheet[place + 1 :]]
    if sheet[place][2] != "":
        assert score(better, sections, "0.25").score >= score(sheet, sections, "0.25").score


def test_g5_utme_scales_each_subject_to_100_and_adds_up_to_400() -> None:
    counts, right = [60, 40, 40, 40], [45, 30, 13, 40]
    sheet: Sheet = [
        (subject, "1", "a" if number < right[subject] else "")
        for subject, count in enumerate(counts)
        for number in range(count)
    ]
    sections = [
        {"title": name, "scale_to": "100"} for name in ("Use of English", "Mathematics", "Physics", "Chemistry")
    ]
    scored = score(sheet, sections)
    assert [str(part.score) for part in scored.sections] == ["75.00", "75.00", "32.50", "100.00"]
    assert (str(scored.score), str(scored.max_score), str(scored.percent)) == ("282.50", "400.00", "70.63")


def test_g5_rounding_happens_once_after_scaling() -> None:
    sheet: Sheet = [(0, "1", "a"), (0, "1", ""), (0, "1", ""), (1, "1", "a"), (1, "1", ""), (1, "1", "")]
    scored = score(sheet, [{"title": "A", "scale_to": "1"}, {"title": "B", "scale_to": "1"}])
    assert [str(part.score) for part in scored.sections] == ["0.33", "0.33"]
    assert str(scored.score) == "0.67"


def test_a_scaled_section_never_counts_below_nothing_and_the_paper_neither() -> None:
    scored = score(
        [(0, "1", "b"), (0, "1", "b"), (1, "1", "a")], [{"title": "A", "scale_to": "100"}, {"title": "B"}], "0.5"
    )
    assert [part.score for part in scored.sections] == [0, 1]
    assert score([(0, "1", "b")], [{"title": "A"}], "1").score == 0


def test_wassce_mathematics_is_five_compulsory_and_any_five_of_eight() -> None:
    sections = [{"title": "A"}, {"title": "B", "answer": 5, "choice": "best"}]
    everything: Sheet = [(0, "8", "a")] * 5 + [(1, "12", "a")] * 8
    scored = score(everything, sections)
    assert (scored.score, scored.max_score) == (100, 100)


def test_g7_the_best_answers_count_where_a_section_does_not_say_which() -> None:
    scored = score([(0, "1", "b"), (0, "1", "a"), (0, "1", "a")], [{"title": "A", "answer": 2}])
    assert (str(scored.score), scored.sections[0].counted) == ("2.00", {"1", "2"})


def test_g7_no_place_is_kept_for_a_topic_unless_the_section_says_so() -> None:
    scored = score([(0, "1", "a"), (0, "1", "a"), (0, "1", "")], [{"title": "A", "answer": 2}], topics="xxy")
    assert str(scored.score) == "2.00"


@pytest.mark.parametrize(("passing", "is_passed"), [("50", True), ("50.01", False)])
def test_a_paper_of_sections_is_passed_by_the_percentage_that_is_shown(passing: str, is_passed: bool) -> None:
    sheet: Sheet = [(0, "1", "a"), (1, "1", "")]
    scored = score(sheet, [{"title": "A"}, {"title": "B"}], policy=Policy(passing_percent=Decimal(passing)))
    assert (str(scored.percent), scored.is_passed, scored.is_complete) == ("50.00", is_passed, True)
    assert [(mark.question_id, mark.outcome) for mark in scored.marks] == [("0", "right"), ("1", "blank")]


def test_g10_what_is_left_out_is_worth_nothing_in_its_section_scaled_or_not() -> None:
    sheet: Sheet = [(0, "1", "a"), (1, "3", "a")]
    sections: list[dict[str, Any]] = [{"title": "A", "scale_to": "100"}, {"title": "B"}]
    scored = score(sheet, sections, voided={"0": "left_out"})
    assert [(part.score, part.max_score) for part in scored.sections] == [(0, 0), (3, 3)]
    nothing = score(
        sheet, sections, voided={"0": "left_out", "1": "left_out"}, policy=Policy(passing_percent=Decimal(0))
    )
    assert (str(nothing.percent), nothing.is_passed, nothing.is_complete) == ("0.00", None, False)


def test_g9_a_section_waits_for_its_grader_and_then_counts_the_grade() -> None:
    entries = [{"question_id": "essay", "section": 0, "marks": "4", "type": "theory", "revision": 1, "topic_id": "t",
                "difficulty": "easy"}]  # fmt: skip
    facts: dict[str, Any] = {"sections": [{"title": "A", "scale_to": "100"}]}
    rest = ({"essay": Key(1, {})}, {"essay": {"text": "Because."}}, Policy(), paper.VERSION)
    waiting = totals.score_paper(entries, *rest, **facts)
    assert (waiting.pending, waiting.is_passed, waiting.is_complete) == (1, None, False)
    graded = totals.score_paper(entries, *rest, **facts, grades={"essay": Decimal(3)})
    assert (graded.pending, str(graded.score), graded.is_passed, graded.is_complete) == (0, "75.00", True, True)
