"""Each quarter of an hour: notices what is due within 24 hours and within 1, each once for a due date.

Due dates wait in index partitions of their UTC day. A run looks at today and tomorrow, whatever earlier runs did: the
write that sends the task of reminding also notes it on the assignment, and the last one takes it out of the index. So
a run that comes late, twice or never changes nothing; of two reminders that are overdue only the later one is sent.
"""

from datetime import timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import ConditionFailed, Unit, find_all
from lyceum.model.assignments import Assignment
from lyceum.tasks.assignments import RemindAssignment

from functions.assignments.authoring import due_day

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
    for day in sorted({due_day(now), due_day(until)}):
        for assignment in find_all(Assignment, index="gsi1", due_day=day, to_sort=f"{clock.iso(until)}#~"):
            if not run.has_time:
                return
            notice(assignment)


def notice(assignment: Assignment) -> None:
    """Send the reminder that is due, unless it was sent or its time is over; after the last one it leaves the index."""
    left = assignment.due_at - clock.now()
    hours = _LAST_HOURS if left <= timedelta(hours=_LAST_HOURS) else _FIRST_HOURS
    if assignment.reminded_hours == hours:
        return
    facts = {"assignment_id": assignment.assignment_id, "course_id": assignment.course_id, "due_at": assignment.due_at}
    tasks = [RemindAssignment(**facts, hours_left=hours)] if left > timedelta(0) else []
    is_unchanged = (Assignment.reminder == "pending") & (Assignment.due_at == assignment.due_at)
    is_as_read = (
        Assignment.reminded_hours.does_not_exist()
        if assignment.reminded_hours is None
        else Assignment.reminded_hours == assignment.reminded_hours
    )
    assignment.reminded_hours, assignment.reminder = hours, "sent" if hours == _LAST_HOURS else "pending"
    try:
        Unit().amend(assignment, "reminder", "reminded_hours", when=is_unchanged & is_as_read, events=tasks).commit()
    except ConditionFailed:  # another run noticed it, or it was changed or taken away meanwhile
        logger.info("assignment changed meanwhile", extra={"assignment_id": assignment.assignment_id})
