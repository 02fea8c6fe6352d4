"""Lists of assignments: of a course, and of all courses that one is in."""

from typing import Any

from lyceum.kit.errors import NotFound
from lyceum.kit.http import Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, cut_sorted, find_all
from lyceum.model.assignments import AssignmentIndex, Submission
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.courses import course_access
from lyceum.rules.courses.due_dates import due_order, own_rows

from functions.assignments.schemas.assignments import AssignmentQuery, AssignmentRow, CourseAssignmentQuery

_PAGE = 1000


def of_course(caller: Principal, course_id: str, query: CourseAssignmentQuery) -> Page[AssignmentRow]:
    """Return a page of a course's assignments by due date with a student's state.

    It takes 2 requests, one more where somebody has an extension. The student is the caller; the course's instructor
    may name another. Raises NotFound for one who never was in the course.
    """
    student_id = query.student_id or caller.user_id
    named = [
        Course.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
        Enrolment.at(course_id=course_id, user_id=student_id),
    ]
    found, index, enrolment = batch_fetch(named)
    if student_id == caller.user_id:
        course = course_access.visible(caller, found, enrolment)
        course_access.require_learning(caller, course, enrolment)
    else:
        course = course_access.taught(caller, found)
        if not isinstance(enrolment, Enrolment):
            raise NotFound("There is no such student in this course.")
    rows = own_rows(index.rows if isinstance(index, AssignmentIndex) else [], student_id)
    page = cut_sorted(rows, due_order, limit=query.limit, after=query.start_key())
    count = len(page.items)
    submissions: list[Entity] = [Submission.at(assignment_id=_name(row), user_id=student_id) for row in page.items]
    read = batch_fetch([*submissions, *_lessons(page.items)])
    titles = _titles(read[count:])
    shown = [_row(row, submission, course, titles) for row, submission in zip(page.items, read[:count], strict=True)]
    return query.page(Slice(shown, page.last_key), AssignmentRow.model_validate, total=len(rows))


def own(caller: Principal, query: AssignmentQuery) -> Page[AssignmentRow]:
    """Return a page of the caller's assignments in the courses they are in, by due date.

    It takes 3 requests, one more for each 50 courses and each 1 000 submissions beyond the first, one more where
    somebody has an extension, and one more where assignments belong to lessons.
    """
    enrolled = find_all(
        Enrolment,
        index="gsi1",
        user_id=caller.user_id,
        course_id=query.course_id,
        limit=_PAGE,
        where=Enrolment.state == "active",
    )
    named: list[Entity] = []
    for each in enrolled:
        named += [Course.at(course_id=each.course_id), AssignmentIndex.at(course_id=each.course_id)]
    read = batch_fetch(named)
    courses = {each.course_id: each for each in read if isinstance(each, Course) and each.status != "deleted"}
    submissions = find_all(Submission, index="gsi1", user_id=caller.user_id, course_id=query.course_id, limit=_PAGE)
    by_id: dict[str, Submission] = {submission.assignment_id: submission for submission in submissions}
    indexes = [each for each in read if isinstance(each, AssignmentIndex) and each.course_id in courses]
    own_ones = own_rows([row for index in indexes for row in index.rows], caller.user_id)
    rows = [_row(row, by_id.get(_name(row)), courses[row["course_id"]], {}) for row in own_ones]
    wanted = [row for row in rows if query.status in (None, row.state)]
    descending = query.sort == "-dueAt"
    page = cut_sorted(wanted, _due, limit=query.limit, after=query.start_key(), descending=descending)
    titles = _titles(batch_fetch(_lessons([row.model_dump() for row in page.items])))
    shown = [row.model_copy(update={"lesson_title": titles.get(str(row.lesson_id))}) for row in page.items]
    return query.page(Slice(shown, page.last_key), AssignmentRow.model_validate, total=len(wanted))


def _name(row: dict[str, Any]) -> str:
    return str(row["assignment_id"])


def _due(row: AssignmentRow) -> tuple[bool, str, str]:
    return row.due_at is None, str(row.due_at), row.assignment_id


def _lessons(rows: list[dict[str, Any]]) -> list[Entity]:
    return [Lesson.at(lesson_id=row["lesson_id"]) for row in rows if row["lesson_id"]]


def _titles(lessons: list[Entity | None]) -> dict[str, str]:
    return {each.lesson_id: each.title for each in lessons if isinstance(each, Lesson)}


def _row(
    row: dict[str, Any], submission: Entity | None, course: Course, lesson_titles: dict[str, str]
) -> AssignmentRow:
    given = submission if isinstance(submission, Submission) else None
    state = (
        {
            "state": given.state,
            "started_at": given.started_at,
            "submitted_at": given.submitted_at,
            "points_given": given.points,
        }
        if given
        else {"state": "not_started"}
    )
    titles = {"course_title": course.title, "lesson_title": lesson_titles.get(str(row["lesson_id"]))}
    return AssignmentRow.model_validate({**row, **state, **titles})
