"""Quizzes of courses in the grade sheets of their students: the best result counts."""

from decimal import Decimal
from typing import Any

from lyceum import clock
from lyceum.events import ExamCompleted
from lyceum.events.consumer import Consumer
from lyceum.model import Course, GradeSheet, Outline
from lyceum.table import Entity, Unit, batch_fetch

from assignments.grading import share

consumer = Consumer("quiz-grades")
handler = consumer.handler


@consumer.on(ExamCompleted)
def enter(event: ExamCompleted, unit: Unit) -> None:
    """Enter the result of a quiz where it is better than what stands there; other exams are no part of a course."""
    if event.course_id is None or event.quiz_id is None:
        return
    at: dict[str, Any] = {"course_id": event.course_id, "user_id": event.user_id}
    named = [Course.at(course_id=event.course_id), Outline.at(course_id=event.course_id), GradeSheet.at(**at)]
    course, outline, found = batch_fetch(named, consistent=True)
    if not isinstance(course, Course) or course.status == "deleted":
        return
    sheet = found if isinstance(found, GradeSheet) else GradeSheet(**at)
    points = max(event.score, Decimal(0))
    earlier = sheet.cells.get(event.quiz_id)
    if earlier and share(Decimal(earlier["points"]), Decimal(earlier["max_points"])) >= share(points, event.max_score):
        return
    cell = {"kind": "quiz", "title": _title(outline, event.quiz_id), "category": "quiz", "at": clock.iso(clock.now())}
    sheet.cells = {**sheet.cells, event.quiz_id: cell | {"points": str(points), "max_points": str(event.max_score)}}
    if sheet.version:
        unit.replace(sheet)
    else:
        unit.create(sheet)


def _title(outline: Entity | None, quiz_id: str) -> str:
    quizzes = outline.quizzes if isinstance(outline, Outline) else []
    return next((str(quiz["title"]) for quiz in quizzes if quiz["quiz_id"] == quiz_id), "Quiz")
