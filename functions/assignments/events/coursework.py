"""Coursework: reminds of what is due, reassesses what was handed in, copies, enters scores of quizzes as grades."""

from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentDueSoon
from lyceum.events.courses import CourseCopied, CourseUpdated
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.events.integrations import PackageProgressed
from lyceum.kit import clock, ids
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Entity, Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, AssignmentIndex, GradeSheet, Submission
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.tasks.assignments import CopyAssignments, ReassessAssignment, ReassessCoursework, RemindAssignment

from functions.assignments import copies
from functions.assignments.detail import read_detail
from functions.assignments.grades import reassessment
from functions.assignments.grades.grade_totals import share

consumer = Consumer("assignments-coursework")
handler = consumer.handler
_PAGE = 80
_ATTEMPTS_KEPT = 20
QuizAttempt = dict[str, Any]


@consumer.paged(RemindAssignment)
def remind(task: RemindAssignment, unit: Unit) -> str | None:
    """Remind a page of a course's students, but for those who left, handed in or have another date."""
    if Assignment.fetch(assignment_id=task.assignment_id) is None:
        return None
    detail = read_detail(task.assignment_id)
    if task.due_at not in detail.due_dates():
        return None
    start = f"STUDENT#{task.after}\0" if task.after else None
    page = find(Enrolment, course_id=task.course_id, limit=_PAGE, from_sort=start, consistent=True)
    named = [Submission.at(assignment_id=task.assignment_id, user_id=each.user_id) for each in page.items]
    for student, submission in zip(page.items, batch_fetch(named, consistent=True), strict=True):
        has_another_date = detail.due_at(student.user_id) != task.due_at
        has_handed_in = isinstance(submission, Submission) and submission.attempts
        if student.state == "active" and not has_another_date and not has_handed_in:
            due_soon = _due_soon(task, student, detail.assignment.title)
            unit.put(OutboxItem.of(due_soon), due_soon)
    return page.items[-1].user_id if page.last_key else None


def _due_soon(task: RemindAssignment, student: Enrolment, title: str) -> AssignmentDueSoon:
    """Write the reminder; its name follows from what it says, so whoever had it is not told again.

    So a date that moves away and back, or comes by an extension and then to the class, reminds nobody twice.
    """
    facts = task.model_dump(include={"assignment_id", "course_id", "due_at", "hours_left"})
    name = ids.derived_id(task.due_at, "due_soon", task.assignment_id, student.user_id, str(task.hours_left))
    return AssignmentDueSoon(**facts, event_id=name, user_id=student.user_id, title=title)


@consumer.paged(ReassessAssignment)
def reassess_page(task: ReassessAssignment, _unit: Unit) -> str | None:
    """Reassess a page of what was handed in; whoever hands in from now on is judged by the new terms anyway."""
    return reassessment.page(task)


@consumer.on(CourseUpdated)
def reassess_by_zone(event: CourseUpdated, unit: Unit) -> None:
    """Reassess a course whose days begin at other times."""
    if event.has_new_zone:
        send(unit, ReassessCoursework(course_id=event.course_id))


@consumer.paged(ReassessCoursework)
def reassess_assignments(task: ReassessCoursework, unit: Unit) -> int | None:
    """Hand on a page of a course's assignments."""
    index = AssignmentIndex.fetch(course_id=task.course_id, consistent=True)
    rows = index.rows if index else []
    start = int(task.after or 0)
    for row in rows[start : start + _PAGE]:
        send(unit, ReassessAssignment(assignment_id=row["assignment_id"], course_id=task.course_id))
    return start + _PAGE if start + _PAGE < len(rows) else None


@consumer.on(CourseCopied)
def begin_copy(event: CourseCopied, unit: Unit) -> None:
    """Begin to copy the assignments of a course into another."""
    send(unit, CopyAssignments(**event.model_dump(include={"course_id", "source_id", "copied_at"})))


