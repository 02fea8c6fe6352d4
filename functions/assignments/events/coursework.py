"""Reminds the students of a course of what is due and not handed in: a page of students a message, each once."""

from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentDueSoon
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Entity, Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeSheet, Submission
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.tasks.assignments import RemindAssignment

from functions.assignments import detail as desks
from functions.assignments.grades.grade_totals import share

consumer = Consumer("assignment-reminders")
handler = consumer.handler
_PAGE = 80
_ATTEMPTS_KEPT = 20


@consumer.on(RemindAssignment)
def remind(event: RemindAssignment, unit: Unit) -> None:
    """Tell a page of students, and send the message for the next page, in one transaction."""
    if Assignment.fetch(assignment_id=event.assignment_id) is None:
        return
    desk = desks.read(event.assignment_id)
    if desk.assignment.due_at != event.due_at:
        return
    start = f"STUDENT#{event.after_user_id}\0" if event.after_user_id else None
    page = find(Enrolment, course_id=event.course_id, limit=_PAGE, from_sort=start, consistent=True)
    works = batch_fetch(
        [Submission.at(assignment_id=event.assignment_id, user_id=each.user_id) for each in page.items], consistent=True
    )
    for student, work in zip(page.items, works, strict=True):
        has_more_time = desk.due_at(student.user_id) != event.due_at
        if student.state == "active" and not has_more_time and not (isinstance(work, Submission) and work.attempts):
            send(unit, _reminder(event, student, desk.assignment.title))
    if page.last_key:
        last = page.items[-1].user_id
        facts = event.model_dump(include={"assignment_id", "course_id", "due_at", "hours_left"})
        send(unit, RemindAssignment(**facts, after_user_id=last))


def _reminder(event: RemindAssignment, student: Enrolment, title: str) -> AssignmentDueSoon:
    facts = event.model_dump(include={"assignment_id", "course_id", "due_at", "hours_left"})
    return AssignmentDueSoon(**facts, user_id=student.user_id, title=title)


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def enter(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Enter the score of a quiz that is complete and released; other exams are no part of a course."""
    if event.course_id is None or event.quiz_id is None or event.score is None or not event.is_released:
        return
    at: dict[str, Any] = {"course_id": event.course_id, "user_id": event.user_id}
    named = [Course.at(course_id=event.course_id), CourseOutline.at(course_id=event.course_id), GradeSheet.at(**at)]
    course, outline, found = batch_fetch(named, consistent=True)
    if not isinstance(course, Course) or course.status == "deleted":
        return
    sheet = found if isinstance(found, GradeSheet) else GradeSheet(**at)
    attempt = {"points": str(event.score), "max_points": str(event.max_score), "revision": event.revision}
    attempts = _entered(sheet.cells.get(event.quiz_id, {}).get("attempts", {}), event.exam_id, attempt)
    if attempts is None:
        return
    best = next(iter(attempts.values()))
    cell = {"kind": "quiz", "title": _title(outline, event.quiz_id), "category": "quiz", "at": clock.iso(clock.now())}
    sheet.cells = {
        **sheet.cells,
        event.quiz_id: cell | {"points": best["points"], "max_points": best["max_points"], "attempts": attempts},
    }
    if sheet.version:
        unit.replace(sheet)
    else:
        unit.create(sheet)


Attempt = dict[str, Any]


def _entered(attempts: dict[str, Attempt], exam_id: str, attempt: Attempt) -> dict[str, Attempt] | None:
    """Return the best attempts at a quiz with this one, the best first; None when as late a revision of it is there."""
    known = attempts.get(exam_id)
    if known and known["revision"] >= attempt["revision"]:
        return None
    ranked = sorted({**attempts, exam_id: attempt}.items(), key=lambda each: _share(each[1]), reverse=True)
    return dict(ranked[:_ATTEMPTS_KEPT])


def _share(attempt: Attempt) -> Decimal:
    return share(Decimal(attempt["points"]), Decimal(attempt["max_points"]))


def _title(outline: Entity | None, quiz_id: str) -> str:
    quizzes = outline.quizzes if isinstance(outline, CourseOutline) else []
    return next((str(quiz["title"]) for quiz in quizzes if quiz["quiz_id"] == quiz_id), "Quiz")
