"""The platform at a glance, for the console's first page: figures of several domains, each as it was folded."""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.table import find
from lyceum.model.admin.telemetry import ApiUsage, DayCount, ErrorGroup
from lyceum.model.users.directory import UserCount

from functions.insights import reports
from functions.insights.schemas import Overview

DAYS = 30
_MOST = 1000
_SOCKETS = "sockets."
_OPENED, _CLOSED = "sockets.opened", "sockets.closed"
_OPEN = frozenset({"open", "regressed"})


def show() -> Overview:
    """Return the overview (6 requests, whatever the size of the tenant)."""
    now = clock.now()
    today = clock.iso(now)[:10]
    days = reports.days_of(DAYS)
    last = days[-1]
    counts = {str(each.group): int(each.total) for each in find(UserCount).items}
    calls = find(ApiUsage, day=today, limit=_MOST).items
    errors = [each for each in find(ErrorGroup, limit=_MOST).items if each.state in _OPEN]
    opened, _ = sockets = _sockets(today)
    before = _sockets(clock.iso(now - timedelta(days=1))[:10])

    def of_month(name: str) -> int:
        return sum(int(getattr(day, name)) for day in days)

    enrolled = of_month("enrolled")
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
        questions_month=of_month("questions_submitted"),
        enrolled_month=enrolled,
        completed_month=of_month("completed"),
        completion_rate=round(100 * of_month("completed") / enrolled, 2) if enrolled else None,
        exams_month=of_month("exams"),
        submissions_month=of_month("submissions"),
        downloads_month=of_month("downloads"),
        answers_month=of_month("answers"),
        requests_today=sum(int(each.total) for each in calls),
        failed_today=sum(int(each.failed) for each in calls),
        open_errors=len(errors),
        connections_today=opened,
        connections_open=max(0, sum(pair[0] - pair[1] for pair in (sockets, before))),
        points=[reports.point(day) for day in days],
    )


def _sockets(day: str) -> tuple[int, int]:
    """Return how many live connections were opened and closed on a day (1 request)."""
    counts = {str(each.name): int(each.total) for each in find(DayCount, day=day, name=_SOCKETS).items}
    return counts.get(_OPENED, 0), counts.get(_CLOSED, 0)