@consumer.paged(CopyAssignments)
def copy_page(task: CopyAssignments, unit: Unit) -> int | None:
    """Copy a page of assignments; a copy that was deleted meanwhile gets no more."""
    return copies.copy_page(task, unit)


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def enter_quiz_score(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Enter the score of a quiz that is complete and released, or take back one that was withdrawn (EXAM R3).

    Other exams are no part of a course.
    """
    is_withdrawn = isinstance(event, ExamGraded) and event.score is None
    if event.course_id is None or event.quiz_id is None or not event.is_released:
        return
    if event.score is None and not is_withdrawn:
        return
    at: dict[str, Any] = {"course_id": event.course_id, "user_id": event.user_id}
    named = [Course.at(course_id=event.course_id), CourseOutline.at(course_id=event.course_id), GradeSheet.at(**at)]
    course, outline, found = batch_fetch(named, consistent=True)
    if not isinstance(course, Course) or course.status == "deleted":
        return
    sheet = found if isinstance(found, GradeSheet) else GradeSheet(**at)
    if sheet.withdrawn.get(event.exam_id, 0) >= event.revision:
        return
    known = sheet.entries.get(event.quiz_id, {}).get("attempts", {})
    if is_withdrawn:
        sheet.withdrawn = {**sheet.withdrawn, event.exam_id: event.revision}
        attempts = _without(known, event.exam_id, event.revision)
    else:
        attempt = {"points": str(event.score), "max_points": str(event.max_score), "revision": event.revision}
        attempts = _best_first(known, event.exam_id, attempt)
    if attempts is None:
        return
    sheet.entries = {name: each for name, each in sheet.entries.items() if name != event.quiz_id}
    if attempts:
        sheet.entries[event.quiz_id] = _entry(_title(outline, event.quiz_id), attempts)
    unit.save(sheet)


@consumer.on(PackageProgressed)
def enter_package_score(event: PackageProgressed, unit: Unit) -> None:
    """Enter the best score of a package that is played in a lesson; a lower or the same one changes nothing.

    The first score of a lesson, or of a new title, gives the course's gradebook its column.
    """
    if event.course_id is None or event.lesson_id is None or event.score is None:
        return
    at: dict[str, Any] = {"course_id": event.course_id, "user_id": event.user_id}
    course_id = {"course_id": event.course_id}
    named = [Course.at(**course_id), GradeSheet.at(**at), Enrolment.at(**at), AssignmentIndex.at(**course_id)]
    course, found, enrolment, known_index = batch_fetch(named, consistent=True)
    if not isinstance(course, Course) or course.status == "deleted" or not isinstance(enrolment, Enrolment):
        return
    sheet = found if isinstance(found, GradeSheet) else GradeSheet(**at)
    points, known = Decimal(event.score) / 10, sheet.entries.get(event.lesson_id)
    if known and Decimal(known["points"]) >= points:
        return
    entry = {"kind": "package", "title": event.title, "category": "package", "at": clock.iso(clock.now())}
    sheet.entries = {**sheet.entries, event.lesson_id: {**entry, "points": str(points), "max_points": "100"}}
    unit.save(sheet)
    index = known_index if isinstance(known_index, AssignmentIndex) else AssignmentIndex(course_id=event.course_id)
    if index.packages.get(event.lesson_id) != event.title:
        index.packages = {**index.packages, event.lesson_id: event.title}
        unit.save(index)


def _entry(title: str, attempts: dict[str, QuizAttempt]) -> dict[str, Any]:
    best = next(iter(attempts.values()))
    return {
        "kind": "quiz",
        "title": title,
        "category": "quiz",
        "at": clock.iso(clock.now()),
        "points": best["points"],
        "max_points": best["max_points"],
        "attempts": attempts,
    }


def _without(attempts: dict[str, QuizAttempt], exam_id: str, revision: int) -> dict[str, QuizAttempt] | None:
    """Return the attempts at a quiz without one, in their order; None when a later revision of it is there."""
    known = attempts.get(exam_id)
    if known and known["revision"] >= revision:
        return None
    return {name: each for name, each in attempts.items() if name != exam_id}


def _best_first(attempts: dict[str, QuizAttempt], exam_id: str, attempt: QuizAttempt) -> dict[str, QuizAttempt] | None:
    """Return the best attempts at a quiz with this one, the best first; None when as late a revision of it is there."""
    known = attempts.get(exam_id)
    if known and known["revision"] >= attempt["revision"]:
        return None
    ranked = sorted({**attempts, exam_id: attempt}.items(), key=lambda each: _share(each[1]), reverse=True)
    return dict(ranked[:_ATTEMPTS_KEPT])


def _share(attempt: QuizAttempt) -> Decimal:
    return share(Decimal(attempt["points"]), Decimal(attempt["max_points"]))


def _title(outline: Entity | None, quiz_id: str) -> str:
    quizzes = outline.quizzes if isinstance(outline, CourseOutline) else []
    return next((str(quiz["title"]) for quiz in quizzes if quiz["quiz_id"] == quiz_id), "Quiz")
