"""A student's own performance, read from counters: as many requests as there are pages of them, not of exams."""

from lyceum.kit.identity import Principal
from lyceum.kit.table import find_all
from lyceum.model.exams.statistics import Performance

from functions.exams.statistics import analysis
from functions.exams.statistics.schemas import PerformancePart, PerformanceView

_PAGE = 1000


def show(caller: Principal) -> PerformanceView:
    """Return the caller's performance in every respect (1 storage request for each 1 000 topics, weeks and so on)."""
    parts: dict[str, list[PerformancePart]] = {}
    for counted in find_all(Performance, user_id=caller.user_id, limit=_PAGE):
        parts.setdefault(counted.respect, []).append(_part(counted))
    nothing = _part(Performance(user_id=caller.user_id, respect="all", name="all"))
    return PerformanceView(
        overall=parts.get("all", [nothing])[0],
        by_mode=parts.get("mode", []),
        by_topic=parts.get("topic", []),
        by_difficulty=parts.get("difficulty", []),
        by_week=parts.get("week", []),
    )


def _part(counted: Performance) -> PerformancePart:
    values = ("exams", "passed", "questions", "right", "partial", "wrong", "blank", "time_spent_seconds")
    return PerformancePart(
        name=counted.name,
        mean_percent=analysis.mean(counted.percent_sum, int(counted.exams), analysis.PERCENT_UNIT, places=2),
        **{name: int(getattr(counted, name)) for name in values},
    )
