"""Queues of answers that wait for a grader: whose they are, and that they follow a course to whom it is handed."""

from typing import Any

from lyceum.kit.errors import Conflict
from lyceum.kit.http.pages import Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find
from lyceum.model.courses.course import Course
from lyceum.model.exams.marks import ExamMarks
from lyceum.rules.courses import teaching
from lyceum.tasks.exams import MoveQueue

from functions.exams.marking.marks import POOL
from functions.exams.marking.schemas.grading import GradingQueue, WaitingAnswer, WaitingExam

_PAGE = 50


def queue(caller: Principal, query: GradingQueue) -> Page[WaitingExam]:
    """Return a page of sessions whose answers wait: the caller's own, the pool's, or those of a course.

    Costs 1 storage request, and 1 for the course. Raises NotFound for a course that the caller does not teach.
    """
    page: dict[str, Any] = {"limit": query.limit, "after": query.start_key()}
    if query.course_id:
        teaching.require(caller, None, query.course_id, "course")
        return query.page(find(ExamMarks, index="gsi2", course_id=query.course_id, **page), _waiting)
    marker = POOL if query.pool else caller.user_id
    return query.page(find(ExamMarks, index="gsi1", marker=marker, **page), _waiting)


def _waiting(marks: ExamMarks) -> WaitingExam:
    answers = [WaitingAnswer.model_validate({**row, **row["response"]}) for row in marks.waiting]
    return WaitingExam(
        exam_id=marks.exam_id,
        assessment_id=marks.assessment_id,
        mode=marks.mode,
        finished_at=marks.finished_at,
        answers=answers,
    )


def follow_course(task: MoveQueue, unit: Unit) -> str | None:
    """Bring a page of what waits in a course into the queue of its instructor; returns where the next page begins."""
    course = Course.fetch(course_id=task.course_id, consistent=True)
    if course is None or course.status == "deleted":
        return None
    start = f"{task.after}\0" if task.after else None
    page = find(ExamMarks, index="gsi2", course_id=task.course_id, limit=_PAGE, from_sort=start)
    overtaken = Conflict("These marks changed meanwhile; the message comes again and finds them.")
    for marks in page.items:
        if marks.marker != course.instructor_id:
            is_same = ExamMarks.version == marks.version
            marks.marker = course.instructor_id
            unit.amend(marks, "marker", when=is_same, refuse=overtaken)
    return str(page.items[-1].gsi2sk) if page.last_key else None
