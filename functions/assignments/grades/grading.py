"""Grading: every grade is a record that stays, with the rubric that it followed from.

Which one counts, and the student's grade sheet, change in the same transaction.
"""

from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentGraded
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, NotFound, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, GradeSheet, Rubric, RubricVersion, Submission
from lyceum.model.audit import AuditEvent, audit
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_audits

from functions.assignments.detail import AssignmentDetail, taught_detail
from functions.assignments.grades.grade_totals import part_of, share
from functions.assignments.grades.schemas import Grade
from functions.assignments.lateness import kept_percent

_TRIES = 4


def grade(caller: Principal, assignment_id: str, wanted: Grade) -> tuple[Submission, GradeRecord]:
    """Grade the latest attempt of a student, or one who handed nothing in; graders alone see a draft.

    Raises RuleViolation (BLIND_GRADING, TOO_MANY_POINTS, RUBRIC_INCOMPLETE), NotFound for somebody who never was in the
    course and Conflict NEW_ATTEMPT when another attempt than the graded one is the latest.
    """
    graded_attempt = wanted.attempt
    for _ in range(_TRIES):
        detail, course = taught_detail(caller, assignment_id)
        points = _points(detail, wanted)
        submission, sheet = _read(detail.assignment, _whose(detail, wanted))
        if detail.assignment.is_blind and wanted.user_id and submission.attempts:
            raise rule_violation("BLIND_GRADING", "Name the submission, not the student.")
        graded_attempt = int(submission.attempts) if graded_attempt is None else graded_attempt
        if graded_attempt != submission.attempts:
            raise Conflict("This is not the latest attempt.", code="NEW_ATTEMPT")
        record = _record(caller, detail, submission, points, wanted)
        unit = _as_read(Unit(), detail, submission, record)
        standing = _standing(submission)
        keep(unit, detail.assignment, submission, record, sheet, standing=standing)
        if standing and record.is_released:
            unit.create(_changed_grade(submission, standing, record))
        else:
            course_audits.note(unit, caller.user_id, course, "grade.give", submission.user_id, after=_told(record))
        _put(unit, submission)
        try:
            unit.commit()
        except Conflict as conflict:
            if conflict.code != "EDIT_CONFLICT":
                raise
            continue
        return submission, record
    raise Conflict("Too much happens to this submission at once. Please try again.", code="EDIT_CONFLICT")


def _whose(detail: AssignmentDetail, wanted: Grade) -> str:
    if wanted.user_id is not None:
        return wanted.user_id
    found = find(Submission, index="gsi2", submission_id=wanted.submission_id, limit=1).items
    if not found or found[0].assignment_id != detail.assignment.assignment_id:
        raise NotFound("There is no such submission.")
    return str(found[0].user_id)


def _points(detail: AssignmentDetail, wanted: Grade) -> Decimal:
    highest = Decimal(detail.assignment.points)
    if wanted.points is not None:
        if wanted.points > highest:
            raise rule_violation("TOO_MANY_POINTS", f"There are {highest} points at most.")
        return wanted.points
    criteria: list[dict[str, Any]] = detail.rubric.criteria if detail.rubric else []
    levels = {(each["id"], level["id"]): Decimal(level["points"]) for each in criteria for level in each["levels"]}
    chosen = [(each.criterion_id, each.level_id) for each in wanted.criteria]
    missing = sorted(
        {each["id"] for each in criteria} - {criterion for criterion, level in chosen if (criterion, level) in levels}
    )
    if missing or len(chosen) != len(criteria):
        details = [
            Detail("", "Choose one level for each criterion of the rubric.", "RUBRIC_INCOMPLETE"),
            *(Detail(each, "is missing") for each in missing),
        ]
        raise RuleViolation("The rubric is not filled in.", details=details)
    return sum((levels[each] for each in chosen), Decimal(0))


def _read(assignment: Assignment, user_id: str) -> tuple[Submission, GradeSheet]:
    at: dict[str, Any] = {"course_id": assignment.course_id, "user_id": user_id}
    mine = Submission.at(assignment_id=assignment.assignment_id, user_id=user_id)
    submission, sheet, enrolment = batch_fetch([mine, GradeSheet.at(**at), Enrolment.at(**at)], consistent=True)
    if not isinstance(submission, Submission):
        if not isinstance(enrolment, Enrolment):
            raise NotFound("There is no such student in this course.")
        submission = Submission(
            assignment_id=assignment.assignment_id, submission_id=ids.new_id(), state="not_started", **at
        )
    return submission, sheet if isinstance(sheet, GradeSheet) else GradeSheet(**at)


