"""Grading. Every grade is a record that stays; which one stands, and the student's sheet, change in the same transaction."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lyceum.events.assignments import AssignmentGraded
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Detail, NotFound, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.assignments import Assignment, GradeRecord, GradeSheet, Submission

from functions.assignments import detail as desks
from functions.assignments.grades.grade_totals import _WHOLE, share
from functions.assignments.lateness import kept_percent
from functions.assignments.schemas import Grade

_TRIES = 4
_CENT = Decimal("0.01")


def grade(caller: Principal, assignment_id: str, wanted: Grade) -> tuple[Submission, GradeRecord]:
    """Grade the latest attempt of a student; a draft is seen by graders only until it is released.

    Raises RuleViolation (BLIND_GRADING, TOO_MANY_POINTS, RUBRIC_INCOMPLETE), NotFound where nothing was handed in and
    Conflict NEW_ATTEMPT when another attempt than the graded one is the latest.
    """
    desk = desks.taught(caller, assignment_id)
    points = _points(desk, wanted)
    user_id = _whose(desk, wanted)
    graded_attempt = wanted.attempt
    for _ in range(_TRIES):
        work, sheet = _read(desk.assignment, user_id)
        graded_attempt = graded_attempt or int(work.attempts)
        if graded_attempt != work.attempts:
            raise Conflict("This is not the latest attempt.", code="NEW_ATTEMPT")
        record = _record(caller, desk.assignment, work, points, wanted)
        unit = _count(Unit(), desk.assignment, work)
        _stand(unit, desk.assignment, work, record, sheet)
        try:
            unit.commit()
        except Conflict as conflict:
            if conflict.code != "EDIT_CONFLICT":
                raise
            continue
        return work, record
    raise Conflict("Too much happens to this submission at once. Please try again.", code="EDIT_CONFLICT")


def _whose(desk: desks.AssignmentDetail, wanted: Grade) -> str:
    if wanted.user_id is not None:
        if desk.assignment.is_blind:
            raise rule_violation("BLIND_GRADING", "Name the submission, not the student.")
        return wanted.user_id
    found = find(Submission, index="gsi2", submission_id=wanted.submission_id, limit=1).items
    if not found or found[0].assignment_id != desk.assignment.assignment_id:
        raise NotFound("There is no such submission.")
    return str(found[0].user_id)


def _points(desk: desks.AssignmentDetail, wanted: Grade) -> Decimal:
    highest = Decimal(desk.assignment.points)
    if wanted.points is not None:
        if wanted.points > highest:
            raise rule_violation("TOO_MANY_POINTS", f"There are {highest} points at most.")
        return wanted.points
    criteria: list[dict[str, Any]] = desk.rubric.criteria if desk.rubric else []
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
    at = {"course_id": assignment.course_id, "user_id": user_id}
    named = [Submission.at(assignment_id=assignment.assignment_id, user_id=user_id), GradeSheet.at(**at)]
    work, sheet = batch_fetch(named, consistent=True)
    if not isinstance(work, Submission) or not work.attempts:
        raise NotFound("Nothing was handed in.")
    return work, sheet if isinstance(sheet, GradeSheet) else GradeSheet(course_id=assignment.course_id, user_id=user_id)


def _record(caller: Principal, assignment: Assignment, work: Submission, points: Decimal, wanted: Grade) -> GradeRecord:
    kept = kept_percent(assignment.late_policy, int(work.days_late))
    number = int(work.grade_count) + 1
    return GradeRecord(
        assignment_id=work.assignment_id,
        user_id=work.user_id,
        number=number,
        order=int(work.attempts) + number,
        attempt=int(work.attempts),
        grader_id=caller.user_id,
        points=str(points),
        final_points=str((points * kept / _WHOLE).quantize(_CENT, ROUND_HALF_UP)),
        criteria=[each.model_dump() for each in wanted.criteria],
        feedback=wanted.feedback,
        private_note=wanted.private_note,
        is_released=wanted.release,
    )


def _count(unit: Unit, assignment: Assignment, work: Submission) -> Unit:
    """Count a student's first grade, so that an assignment is not taken away under it."""
    gone = NotFound("There is no such assignment.")
    if work.grade_count:
        return unit.check(assignment, Assignment.pk.exists(), refuse=gone)
    return unit.change(assignment, Assignment.graded_count.add(1), refuse=gone)


def _stand(unit: Unit, assignment: Assignment, work: Submission, record: GradeRecord, sheet: GradeSheet) -> None:
    """Store the record and, when it is released, let it stand."""
    changed = Conflict("The submission was changed meanwhile.", code="EDIT_CONFLICT")
    work.grade_count = record.number
    if not record.is_released:
        unit.replace(work, refuse=changed).create(record, refuse=changed)
        return
    earlier = sheet.cells.get(assignment.assignment_id)
    work.state, work.grade_number, work.points = "graded", record.number, record.final_points
    cell = {
        "kind": "assignment",
        "title": assignment.title,
        "category": assignment.category,
        "at": clock.iso(clock.now()),
    }
    sheet.cells = {
        **sheet.cells,
        assignment.assignment_id: cell | {"points": record.final_points, "max_points": assignment.points},
    }
    told = AssignmentGraded(
        assignment_id=assignment.assignment_id,
        course_id=assignment.course_id,
        user_id=work.user_id,
        title=assignment.title,
        points=Decimal(record.final_points),
        max_points=Decimal(assignment.points),
        percent=share(Decimal(record.final_points), Decimal(assignment.points)),
        earlier_percent=share(Decimal(earlier["points"]), Decimal(earlier["max_points"])) if earlier else None,
    )
    unit.replace(work, refuse=changed).create(record, told, refuse=changed)
    if sheet.version:
        unit.replace(sheet, refuse=changed)
    else:
        unit.create(sheet, refuse=changed)
