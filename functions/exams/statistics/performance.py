"""A student's own performance, read from counters: as many requests as there are pages of them, not of exams."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from lyceum.kit.identity import Principal
from lyceum.kit.table import find_all
from lyceum.model.exams.statistics import Performance

from functions.exams.statistics import analysis
from functions.exams.statistics.schemas import PerformancePart, PerformanceView

_PAGE = 1000
_COUNTS = ("exams", "passed", "questions", "right", "partial", "wrong", "blank", "time_spent_seconds")


def show(caller: Principal) -> PerformanceView:
    """Return the caller's performance in every respect (1 storage request for each 1 000 topics, weeks and so on)."""
    counted: dict[str, list[Performance]] = defaultdict(list)
    for each in find_all(Performance, user_id=caller.user_id, limit=_PAGE):
        counted[each.respect].append(each)
    return PerformanceView(
        overall=_part(_together(caller.user_id, counted["mode"])),
        by_mode=[_part(each) for each in counted["mode"]],
        by_topic=[_part(each) for each in counted["topic"]],
        by_difficulty=[_part(each) for each in counted["difficulty"]],
        by_week=[_part(each) for each in counted["week"]],
    )


def _together(user_id: str, modes: Sequence[Performance]) -> Performance:
    """Add up the modes, of which each exam has one."""
    sums: dict[str, Any] = {name: sum(int(getattr(each, name)) for each in modes) for name in (*_COUNTS, "percent_sum")}
    return Performance(user_id=user_id, respect="all", name="all", **sums)


def _part(counted: Performance) -> PerformancePart:
    return PerformancePart(
        name=counted.name,
        mean_percent=analysis.mean(counted.percent_sum, int(counted.exams), analysis.PERCENT_UNIT, places=2),
        **{name: int(getattr(counted, name)) for name in _COUNTS},
    )
