"""The platform at a glance, for the console's first page: figures of several domains, each as it was folded."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.table import find
from lyceum.model.admin.telemetry import ApiUsage, DayCount, ErrorGroup
from lyceum.model.insights.activity import ActivityDay
from lyceum.model.sync import OPERATIONS, PUSHES, WAITING
from lyceum.model.users.directory import UserCount

from functions.insights import reports
from functions.insights.schemas import DaysQuery, Overview

DAYS = 30
_MOST = 1000
_OPENED, _CLOSED = "sockets.opened", "sockets.closed"
_OPEN = frozenset({"open", "regressed"})


def show() -> Overview:
    """Return the overview (6 requests, whatever the size of the tenant)."""
    now = clock.now()
    today = clock.iso(now)[:10]
    days = reports.days_of(DaysQuery(days=DAYS))
    last = days[-1]
    counts = {str(each.group): int(each.total) for each in find(UserCount).items}
    calls = find(ApiUsage, day=today, limit=_MOST).items
    errors = [each for each in find(ErrorGroup, limit=_MOST).items if each.state in _OPEN]
    tallies, before = _tallies(today), _tallies(clock.iso(now - timedelta(days=1))[:10])
    first_answers, pushes = of_month(days, "first_answers"), tallies[PUSHES]
    enrolled = of_month(days, "enrolled")
    return Overview(
        as_of=now,
        definition="Today and the month of thirty days that ends with it (UTC); calls and errors within seconds.",
        users=counts.pop("all", 0),
        users_by_role=counts,
        registered_today=int(last.registered),
        active_today=int(last.active),
        active_week=int(last.active_7),
        active_month=int(last.active_30),
        questions_today=int(last.questions_submitted),
        questions_month=of_month(days, "questions_submitted"),
        enrolled_month=enrolled,
        completed_month=of_month(days, "completed"),
        completion_rate=round(100 * of_month(days, "completed") / enrolled, 2) if enrolled else None,
        exams_month=of_month(days, "exams"),
        submissions_month=of_month(days, "submissions"),
        downloads_month=of_month(days, "downloads"),
        answers_month=of_month(days, "answers"),
        answer_minutes=round(of_month(days, "answer_seconds") / 60 / first_answers, 1) if first_answers else None,
        sync_queue_length=round(tallies[OPERATIONS] / pushes, 1) if pushes else None,
        sync_waiting=tallies[WAITING],
        requests_today=sum(int(each.total) for each in calls),
        failed_today=sum(int(each.failed) for each in calls),
        open_errors=len(errors),
        connections_today=tallies[_OPENED],
        connections_open=max(0, sum(each[_OPENED] - each[_CLOSED] for each in (tallies, before))),
        points=[reports.point(day) for day in days],
    )


def of_month(days: Sequence[ActivityDay], name: str) -> int:
    """Add up a count of days."""
    return sum(int(getattr(day, name)) for day in days)


def _tallies(day: str) -> Counter[str]:
    """Return what was counted by its name alone on a day (1 request)."""
    found = find(DayCount, day=day, from_sort="sockets.", to_sort="sync.~", limit=_MOST).items
    return Counter({str(each.name): int(each.total) for each in found})
