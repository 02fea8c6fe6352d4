"""Reminds the students of a course of what is due and not handed in: a page of students a message, each once."""

from lyceum.events import AssignmentDueSoon, AssignmentFallsDue
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import tell
from lyceum.model import Assignment, Enrolment, Work
from lyceum.table import Unit, batch_fetch, find

from functions.assignments import desk as desks

consumer = Consumer("assignment-reminders")
handler = consumer.handler
_PAGE = 80


@consumer.on(AssignmentFallsDue)
def remind(event: AssignmentFallsDue, unit: Unit) -> None:
    """Tell a page of students, and send the message for the next page, in one transaction."""
    if Assignment.fetch(assignment_id=event.assignment_id) is None:
        return
    desk = desks.read(event.assignment_id)
    if desk.assignment.due_at != event.due_at:
        return
    start = f"STUDENT#{event.after_user_id}\0" if event.after_user_id else None
    page = find(Enrolment, course_id=event.course_id, limit=_PAGE, from_sort=start, consistent=True)
    works = batch_fetch([Work.at(assignment_id=event.assignment_id, user_id=each.user_id) for each in page.items], consistent=True)
    for student, work in zip(page.items, works, strict=True):
        has_more_time = desk.due_at(student.user_id) != event.due_at
        if student.state == "active" and not has_more_time and not (isinstance(work, Work) and work.attempts):
            tell(unit, _reminder(event, student, desk.assignment.title))
    if page.last_key:
        last = page.items[-1].user_id
        facts = event.model_dump(include={"assignment_id", "course_id", "due_at", "hours_left"})
        tell(unit, AssignmentFallsDue(**facts, after_user_id=last))


def _reminder(event: AssignmentFallsDue, student: Enrolment, title: str) -> AssignmentDueSoon:
    facts = event.model_dump(include={"assignment_id", "course_id", "due_at", "hours_left"})
    return AssignmentDueSoon(**facts, user_id=student.user_id, title=title)
