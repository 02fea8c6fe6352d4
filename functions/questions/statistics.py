"""Statistics of a question, as they follow from its counters. docs/assessment.md has the formulas and their sources."""

from collections.abc import Mapping
from decimal import Decimal
from math import sqrt
from typing import Any

from lyceum.kit.errors import NotFound
from lyceum.kit.table import Slice, find
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics

from functions.questions import calibration
from functions.questions.schemas.statistics import EstimateView, MissedFilter, MissedView, StatisticsView

UNIT = 10_000
"""Credits and shares are counted in ten-thousandths, so that their sums are exact."""
TIME_STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1800, 3600, 14_400)
"""Upper ends, in seconds, of the steps by which times are counted."""
_FEWEST_FOR_CORRELATION = 10


def show(question_id: str) -> StatisticsView:
    """Return a question's statistics, zeros when no exam had it; raises NotFound when there is no such question."""
    found = QuestionStatistics.fetch(question_id=question_id)
    if found is None:
        if Question.fetch(question_id=question_id) is None:
            raise NotFound("There is no such question.")
        return StatisticsView(question_id=question_id, attempts=0, correct=0, skipped=0)
    return StatisticsView.model_validate(_shown(found))


def most_missed(query: MissedFilter) -> Slice[QuestionStatistics]:
    """Read a page of the questions of a topic or course that earn full marks least often (1 storage request)."""
    if query.topic_id:
        return find(
            QuestionStatistics,
            index="gsi1",
            topic_id=query.topic_id,
            descending=True,
            limit=query.limit,
            after=query.start_key(),
        )
    return find(
        QuestionStatistics,
        index="gsi2",
        course_id=query.course_id,
        descending=True,
        limit=query.limit,
        after=query.start_key(),
    )


def missed(found: QuestionStatistics) -> MissedView:
    """Show a question in the list of those that are missed most."""
    return MissedView.model_validate({**_shown(found), "topic_id": found.topic_id, "course_id": found.course_id})


def _shown(found: QuestionStatistics) -> dict[str, Any]:
    attempts = int(found.attempts)
    shown: dict[str, Any] = {
        "question_id": found.question_id,
        "attempts": attempts,
        "correct": int(found.correct),
        "skipped": int(found.skipped),
    }
    if not attempts:
        return shown
    return {
        **shown,
        "success_rate": round(found.correct / attempts, 4),
        "facility": round(found.credit_sum / UNIT / attempts, 4),
        "discrimination": discrimination(found),
        "mean_time_spent_seconds": round(found.time_spent_seconds / attempts, 2),
        "median_time_spent_seconds": median(found.times.as_dict()),
        "choices": {name: int(count) for name, count in sorted(found.choices.as_dict().items())} or None,
        "estimate": _estimate(found),
    }


def discrimination(found: QuestionStatistics) -> float | None:
    """Return the correlation of item and rest score; None for under 10 attempts, or where one of them never varies."""
    count = int(found.paired)
    item, rest = int(found.item_sum), int(found.rest_sum)
    item_spread = count * int(found.item_squares) - item * item
    rest_spread = count * int(found.rest_squares) - rest * rest
    if count < _FEWEST_FOR_CORRELATION or not item_spread or not rest_spread:
        return None
    return round((count * int(found.products) - item * rest) / sqrt(item_spread * rest_spread), 4)


def median(times: Mapping[str, Any]) -> float | None:
    """Return the median of times counted by steps, by interpolation within its step."""
    counts = [int(times.get(str(step), 0)) for step in TIME_STEPS]
    half, below, lower = sum(counts) / 2, 0, 0
    for step, count in zip(TIME_STEPS, counts, strict=True):
        if count and below + count >= half:
            return round(lower + (step - lower) * (half - below) / count, 1)
        below, lower = below + count, step
    return None


def time_step(seconds: int) -> str:
    """Name the step that a time falls in."""
    return str(next((step for step in TIME_STEPS if seconds <= step), TIME_STEPS[-1]))


def _estimate(found: QuestionStatistics) -> EstimateView | None:
    if found.estimate is None:
        return None
    difficulty = Decimal(found.estimate)
    return EstimateView(
        difficulty=difficulty,
        standard_error=Decimal(found.standard_error),
        sample_size=int(found.sample_size),
        label=calibration.label_of(float(difficulty)),
        proposed_label=found.proposed_difficulty,
        estimated_at=found.estimated_at,
        slope=Decimal(found.slope) if found.slope else None,
        slope_error=Decimal(found.slope_error) if found.slope_error else None,
        warnings=list(found.estimate_warnings),
    )
