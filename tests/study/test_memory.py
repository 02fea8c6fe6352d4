"""The model of memory against another implementation of it.

`fsrs_vectors.json` holds 40 histories of 12 grades, with the stability and the difficulty that ts-fsrs 5.4.2 (FSRS-6,
published parameters, no learning steps, no fuzz) has after each: days since the grade before, grade, stability,
difficulty.
"""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lyceum.model.study.reviews import ReviewCard

from functions.study.reviews import memory

HISTORIES = json.loads((Path(__file__).parent / "fsrs_vectors.json").read_text())
START = datetime(2027, 1, 11, 9, tzinfo=UTC)


@pytest.mark.parametrize("number", range(len(HISTORIES)))
def test_memory_is_what_another_implementation_says(number: int) -> None:
    at, card = START, ReviewCard(user_id="u", question_id=str(number), due_at=START)
    for days, rating, stability, difficulty in HISTORIES[number]:
        at += timedelta(days=days)
        memory.grade(card, rating, at)
        assert math.isclose(float(card.stability), stability, rel_tol=1e-4, abs_tol=1e-4)
        assert math.isclose(float(card.difficulty), difficulty, rel_tol=1e-4, abs_tol=1e-4)


def test_at_its_stability_a_card_is_remembered_nine_times_in_ten() -> None:
    card = ReviewCard(user_id="u", question_id="q", due_at=START)
    assert memory.retrievability(card, START) == 0
    memory.grade(card, 3, START)
    later = START + timedelta(days=float(card.stability))
    assert math.isclose(memory.retrievability(card, later), 0.9, abs_tol=0.03)


def test_the_curve_of_forgetting_is_the_librarys() -> None:
    card = ReviewCard(user_id="u", question_id="q", due_at=START)
    memory.grade(card, 3, START)
    for days in (0, 1, 3, 10, 100, 1000):
        at = START + timedelta(days=days, hours=7)
        theirs = memory.scheduler().get_card_retrievability(memory._card(card), at)
        assert math.isclose(memory.retrievability(card, at), theirs, rel_tol=1e-9)


def test_intervals_are_spread_by_a_twentieth_at_most() -> None:
    days = []
    for number in range(200):
        card = ReviewCard(user_id="u", question_id=str(number), due_at=START)
        memory.grade(card, 4, START)
        memory.grade(card, 4, START + timedelta(days=8))
        days.append((card.due_at - card.last_review_at).days)
    assert len(set(days)) > 2
    assert max(days) <= 1.11 * min(days)
