"""Assignments, submissions and grades as callers see them."""

from decimal import Decimal
from typing import Any

from lyceum.kit.table import Entity
from lyceum.model.assignments import (
    Assignment,
    AssignmentStatistics,
    GradeRecord,
    RubricVersion,
    Submission,
    SubmissionAttempt,
)
from lyceum.model.users.account import User

from functions.assignments.detail import AssignmentDetail
from functions.assignments.schemas.assignments import AssignmentView, ExtensionView, Statistics
from functions.assignments.schemas.rubrics import Criterion
from functions.assignments.schemas.submissions import (
    AttemptView,
    DraftView,
    GradeView,
    OwnSubmission,
    StudentName,
    SubmissionRow,
)

_APART = {
    "instructions",
    "rubric",
    "own",
    "extensions",
    "statistics",
    "submissions",
    "course_title",
    "lesson_title",
}
_TENTHS = [f"tenths_{number}" for number in range(10)]


def assignment(detail: AssignmentDetail, **parts: Any) -> AssignmentView:
    """Show an assignment with its text and rubric, and what else belongs to the caller's view."""
    plain = {name: getattr(detail.assignment, name) for name in AssignmentView.model_fields if name not in _APART}
    criteria = [Criterion.model_validate(each) for each in detail.rubric.criteria] if detail.rubric else None
    text = detail.text.instructions if detail.text else None
    return AssignmentView(**plain, instructions=text, rubric=criteria, **parts)


def taught(detail: AssignmentDetail, submissions: list[SubmissionRow] | None = None) -> AssignmentView:
    """Show an assignment to its instructor: with extensions and statistics."""
    by_user = detail.extensions.by_user if detail.extensions else {}
    extensions = [
        ExtensionView.model_validate({"user_id": user_id, **each}) for user_id, each in sorted(by_user.items())
    ]
    return assignment(detail, extensions=extensions, statistics=statistics(detail.statistics), submissions=submissions)


def statistics(counted: AssignmentStatistics | None) -> Statistics:
    """Show how an assignment went; zeros before anything happened."""
    found = counted or AssignmentStatistics()
    graded = int(found.graded)
    mean = (Decimal(int(found.percent_sum)) / 100 / graded).quantize(Decimal("0.01")) if graded else None
    tenths = [int(getattr(found, name)) for name in _TENTHS]
    return Statistics(submitted=found.submitted, late=found.late, graded=graded, mean_percent=mean, tenths=tenths)


def attempt(found: Entity | None, submission: Submission) -> AttemptView | None:
    """Show what was handed in last, as late as it is by the due date of today."""
    if not isinstance(found, SubmissionAttempt):
        return None
    return AttemptView.model_validate(found).model_copy(update={"days_late": int(submission.days_late)})


def own_submission(
    detail: AssignmentDetail,
    user_id: str,
    submission: Submission | None,
    latest: Entity | None = None,
    record: Entity | None = None,
    rubric: RubricVersion | None = None,
) -> OwnSubmission:
    """Show a student where they stand."""
    allowed = detail.attempts_of(user_id)
    if submission is None:
        return OwnSubmission(state="not_started", attempts=0, attempts_left=allowed, due_at=detail.due_at(user_id))
    return OwnSubmission(
        submission_id=submission.submission_id,
        state=submission.state,
        attempts=submission.attempts,
        attempts_left=max(0, allowed - int(submission.attempts)),
        due_at=detail.due_at(user_id),
        started_at=submission.started_at,
        submitted_at=submission.submitted_at,
        days_late=submission.days_late,
        latest=attempt(latest, submission),
        grade=grade(record, rubric),
    )


def grade(record: Entity | None, rubric: RubricVersion | None = None) -> GradeView | None:
    """Show a released grade as its student sees it, with the rubric that gave it."""
    if not isinstance(record, GradeRecord) or not record.is_released:
        return None
    criteria = [Criterion.model_validate(each) for each in rubric.criteria] if rubric else None
    return GradeView.model_validate(_fields(record) | {"rubric": criteria})


def draft(record: Entity | None) -> DraftView | None:
    """Show a grade, released or not, as graders see it."""
    return given(record) if isinstance(record, GradeRecord) else None


def given(record: GradeRecord) -> DraftView:
    """Show a grade to whoever gave it."""
    return DraftView.model_validate(_fields(record))


def _fields(record: GradeRecord) -> dict[str, Any]:
    return {**record.attribute_values, "graded_at": record.created_at}


def submission_row(
    found: Assignment, submission: Submission, latest: Entity | None, record: Entity | None, user: Entity | None
) -> SubmissionRow:
    """Show a submission to its grader, nameless where grading is blind and no grade is released."""
    is_named = not found.is_blind or submission.grade_number is not None
    return SubmissionRow(
        submission_id=submission.submission_id,
        state=submission.state,
        attempts=submission.attempts,
        started_at=submission.started_at,
        submitted_at=submission.submitted_at,
        days_late=submission.days_late,
        student=student(user, submission.user_id) if is_named else None,
        latest=attempt(latest, submission),
        grade=draft(record),
    )


def student(user: Entity | None, user_id: str) -> StudentName:
    """Show whose something is; an account that is gone has no name."""
    if isinstance(user, User) and user.status != "deleted":
        return StudentName.model_validate(user)
    return StudentName(user_id=user_id, first_name="", last_name="")
