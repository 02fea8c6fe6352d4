"""Each quarter of an hour: notices what is due within 24 hours and within 1, in every tenant, and says each once for a due date.

Due dates wait in index partitions of their UTC day. A run looks at today and tomorrow, whatever earlier runs did: the
write that tells of an assignment notes it, and the last one takes it out of the index. So a run that comes late, twice or
never changes nothing; of two reminders that are overdue only the later one is sent.
"""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context, ids
from lyceum.kit.jobs import tenants
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.assignments import Assignment
from lyceum.tasks.assignments import RemindAssignment

from functions.assignments.authoring import due_day

_FIRST_HOURS = 24
_LAST_HOURS = 1
logger = Logger()


class RemindersIncomplete(RuntimeError):
    """Some tenants could not be looked at; the next run does it."""


def handler(_event: dict[str, Any], _lambda_context: Any) -> None:
    """Look at every tenant; raises RemindersIncomplete after all of them when one failed."""
    failed = 0
    for tenant in tenants.listed():
        with context.working(context.RequestContext(tenant=tenant.tenant_name, correlation_id=ids.new_id())):
            try:
                _look()
            except Exception:
                logger.exception("tenant not reminded", extra={"tenant": tenant.tenant_name})
                failed += 1
    if failed:
        raise RemindersIncomplete(f"{failed} tenants were not reminded")


def _look() -> None:
    now = clock.now()
    until = now + timedelta(hours=_FIRST_HOURS)
    for day in sorted({due_day(now), due_day(until)}):
        after = None
        while True:
            due = find(Assignment, index="gsi1", due_day=day, to_sort=f"{clock.iso(until)}#~", after=after)
            for assignment in due.items:
                _tell(assignment)
            after = due.last_key
            if after is None:
                break


def _tell(assignment: Assignment) -> None:
    """Tell that an assignment falls due, unless that was told or its time is over; after the last time it leaves the index."""
    left = assignment.due_at - clock.now()
    hours = _LAST_HOURS if left <= timedelta(hours=_LAST_HOURS) else _FIRST_HOURS
    if assignment.reminded_hours == hours:
        return
    named = {"assignment_id": assignment.assignment_id, "course_id": assignment.course_id, "due_at": assignment.due_at}
    events = [RemindAssignment(**named, hours_left=hours)] if left > timedelta(0) else []
    unchanged = (Assignment.reminder == "pending") & (Assignment.due_at == assignment.due_at)
    told_before = (
        Assignment.reminded_hours.does_not_exist()
        if assignment.reminded_hours is None
        else Assignment.reminded_hours == assignment.reminded_hours
    )
    assignment.reminded_hours, assignment.reminder = hours, "sent" if hours == _LAST_HOURS else "pending"
    try:
        Unit().amend(assignment, "reminder", "reminded_hours", when=unchanged & told_before, events=events).commit()
    except ConditionFailed:  # another run told it, or it was changed or taken away meanwhile
        logger.info("assignment changed meanwhile", extra={"assignment_id": assignment.assignment_id})