def _standing(submission: Submission) -> GradeRecord | None:
    """Read the released grade that stands (1 request where there is one)."""
    if submission.grade_number is None:
        return None
    return GradeRecord.fetch(
        assignment_id=submission.assignment_id, user_id=submission.user_id, number=submission.grade_number
    )


def _changed_grade(submission: Submission, standing: GradeRecord, record: GradeRecord) -> AuditEvent:
    before = {"points": standing.final_points, "number": int(standing.number)}
    return audit("grade.change", submission.user_id, before=before, after=_told(record))


def _told(record: GradeRecord) -> dict[str, Any]:
    return {"points": record.final_points, "number": int(record.number), "assignment": record.assignment_id}


def _record(
    caller: Principal, detail: AssignmentDetail, submission: Submission, points: Decimal, wanted: Grade
) -> GradeRecord:
    kept = kept_percent(detail.assignment.late_policy, int(submission.days_late))
    number = int(submission.grade_count) + 1
    return GradeRecord(
        assignment_id=submission.assignment_id,
        user_id=submission.user_id,
        number=number,
        order=int(submission.attempts) + number,
        attempt=int(submission.attempts),
        grader_id=caller.user_id,
        points=str(points),
        final_points=str(part_of(points, kept)),
        criteria=[each.model_dump() for each in wanted.criteria],
        rubric_version=detail.rubric.version if wanted.criteria and detail.rubric else None,
        feedback=wanted.feedback,
        private_note=wanted.private_note,
        is_released=wanted.release,
    )


def _as_read(unit: Unit, detail: AssignmentDetail, submission: Submission, record: GradeRecord) -> Unit:
    """Demand that assignment and rubric are as they were read, and keep the rubric with what it gives.

    A student's first grade is counted, so that an assignment is not taken away under it.
    """
    assignment = detail.assignment
    if submission.grade_count:
        unit.check(assignment, detail.has_same_terms(), refuse=_changed())
    else:
        unit.change(assignment, Assignment.graded_count.add(1), when=detail.has_same_terms(), refuse=_changed())
    if detail.rubric is not None and record.rubric_version is not None:
        unit.check(detail.rubric, Rubric.version == record.rubric_version, refuse=_changed())
        version = RubricVersion(
            assignment_id=assignment.assignment_id, number=record.rubric_version, criteria=detail.rubric.criteria
        )
        unit.put(version)
    return unit


def _changed() -> Conflict:
    return Conflict("The submission was changed meanwhile.", code="EDIT_CONFLICT")


def keep(
    unit: Unit,
    assignment: Assignment,
    submission: Submission,
    record: GradeRecord,
    sheet: GradeSheet,
    *,
    standing: GradeRecord | None,
) -> None:
    """Store the record and, when it is released, let it count; it is told unless it says what stood already.

    The submission is changed, and left to the caller to store.
    """
    submission.grade_count = record.number
    if not record.is_released:
        unit.create(record, refuse=_changed())
        return
    earlier = sheet.entries.get(assignment.assignment_id)
    submission.state, submission.grade_number, submission.points = "graded", record.number, record.final_points
    entry = {
        "kind": "assignment",
        "title": assignment.title,
        "category": assignment.category,
        "at": clock.iso(clock.now()),
    }
    sheet.entries = {
        **sheet.entries,
        assignment.assignment_id: entry | {"points": record.final_points, "max_points": assignment.points},
    }
    graded = AssignmentGraded(
        assignment_id=assignment.assignment_id,
        course_id=assignment.course_id,
        user_id=submission.user_id,
        title=assignment.title,
        attempt=record.attempt,
        points=Decimal(record.final_points),
        max_points=Decimal(assignment.points),
        percent=share(Decimal(record.final_points), Decimal(assignment.points)),
        earlier_percent=share(Decimal(earlier["points"]), Decimal(earlier["max_points"])) if earlier else None,
    )
    unit.create(record, *([] if standing and _says_the_same(standing, record) else [graded]), refuse=_changed())
    _put(unit, sheet)


def _put(unit: Unit, item: Submission | GradeSheet) -> None:
    if item.version:
        unit.replace(item, refuse=_changed())
    else:
        unit.create(item, refuse=_changed())


def _says_the_same(standing: GradeRecord, record: GradeRecord) -> bool:
    """Say whether a student sees nothing new in a grade."""
    return Decimal(standing.final_points) == Decimal(record.final_points) and all(
        getattr(standing, name) == getattr(record, name) for name in ("attempt", "criteria", "feedback")
    )
