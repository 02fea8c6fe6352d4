"""Each hour: notices what is due within a day, in every tenant, and says so once for each due date.

Due dates wait in index partitions of their UTC day. A run looks at today and tomorrow, whatever earlier runs did: an
assignment leaves the index with the write that tells of it, so a run that comes late, twice or never changes nothing.
"""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum import clock, context, ids, tenants
from lyceum.events import AssignmentFallsDue
from lyceum.model import Assignment
from lyceum.table import ConditionFailed, Unit, find

from assignments.authoring import due_day

_AHEAD = timedelta(hours=24)
logger = Logger()


class RemindersIncomplete(RuntimeError):
    """Some tenants could not be looked at; the next run does it."""


def handler(_event: dict[str, Any], _lambda_context: Any) -> None:
    """Look at every tenant; raises RemindersIncomplete after all of them when one failed."""
    failed = 0
    for tenant in tenants.listed():
        with context.working(context.Work(tenant=tenant.tenant_name, correlation_id=ids.new_id())):
            try:
                _look()
            except Exception:
                logger.exception("tenant not reminded", extra={"tenant": tenant.tenant_name})
                failed += 1
    if failed:
        raise RemindersIncomplete(f"{failed} tenants were not reminded")


def _look() -> None:
    now = clock.now()
    until = now + _AHEAD
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
    """Take an assignment out of the index and, unless its time is over, tell that it falls due."""
    is_ahead = assignment.due_at > clock.now()
    told = AssignmentFallsDue(assignment_id=assignment.assignment_id, course_id=assignment.course_id, due_at=assignment.due_at)
    read = assignment.due_at
    assignment.reminder = "sent"
    is_waiting = (Assignment.reminder == "pending") & (Assignment.due_at == read)
    try:
        Unit().amend(assignment, "reminder", when=is_waiting, events=[told] if is_ahead else []).commit()
    except ConditionFailed:  # another run told it, or it was changed or taken away meanwhile
        logger.info("assignment changed meanwhile", extra={"assignment_id": assignment.assignment_id})
