"""What students do: begin and hand in.

Each attempt is a record. Where a student stands is one item, the submission, whose version orders the records.
"""

from collections.abc import Sequence
from datetime import datetime

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.assignments import Assignment, Submission, SubmissionAttempt
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access

from functions.assignments.detail import AssignmentDetail, read_detail
from functions.assignments.lateness import days_late
from functions.assignments.schemas.submissions import Submit


def start(caller: Principal, assignment_id: str) -> tuple[AssignmentDetail, Submission]:
    """Begin an assignment; one that was begun stays as it is.

    Raises Forbidden for somebody who is not in the course.
    """
    detail = read_detail(assignment_id)
    _, submission, _ = _place(caller, detail)
    if submission.version == 0:
        submission.state, submission.started_at = "in_progress", clock.now()
        Unit().create(submission, refuse=_twice()).check(
            detail.assignment, Assignment.pk.exists(), refuse=_twice()
        ).commit()
    return detail, submission


def submit(caller: Principal, wanted: Submit) -> tuple[AssignmentDetail, Submission, SubmissionAttempt]:
    """Hand something in, as often as attempts are left.

    Raises RuleViolation (TOO_LATE, NO_ATTEMPTS_LEFT, NOTHING_TO_SUBMIT, TEXT_NOT_ACCEPTED, FILES_NOT_ACCEPTED,
    UPLOAD_NOT_READY) and Conflict EDIT_CONFLICT when a grade or another attempt of the same student comes at once.
    """
    detail = read_detail(wanted.assignment_id)
    course, submission, uploads = _place(caller, detail, wanted.files)
    is_first, now = not submission.version, clock.now()
    late = _lateness(detail, caller, now, course.time_zone)
    if submission.attempts >= detail.attempts_of(caller.user_id):
        raise rule_violation("NO_ATTEMPTS_LEFT", "You have handed this in as often as is allowed.")
    _check_kinds(detail, wanted)
    _check_files(caller, detail, uploads)
    submission.state, submission.submitted_at, submission.days_late = "submitted", now, late
    submission.started_at = submission.started_at or now
    if not submission.attempts:
        submission.first_submitted_at, submission.first_days_late = now, late
    submission.attempts = int(submission.attempts) + 1
    attempt = SubmissionAttempt(
        assignment_id=wanted.assignment_id,
        user_id=caller.user_id,
        number=submission.attempts,
        order=int(submission.attempts) + int(submission.grade_count),
        text=wanted.text,
        upload_ids=wanted.files,
        submitted_at=now,
        days_late=late,
    )
    submitted = AssignmentSubmitted(
        assignment_id=submission.assignment_id,
        course_id=submission.course_id,
        user_id=caller.user_id,
        attempt=attempt.number,
        days_late=late,
    )
    store = Unit().create if is_first else Unit().replace
    unit = store(submission, submitted, refuse=_twice())
    unit.create(attempt, refuse=_twice()).check(detail.assignment, detail.has_same_terms(), refuse=_twice())
    unit.check(course, Course.time_zone == course.time_zone, refuse=_twice()).commit()
    return detail, submission, attempt


def _place(
    caller: Principal, detail: AssignmentDetail, upload_ids: Sequence[str] = ()
) -> tuple[Course, Submission, list[Entity | None]]:
    """Read the course, where the caller stands and the files, in one request."""
    assignment = detail.assignment
    mine = Submission.at(assignment_id=assignment.assignment_id, user_id=caller.user_id)
    named = [
        Course.at(course_id=assignment.course_id),
        Enrolment.at(course_id=assignment.course_id, user_id=caller.user_id),
        mine,
    ]
    found, enrolment, submission, *uploads = batch_fetch(
        [*named, *(Upload.at(upload_id=each) for each in upload_ids)], consistent=True
    )
    course = course_access.visible(caller, found, enrolment)
    if not course_access.is_learning(enrolment):
        raise course_access.not_enrolled()
    if isinstance(submission, Submission):
        return course, submission, uploads
    fresh = Submission(
        assignment_id=assignment.assignment_id,
        user_id=caller.user_id,
        course_id=assignment.course_id,
        submission_id=ids.new_id(),
        state="not_started",
    )
    return course, fresh, uploads


def _twice() -> Conflict:
    return Conflict(
        "Something else happened to this submission at the same moment. Please look at it again.", code="EDIT_CONFLICT"
    )


def _lateness(detail: AssignmentDetail, caller: Principal, now: datetime, zone: str) -> int:
    days = days_late(now, detail.due_at(caller.user_id), zone)
    if days and detail.assignment.late_policy["kind"] == "refuse":
        raise rule_violation("TOO_LATE", "The due date has passed, and late work is not taken.")
    return days


def _check_kinds(detail: AssignmentDetail, wanted: Submit) -> None:
    if not wanted.text and not wanted.files:
        raise rule_violation("NOTHING_TO_SUBMIT", "Hand in a text or a file.")
    if wanted.text and not detail.assignment.accepts_text:
        raise rule_violation("TEXT_NOT_ACCEPTED", "This assignment takes files only.")
    if len(wanted.files) > detail.assignment.max_files:
        raise rule_violation(
            "FILES_NOT_ACCEPTED", f"This assignment takes {detail.assignment.max_files} files at most."
        )


def _check_files(caller: Principal, detail: AssignmentDetail, uploads: Sequence[Entity | None]) -> None:
    allowed = detail.assignment.file_types
    wrong = [
        Detail(f"uploadIds[{place}]", f"Your own file, processed, of a type among: {', '.join(allowed) or 'any'}.")
        for place, upload in enumerate(uploads)
        if not isinstance(upload, Upload)
        or upload.owner_id != caller.user_id
        or upload.state != "ready"
        or (allowed and upload.content_type not in allowed)
    ]
    if wrong:
        raise RuleViolation(
            "Some files can not be handed in.",
            details=[Detail("", "The files are named below.", "UPLOAD_NOT_READY"), *wrong],
        )
