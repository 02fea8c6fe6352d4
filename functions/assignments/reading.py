"""What students and instructors see of an assignment and of what was handed in."""

from typing import Any

from lyceum.kit.errors import NotFound
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, RubricVersion, Submission, SubmissionAttempt
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access

from functions.assignments import views
from functions.assignments.detail import AssignmentDetail, read_detail, taught_detail
from functions.assignments.schemas.assignments import AssignmentView
from functions.assignments.schemas.submissions import GradeView, OwnSubmission, SubmissionRow

_FIRST = 20
_MOST = 33


def show(caller: Principal, assignment_id: str) -> AssignmentView:
    """Show an assignment: to a student with the own submission, to its instructor with those of all (3 requests)."""
    detail = read_detail(assignment_id)
    at, lesson_id = {"course_id": detail.assignment.course_id}, detail.assignment.lesson_id
    named = [
        Course.at(**at),
        Enrolment.at(**at, user_id=caller.user_id),
        Submission.at(assignment_id=assignment_id, user_id=caller.user_id),
        *([Lesson.at(lesson_id=lesson_id)] if lesson_id else []),
    ]
    found, enrolment, submission, *lessons = batch_fetch(named)
    course = course_access.visible(caller, found, enrolment)
    lesson = lessons[0] if lessons else None
    titles = {
        "course_title": course.title,
        "lesson_title": lesson.title if isinstance(lesson, Lesson) else None,
    }
    if course_access.is_teacher(caller, course):
        rows = _rows(detail.assignment, _page(assignment_id, _FIRST, None).items)
        return views.taught(detail, rows).model_copy(update=titles)
    course_access.require_learning(caller, course, enrolment)
    shown = views.assignment(detail, own=_own(detail, caller.user_id, submission))
    return shown.model_copy(update={"due_at": detail.due_at(caller.user_id), **titles})


def _own(detail: AssignmentDetail, user_id: str, submission: Entity | None) -> OwnSubmission:
    """Show a student the latest attempt and the released grade (1 request where something was handed in)."""
    if not isinstance(submission, Submission):
        return views.own_submission(detail, user_id, None)
    mine = {"assignment_id": submission.assignment_id, "user_id": user_id}
    named: list[Entity] = []
    if submission.attempts:
        named.append(SubmissionAttempt.at(**mine, number=submission.attempts))
    if submission.grade_number:
        named.append(GradeRecord.at(**mine, number=submission.grade_number))
    found: dict[type, Any] = {type(each): each for each in batch_fetch(named) if each}
    record = found.get(GradeRecord)
    return views.own_submission(detail, user_id, submission, found.get(SubmissionAttempt), record, _rubric_of(record))


def _rubric_of(record: GradeRecord | None) -> RubricVersion | None:
    """Read the rubric that gave a grade (1 request where one did)."""
    if record is None or record.rubric_version is None:
        return None
    return RubricVersion.fetch(assignment_id=record.assignment_id, number=record.rubric_version)


def submissions(caller: Principal, assignment_id: str, query: Listing) -> Page[SubmissionRow]:
    """Return a page of what was handed in, at most 33, for the assignment's instructor (3 requests).

    What was only begun, or graded without a hand-in, is not in it: the gradebook has everybody.
    """
    detail, _ = taught_detail(caller, assignment_id)
    page = _page(assignment_id, min(query.limit, _MOST), query.start_key(_MOST))
    total = int(detail.statistics.submitted) if detail.statistics else None
    return query.page(
        Slice(_rows(detail.assignment, page.items), page.last_key), SubmissionRow.model_validate, total=total
    )


def _page(assignment_id: str, limit: int, after: dict[str, Any] | None) -> Slice[Submission]:
    return find(Submission, assignment_id=assignment_id, limit=limit, after=after, where=Submission.attempts > 0)


def _rows(assignment: Assignment, submissions: list[Submission]) -> list[SubmissionRow]:
    named: list[Entity] = []
    for submission in submissions:
        mine = {"assignment_id": submission.assignment_id, "user_id": submission.user_id}
        named += [
            SubmissionAttempt.at(**mine, number=submission.attempts),
            GradeRecord.at(**mine, number=submission.grade_count),
            User.at(user_id=submission.user_id),
        ]
    found = batch_fetch(named)
    return [
        views.submission_row(assignment, submission, *found[3 * place : 3 * place + 3])
        for place, submission in enumerate(submissions)
    ]


def feedback(caller: Principal, assignment_id: str) -> GradeView:
    """Show the caller's released grade with its feedback and the rubric that gave it (2 or 3 requests).

    Raises NotFound while there is none.
    """
    submission = Submission.fetch(assignment_id=assignment_id, user_id=caller.user_id)
    if submission is None or submission.grade_number is None:
        raise NotFound("There is no grade yet.")
    record = GradeRecord.fetch(assignment_id=assignment_id, user_id=caller.user_id, number=submission.grade_number)
    shown = views.grade(record, _rubric_of(record))
    if shown is None:
        raise NotFound("There is no grade yet.")
    return shown
