"""Each quarter of an hour: notices what is due within 24 hours and within 1, each once for a due date.

Due dates, and the later ones of single students, wait in index partitions of their UTC day. A run looks at today and
tomorrow, whatever earlier runs did: the write that sends the task of reminding also notes it on the assignment, and the
last one takes it out of the index. So a run that comes late, twice or never changes nothing; of two reminders that are
overdue only the later one is sent.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import ConditionFailed, Unit, find_all
from lyceum.model.assignments import Assignment, Extensions
from lyceum.tasks.assignments import RemindAssignment

from functions.assignments.authoring import due_day, remind_next

jobs = Jobs("assignments")
handler = jobs.handler
_FIRST_HOURS = 24
_LAST_HOURS = 1
logger = Logger()


@jobs.in_every_tenant("rate(15 minutes)")
def due_assignments(run: Run) -> None:
    """Notice the assignments that fall due within a day, as long as there is time; the next run goes on."""
    now = clock.now()
    until = now + timedelta(hours=_FIRST_HOURS)
    for waiting in _waiting(sorted({due_day(now), due_day(until)}), f"{clock.iso(until)}#~"):
        if not run.has_time:
            return
        notice(waiting)


def _waiting(days: list[str], to_sort: str) -> Iterator[Assignment | Extensions]:
    for day in days:
        yield from find_all(Assignment, index="gsi1", due_day=day, to_sort=to_sort)
        yield from find_all(Extensions, index="gsi1", due_day=day, to_sort=to_sort)


def notice(waiting: Assignment | Extensions) -> None:
    """Send the reminder that is due, unless it was sent or its time is over.

    After the last one an assignment leaves the index, and extensions wait for the next of their dates.
    """
    left = waiting.due_at - clock.now()
    hours = _LAST_HOURS if left <= timedelta(hours=_LAST_HOURS) else _FIRST_HOURS
    if waiting.reminded_hours == hours:
        return
    facts = {"assignment_id": waiting.assignment_id, "course_id": waiting.course_id, "due_at": waiting.due_at}
    tasks = [RemindAssignment(**facts, hours_left=hours)] if left > timedelta(0) else []
    kind: Any = type(waiting)
    is_unchanged = (kind.reminder == "pending") & (kind.due_at == waiting.due_at)
    is_as_read = (
        kind.reminded_hours.does_not_exist()
        if waiting.reminded_hours is None
        else kind.reminded_hours == waiting.reminded_hours
    )
    waiting.reminded_hours, waiting.reminder = hours, "sent" if hours == _LAST_HOURS else "pending"
    names = ["reminder", "reminded_hours"]
    if isinstance(waiting, Extensions) and hours == _LAST_HOURS:
        remind_next(waiting, [clock.parse(each) for each in waiting.later_dates])
        names += ["due_at", "due_day", "later_dates"]
    try:
        Unit().amend(waiting, *names, when=is_unchanged & is_as_read, events=tasks).commit()
    except ConditionFailed:  # another run noticed it, or it was changed or taken away meanwhile
        logger.info("assignment changed meanwhile", extra={"assignment_id": waiting.assignment_id})
