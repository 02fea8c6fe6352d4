"""The model of memory: FSRS-6 by the library `fsrs`, with the published parameters, and what is our own around it.

- No learning steps: reviews come by days, so each grade sets an interval of days. A second grade on the same day
  changes stability by the model's short-term formula.
- Wanted retention is 90 % and rises in a straight line to 95 % from 60 days before the exam to 7 before it; no interval
  leads past the exam.
- Intervals from 3 days on are spread by up to 5 %, by a hash of card and repetition and not by chance: each device, and
  each replay, comes to the same day.

Sources: Ye, Su, Cao 2022 (KDD, "A Stochastic Shortest Path Algorithm for Optimizing Spaced Repetition Scheduling"), and
the description of the algorithm by its authors (open-spaced-repetition, "The Algorithm", FSRS-6).
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from lyceum.model.study.reviews import ReviewCard

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

RETENTION = 0.90
EXAM_RETENTION = 0.95
_RISES_FROM_DAYS = 60
_RISES_UNTIL_DAYS = 7
_LONGEST_DAYS = 36_500
_FUZZED_FROM_DAYS = 3
_FUZZ = 0.05
_PLACES = Decimal("0.000001")
_DECAY = 0.1542
"""w20 of the published parameters: how fast the curve of forgetting flattens."""
_FORGETTING = RETENTION ** (-1 / _DECAY) - 1
"""Makes the curve pass 90 % after as many days as the stability is."""


def retention(days_to_exam: int | None) -> float:
    """Return the wanted retention, in whole percents, so many days before the exam."""
    if days_to_exam is None or days_to_exam >= _RISES_FROM_DAYS:
        return RETENTION
    risen = (_RISES_FROM_DAYS - max(days_to_exam, _RISES_UNTIL_DAYS)) / (_RISES_FROM_DAYS - _RISES_UNTIL_DAYS)
    return round(RETENTION + (EXAM_RETENTION - RETENTION) * risen, 2)


@cache
def scheduler(wanted_retention: float = RETENTION) -> "Scheduler":
    """Return the scheduler for a wanted retention; it never sleeps and draws no chance."""
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=wanted_retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=_LONGEST_DAYS,
        enable_fuzzing=False,
    )


def grade(card: ReviewCard, rating: int, at: datetime, exam_on: date | None = None) -> None:
    """Change a card by a grade from 1 (again) to 4 (easy), given at a moment (UTC)."""
    from fsrs import Rating

    days_to_exam = None if exam_on is None else (exam_on - at.date()).days
    if days_to_exam is not None and days_to_exam < 1:
        days_to_exam = None
    reviewed, _ = scheduler(retention(days_to_exam)).review_card(_card(card), Rating(rating), at)
    days = (reviewed.due - at).days
    days = _spread(days, f"{card.user_id}\0{card.question_id}\0{int(card.repetitions)}")
    if days_to_exam is not None:
        days = min(days, days_to_exam)
    card.state = int(reviewed.state)
    card.stability, card.difficulty = _exact(reviewed.stability), _exact(reviewed.difficulty)
    card.due_at, card.last_review_at = at + timedelta(days=max(1, days)), at
    card.repetitions = int(card.repetitions) + 1
    card.lapses = int(card.lapses) + (rating == 1)


def retrievability(card: ReviewCard, at: datetime) -> float:
    """Return the probability that a card is remembered at a moment; 0 for one that was never graded."""
    if card.stability is None or card.last_review_at is None:
        return 0.0
    days = max(0, (at - card.last_review_at).days)
    return float((1 + _FORGETTING * days / float(card.stability)) ** -_DECAY)


def _card(card: ReviewCard) -> "Card":
    """Return a card as the library takes it; with an id, since it would wait a millisecond to make one."""
    from fsrs import Card, State

    is_new = card.stability is None
    return Card(
        card_id=1,
        state=State.Learning if is_new else State(int(card.state)),
        step=0 if is_new else None,
        stability=None if is_new else float(card.stability),
        difficulty=None if card.difficulty is None else float(card.difficulty),
        due=card.due_at.astimezone(UTC),
        last_review=None if card.last_review_at is None else card.last_review_at.astimezone(UTC),
    )


def _exact(value: float | None) -> Any:
    return None if value is None else Decimal(repr(value)).quantize(_PLACES)


def _spread(days: int, name: str) -> int:
    if days < _FUZZED_FROM_DAYS:
        return days
    most = max(1, round(days * _FUZZ))
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
    return days + number % (2 * most + 1) - most
