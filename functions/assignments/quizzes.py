"""Quizzes of courses in the grade sheets of their students: the best attempt counts (EXAM G6).

Of each attempt the latest revision of its score stands, so a regrade raises or lowers the grade once, however often or
late its event comes (EXAM R3). What the student may not know yet is entered when it is released (EXAM L1).
"""

from decimal import Decimal
from typing import Any

from lyceum.events import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.model import Course, GradeSheet, Outline
from lyceum.table import Entity, Unit, batch_fetch

from functions.assignments.grading import share

consumer = Consumer("quiz-grades")
handler = consumer.handler
_ATTEMPTS_KEPT = 20
Attempt = dict[str, Any]


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def enter(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Enter the score of a quiz that is complete and released; other exams are no part of a course."""
    if event.course_id is None or event.quiz_id is None or event.score is None or not event.is_released:
        return
    at: dict[str, Any] = {"course_id": event.course_id, "user_id": event.user_id}
    named = [Course.at(course_id=event.course_id), Outline.at(course_id=event.course_id), GradeSheet.at(**at)]
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
    sheet.cells = {**sheet.cells, event.quiz_id: cell | {"points": best["points"], "max_points": best["max_points"], "attempts": attempts}}
    if sheet.version:
        unit.replace(sheet)
    else:
        unit.create(sheet)


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
    quizzes = outline.quizzes if isinstance(outline, Outline) else []
    return next((str(quiz["title"]) for quiz in quizzes if quiz["quiz_id"] == quiz_id), "Quiz")
