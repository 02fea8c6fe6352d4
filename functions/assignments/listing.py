"""Lists of assignments: of a course, and of all courses that one is in."""

from typing import Any

from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, cut, find
from lyceum.model.assignments import AssignmentIndex, Submission
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules import course_access

from functions.assignments.schemas import AssignmentQuery, AssignmentRow

_MOST_COURSES = 50
_MOST_SUBMISSIONS = 1000


def of_course(caller: Principal, course_id: str, query: Listing) -> Page[AssignmentRow]:
    """Return a page of a course's assignments by due date with one's own state (2 requests)."""
    named = [
        Course.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
        Enrolment.at(course_id=course_id, user_id=caller.user_id),
    ]
    found, index, enrolment = batch_fetch(named)
    course = course_access.visible(caller, found, enrolment)
    course_access.require_learning(caller, course, enrolment)
    rows: list[dict[str, Any]] = index.rows if isinstance(index, AssignmentIndex) else []
    page = cut(rows, _name, limit=query.limit, after=query.start_key())
    submissions = batch_fetch([Submission.at(assignment_id=_name(row), user_id=caller.user_id) for row in page.items])
    shown = [_row(row, submission, None) for row, submission in zip(page.items, submissions, strict=True)]
    return query.page(Slice(shown, page.last_key), AssignmentRow.model_validate, total=len(rows))


def own(caller: Principal, query: AssignmentQuery) -> Page[AssignmentRow]:
    """Return a page of the caller's assignments in the courses they are in (50 at most), by due date (3 requests)."""
    enrolled = find(
        Enrolment,
        index="gsi1",
        user_id=caller.user_id,
        course_id=query.course_id,
        limit=_MOST_COURSES,
        where=Enrolment.state == "active",
    )
    named: list[Entity] = []
    for each in enrolled.items:
        named += [Course.at(course_id=each.course_id), AssignmentIndex.at(course_id=each.course_id)]
    read = batch_fetch(named)
    courses = {each.course_id: each for each in read if isinstance(each, Course) and each.status != "deleted"}
    submissions = find(
        Submission, index="gsi1", user_id=caller.user_id, course_id=query.course_id, limit=_MOST_SUBMISSIONS
    ).items
    by_id: dict[str, Submission] = {submission.assignment_id: submission for submission in submissions}
    indexes = [each for each in read if isinstance(each, AssignmentIndex) and each.course_id in courses]
    rows = [_row(row, by_id.get(_name(row)), courses[index.course_id]) for index in indexes for row in index.rows]
    wanted = [row for row in rows if query.status in (None, row.state)]
    wanted.sort(key=_due, reverse=query.sort == "-dueAt")
    page = cut(wanted, lambda row: row.assignment_id, limit=query.limit, after=query.start_key())
    return query.page(page, AssignmentRow.model_validate, total=len(wanted))


def _name(row: dict[str, Any]) -> str:
    return str(row["assignment_id"])


def _due(row: AssignmentRow) -> tuple[bool, str, str]:
    return row.due_at is None, str(row.due_at), row.assignment_id


def _row(row: dict[str, Any], submission: Entity | None, course: Course | None) -> AssignmentRow:
    given = submission if isinstance(submission, Submission) else None
    state = (
        {"state": given.state, "submitted_at": given.submitted_at, "points_given": given.points}
        if given
        else {"state": "not_started"}
    )
    return AssignmentRow.model_validate({**row, **state, "course_title": course.title if course else None})
