"""What students and instructors see of an assignment and of what was handed in."""

from typing import Any

from lyceum.kit.errors import NotFound
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, Submission, SubmissionAttempt
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from lyceum.rules import course_access

from functions.assignments import detail as desks
from functions.assignments import views
from functions.assignments.schemas import AssignmentView, GradeView, OwnSubmission, SubmissionRow

_FIRST = 20
_MOST = 33


def show(caller: Principal, assignment_id: str) -> AssignmentView:
    """Show an assignment: to a student with the own submission, to its instructor with those of all (3 requests)."""
    desk = desks.read(assignment_id)
    if desk.is_teacher(caller):
        return views.taught(desk, _rows(desk.assignment, _works(assignment_id, _FIRST, None).items))
    at = {"course_id": desk.assignment.course_id}
    named = [
        Course.at(**at),
        Enrolment.at(**at, user_id=caller.user_id),
        Submission.at(assignment_id=assignment_id, user_id=caller.user_id),
    ]
    found, enrolment, work = batch_fetch(named)
    course = course_access.visible(caller, found, enrolment)
    course_access.require_learning(caller, course, enrolment)
    return views.assignment(desk, own=place(desk, caller.user_id, work))


def place(desk: desks.AssignmentDetail, user_id: str, work: Entity | None) -> OwnSubmission:
    """Show a student the latest attempt and the released grade (1 request where something was handed in)."""
    if not isinstance(work, Submission):
        return views.own(desk, user_id, None)
    mine = {"assignment_id": work.assignment_id, "user_id": user_id}
    named: list[Entity] = []
    if work.attempts:
        named.append(SubmissionAttempt.at(**mine, number=work.attempts))
    if work.grade_number:
        named.append(GradeRecord.at(**mine, number=work.grade_number))
    found: dict[type, Any] = {type(each): each for each in batch_fetch(named) if each}
    return views.own(desk, user_id, work, found.get(SubmissionAttempt), found.get(GradeRecord))


def submissions(caller: Principal, assignment_id: str, query: Listing) -> Page[SubmissionRow]:
    """Return a page of what was handed in, at most 33, for the assignment's instructor (3 requests)."""
    desk = desks.taught(caller, assignment_id)
    works = _works(assignment_id, min(query.limit, _MOST), query.start_key())
    total = int(desk.figures.submitted) if desk.figures else None
    return query.page(
        Slice(_rows(desk.assignment, works.items), works.last_key), SubmissionRow.model_validate, total=total
    )


def _works(assignment_id: str, limit: int, after: dict[str, Any] | None) -> Slice[Submission]:
    return find(Submission, assignment_id=assignment_id, limit=limit, after=after)


def _rows(assignment: Assignment, works: list[Submission]) -> list[SubmissionRow]:
    named: list[Entity] = []
    for work in works:
        mine = {"assignment_id": work.assignment_id, "user_id": work.user_id}
        named += [
            SubmissionAttempt.at(**mine, number=work.attempts),
            GradeRecord.at(**mine, number=work.grade_count),
            User.at(user_id=work.user_id),
        ]
    found = batch_fetch(named)
    return [views.submission(assignment, work, *found[3 * place : 3 * place + 3]) for place, work in enumerate(works)]


def feedback(caller: Principal, assignment_id: str) -> GradeView:
    """Show the caller's released grade with its feedback (2 requests); raises NotFound while there is none."""
    work = Submission.fetch(assignment_id=assignment_id, user_id=caller.user_id)
    if work is None or work.grade_number is None:
        raise NotFound("There is no grade yet.")
    shown = views.grade(
        GradeRecord.fetch(assignment_id=assignment_id, user_id=caller.user_id, number=work.grade_number)
    )
    if shown is None:
        raise NotFound("There is no grade yet.")
    return shown
