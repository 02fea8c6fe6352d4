"""Whether a learner will pass: told from what they passed so far, with how sure that is.

The chance is the share of exams passed, drawn towards one half as if one more had been passed and one failed (Laplace's
rule of succession). Its bounds are Wilson's score interval (1927), which hold the true share in four of five cases.
Signs beside it move no number: they are named with their figures, so that a teacher judges.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import sqrt

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.kit.values import time_zones
from lyceum.messages.spoken import say
from lyceum.model.analytics.learners import LearnerFigures, WeekFigures
from lyceum.rules.learners import learner_readers

from functions.insights.figures.forecasts import BOUND
from functions.insights.models.schemas import Prediction, PredictionQuery, PredictionSign

_WEEKS = 6
_FEW = 3
"""So many exams or fewer tell next to nothing."""
_RISE = 5.0
"""Points of a percentage that a mean must move by to be a sign."""
_LIKELY, _UNLIKELY = 0.7, 0.4


def predict(caller: Principal, user_id: str, query: PredictionQuery) -> Prediction:
    """Return how likely a learner passes the next exam (1 request beside who may ask); raises NotFound."""
    learner_readers.admit(caller, user_id, query.course_id)
    today = clock.now().date()
    weeks = [time_zones.week(today - timedelta(weeks=back)) for back in reversed(range(_WEEKS))]
    named = [WeekFigures.at(user_id=user_id, week=week) for week in weeks]
    figures, *found = batch_fetch([LearnerFigures.at(user_id=user_id), *named])
    known = figures if isinstance(figures, LearnerFigures) else LearnerFigures(user_id=user_id)
    recent = [each for each in found if isinstance(each, WeekFigures)]
    exams = _total(known, "exams")
    passed = min(_total(known, "passed"), exams)
    chance = (passed + 1) / (exams + 2)
    low, high = wilson(passed, exams)
    return Prediction(
        as_of=clock.now(),
        definition=(
            "The chance to pass the next exam, by the share of exams passed so far (rule of succession), with bounds"
            " that hold it in four of five cases. Signs do not move it."
        ),
        user_id=user_id,
        exams=exams,
        passed=passed,
        chance=round(chance, 4),
        low=round(low, 4),
        high=round(high, 4),
        level=level_of(exams, low, high),
        signs=signs(known, recent),
    )


def wilson(successes: int, tries: int) -> tuple[float, float]:
    """Return the bounds of a share; all that is possible where nothing was tried."""
    if not tries:
        return 0.0, 1.0
    share, square = successes / tries, BOUND * BOUND
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    half = BOUND / (1 + square / tries) * sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    return max(0.0, middle - half), min(1.0, middle + half)


def level_of(exams: int, low: float, high: float) -> str:
    """Name what bounds allow to say."""
    if exams < _FEW:
        return "unknown"
    if low >= _LIKELY or (low + high) / 2 >= _LIKELY:
        return "likely"
    return "unlikely" if (low + high) / 2 < _UNLIKELY else "open"


def signs(known: LearnerFigures, weeks: Sequence[WeekFigures]) -> list[PredictionSign]:
    """Return what speaks for and against, from totals and the last weeks."""
    found = []
    exams, total = _sum(weeks, "exams"), _total(known, "exams")
    if exams and total:
        recent, always = _sum(weeks, "percent_sum") / exams / 100, _total(known, "percent_sum") / total / 100
        if abs(recent - always) >= _RISE:
            found.append(
                _sign("marks", recent - always, say("sign.marks", recent=f"{recent:.0f}", always=f"{always:.0f}"))
            )
    days = sum(_days(week) for week in weeks[-2:])
    found.append(_sign("active_days", days - 4, say("sign.active_days", days=days)))
    reviews = _sum(weeks, "reviews")
    if reviews >= 10:
        share = 100 * _sum(weeks, "remembered") / reviews
        found.append(_sign("remembered", share - 80, say("sign.remembered", share=f"{share:.0f}", reviews=reviews)))
    return found


def _sign(name: str, value: float, words: str) -> PredictionSign:
    return PredictionSign.model_validate({"name": name, "speaks": "for" if value >= 0 else "against", "words": words})


def _total(known: LearnerFigures, counter: str) -> int:
    return int(getattr(known, counter))


def _sum(weeks: Sequence[WeekFigures], counter: str) -> int:
    return sum(int(getattr(week, f"{counter}_{day}")) for week in weeks for day in range(1, 8))


def _days(week: WeekFigures) -> int:
    return sum(int(getattr(week, f"seconds_{day}")) > 0 for day in range(1, 8))
