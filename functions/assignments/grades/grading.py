"""Grading: every grade is a record that stays.

Which one counts, and the student's grade sheet, change in the same transaction.
"""

from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentGraded
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Detail, NotFound, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, GradeSheet, Submission

from functions.assignments.detail import AssignmentDetail, taught_detail
from functions.assignments.grades.grade_totals import part_of, share
from functions.assignments.grades.schemas import Grade
from functions.assignments.lateness import kept_percent

_TRIES = 4


def grade(caller: Principal, assignment_id: str, wanted: Grade) -> tuple[Submission, GradeRecord]:
    """Grade the latest attempt of a student; a draft is seen by graders only until it is released.

    Raises RuleViolation (BLIND_GRADING, TOO_MANY_POINTS, RUBRIC_INCOMPLETE), NotFound where nothing was handed in and
    Conflict NEW_ATTEMPT when another attempt than the graded one is the latest.
    """
    detail = taught_detail(caller, assignment_id)
    points = _points(detail, wanted)
    user_id = _whose(detail, wanted)
    graded_attempt = wanted.attempt
    for _ in range(_TRIES):
        submission, sheet = _read(detail.assignment, user_id)
        graded_attempt = graded_attempt or int(submission.attempts)
        if graded_attempt != submission.attempts:
            raise Conflict("This is not the latest attempt.", code="NEW_ATTEMPT")
        record = _record(caller, detail.assignment, submission, points, wanted)
        unit = _count(Unit(), detail.assignment, submission)
        _store(unit, detail.assignment, submission, record, sheet)
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
        if detail.assignment.is_blind:
            raise rule_violation("BLIND_GRADING", "Name the submission, not the student.")
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
            Detail("RUBRIC_INCOMPLETE", "Choose one level for each criterion of the rubric."),
            *(Detail(each, "is missing") for each in missing),
        ]
        raise RuleViolation("The rubric is not filled in.", details=details)
    return sum((levels[each] for each in chosen), Decimal(0))


def _read(assignment: Assignment, user_id: str) -> tuple[Submission, GradeSheet]:
    at: dict[str, Any] = {"course_id": assignment.course_id, "user_id": user_id}
    named = [Submission.at(assignment_id=assignment.assignment_id, user_id=user_id), GradeSheet.at(**at)]
    submission, sheet = batch_fetch(named, consistent=True)
    if not isinstance(submission, Submission) or not submission.attempts:
        raise NotFound("Nothing was handed in.")
    return submission, sheet if isinstance(sheet, GradeSheet) else GradeSheet(**at)


def _record(
    caller: Principal, assignment: Assignment, submission: Submission, points: Decimal, wanted: Grade
) -> GradeRecord:
    kept = kept_percent(assignment.late_policy, int(submission.days_late))
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
        feedback=wanted.feedback,
        private_note=wanted.private_note,
        is_released=wanted.release,
    )


def _count(unit: Unit, assignment: Assignment, submission: Submission) -> Unit:
    """Count a student's first grade, so that an assignment is not taken away under it."""
    gone = NotFound("There is no such assignment.")
    if submission.grade_count:
        return unit.check(assignment, Assignment.pk.exists(), refuse=gone)
    return unit.change(assignment, Assignment.graded_count.add(1), refuse=gone)


def _store(unit: Unit, assignment: Assignment, submission: Submission, record: GradeRecord, sheet: GradeSheet) -> None:
    """Store the record and, when it is released, let it count."""
    changed = Conflict("The submission was changed meanwhile.", code="EDIT_CONFLICT")
    submission.grade_count = record.number
    if not record.is_released:
        unit.replace(submission, refuse=changed).create(record, refuse=changed)
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
        points=Decimal(record.final_points),
        max_points=Decimal(assignment.points),
        percent=share(Decimal(record.final_points), Decimal(assignment.points)),
        earlier_percent=share(Decimal(earlier["points"]), Decimal(earlier["max_points"])) if earlier else None,
    )
    unit.replace(submission, refuse=changed).create(record, graded, refuse=changed)
    if sheet.version:
        unit.replace(sheet, refuse=changed)
    else:
        unit.create(sheet, refuse=changed)
