"""Lateness follows the due date of today: what was handed in is judged anew when the date or the late policy changes.

A grade that comes to something else by that is written as a new record, beside the one that was given. Nothing is
written where nothing changes, so a page may be worked through as often as one likes.
"""

from decimal import Decimal
from typing import Any

from lyceum.events.assignments import SubmissionReassessed
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, GradeSheet, Submission, SubmissionAttempt
from lyceum.model.courses.course import Course
from lyceum.tasks.assignments import ReassessAssignment

from functions.assignments.detail import AssignmentDetail, read_detail
from functions.assignments.grades import grading
from functions.assignments.grades.grade_totals import part_of
from functions.assignments.lateness import days_late, kept_percent

_PAGE = 25
_TRIES = 4
_COPIED = ("attempt", "grader_id", "points", "criteria", "rubric_version", "feedback", "private_note", "is_released")


class _TermsChanged(Conflict):
    """The terms are not those that were read; the change sent a task of its own."""


def page(task: ReassessAssignment) -> str | None:
    """Reassess a page of submissions and return the last student of it, or None when there are no more."""
    if Assignment.fetch(assignment_id=task.assignment_id, consistent=True) is None:
        return None
    detail = read_detail(task.assignment_id)
    course = Course.fetch(course_id=task.course_id, consistent=True)
    if course is None:
        return None
    start = f"STUDENT#{task.after}\0" if task.after else None
    found = find(Submission, assignment_id=task.assignment_id, limit=_PAGE, from_sort=start, consistent=True)
    try:
        for submission in found.items:
            _reassess(detail, course, submission.user_id)
    except _TermsChanged:
        return None
    return found.items[-1].user_id if found.last_key else None


def _reassess(detail: AssignmentDetail, course: Course, user_id: str) -> None:
    for _ in range(_TRIES):
        try:
            _judge(detail, course, user_id)
        except _TermsChanged:
            raise
        except Conflict:  # a grade or another attempt came at the same moment
            continue
        return
    raise Conflict("Too much happens to this submission at once.", code="EDIT_CONFLICT")


def _judge(detail: AssignmentDetail, course: Course, user_id: str) -> None:
    assignment_id = detail.assignment.assignment_id
    mine: dict[str, Any] = {"assignment_id": assignment_id, "user_id": user_id}
    at: dict[str, Any] = {"course_id": course.course_id, "user_id": user_id}
    submission, found = batch_fetch([Submission.at(**mine), GradeSheet.at(**at)], consistent=True)
    if not isinstance(submission, Submission):
        return
    late, first_late = _days_late(detail, course, submission)
    standing, draft = _grades(submission)
    finals = _finals(detail, course, standing, draft)
    fresh = [each for each, final in finals if final != Decimal(each.final_points)]
    if (late, first_late) == (submission.days_late, submission.first_days_late) and not fresh:
        return
    if standing in fresh:
        fresh = [each for each, _ in finals]  # a draft is the latest record, and stays it
    unit = Unit().check(detail.assignment, detail.has_same_terms(), refuse=_TermsChanged("The terms changed."))
    unit.check(course, Course.time_zone == course.time_zone, refuse=_TermsChanged("The time zone changed."))
    sheet, state = found if isinstance(found, GradeSheet) else GradeSheet(**at), submission.state
    for record, final in finals:
        if record in fresh:
            anew = _anew(record, submission, final)
            grading.keep(unit, detail.assignment, submission, anew, sheet, standing=standing)
    moved = SubmissionReassessed(
        assignment_id=assignment_id, **at, days_late=first_late, earlier_days_late=submission.first_days_late
    )
    submission.state, submission.days_late, submission.first_days_late = state, late, first_late
    unit.replace(submission, *([moved] if moved.days_late != moved.earlier_days_late else [])).commit()


def _days_late(detail: AssignmentDetail, course: Course, submission: Submission) -> tuple[int, int]:
    """Return by how many days the latest attempt and the first one are late; 0 where nothing was handed in."""
    if not submission.attempts:
        return 0, 0
    due_at = detail.due_at(submission.user_id)
    first_at = submission.first_submitted_at or submission.submitted_at
    return (
        days_late(submission.submitted_at, due_at, course.time_zone),
        days_late(first_at, due_at, course.time_zone),
    )


def _grades(submission: Submission) -> tuple[GradeRecord | None, GradeRecord | None]:
    """Read the released grade that stands and the draft that came after it, where there are such."""
    mine = {"assignment_id": submission.assignment_id, "user_id": submission.user_id}
    numbers = [submission.grade_number, submission.grade_count or None]
    named = [GradeRecord.at(**mine, number=each) for each in dict.fromkeys(numbers) if each]
    found = [each for each in batch_fetch(named, consistent=True) if isinstance(each, GradeRecord)]
    standing = next((each for each in found if each.number == submission.grade_number), None)
    return standing, next((each for each in found if not each.is_released), None)


def _finals(
    detail: AssignmentDetail, course: Course, *records: GradeRecord | None
) -> list[tuple[GradeRecord, Decimal]]:
    """Return what is left of each grade by the due date of today."""
    given = [each for each in records if each]
    named = [
        SubmissionAttempt.at(assignment_id=each.assignment_id, user_id=each.user_id, number=each.attempt)
        for each in given
    ]
    finals = []
    for record, attempt in zip(given, batch_fetch(named, consistent=True), strict=True):
        due_at = detail.due_at(record.user_id)
        is_there = isinstance(attempt, SubmissionAttempt)
        late = days_late(attempt.submitted_at, due_at, course.time_zone) if is_there else 0  # type: ignore[union-attr]
        finals.append((record, part_of(Decimal(record.points), kept_percent(detail.assignment.late_policy, late))))
    return finals


def _anew(record: GradeRecord, submission: Submission, final: Decimal) -> GradeRecord:
    """Write a grade again with what is left of it now."""
    number = int(submission.grade_count) + 1
    return GradeRecord(
        assignment_id=record.assignment_id,
        user_id=record.user_id,
        number=number,
        order=int(submission.attempts) + number,
        final_points=str(final),
        cause="due_date",
        **{name: getattr(record, name) for name in _COPIED},
    )
