"""Finds assignment data that contradicts itself, and repairs it: orphans, wrong rows and counters, missing reminders.

Each finding is repaired in a transaction of its own with its audit, on the condition that nothing changed meanwhile.
Counters follow from events within seconds, so an assignment that somebody wrote to in the last minutes is left alone.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Slice, Unit, batch_fetch, find_all
from lyceum.kit.table.retrying import is_conflict
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, GradeRecord, Submission
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course

from functions.assignments import course_index
from functions.assignments.authoring import due_day
from functions.assignments.detail import AssignmentDetail, read_detail
from functions.assignments.grades.grade_totals import share
from functions.assignments.schemas import FixAssignments, Repair, Repairs

SETTLES = timedelta(minutes=5)
"""After so long every event of a write has had its effect."""
_COURSES = 5
_LAST_TENTH = 9


def run(wanted: FixAssignments) -> Repairs:
    """Look through the assignments of a course, or of the next few courses, and repair what is found unless it is dry.

    Costs a few storage requests for each assignment, and one for each hundred submissions.
    """
    found = _courses(wanted)
    repairs = [repair for course_id in found.items for repair in _of_course(course_id, is_dry=wanted.dry_run)]
    return Repairs(
        dry_run=wanted.dry_run,
        courses=len(found.items),
        findings=repairs,
        next_course_id=found.items[-1] if found.last_key else None,
    )


def _courses(wanted: FixAssignments) -> Slice[str]:
    if wanted.course_id:
        return Slice([wanted.course_id], None)
    after = wanted.after_course_id
    everything = sorted(
        course.course_id
        for status in ("draft", "published")
        for course in find_all(Course, index="gsi2", status=status)
    )
    rest = [course_id for course_id in everything if after is None or course_id > after]
    return Slice(rest[:_COURSES], {"more": {}} if len(rest) > _COURSES else None)


def _of_course(course_id: str, *, is_dry: bool) -> Iterator[Repair]:
    index = AssignmentIndex.fetch(course_id=course_id, consistent=True)
    rows = index.rows if index else []
    for row in rows:
        assignment = Assignment.fetch(assignment_id=row["assignment_id"], consistent=True)
        if assignment is None:
            yield _repair(_lost(course_id, row), is_dry=is_dry)
            continue
        detail = read_detail(assignment.assignment_id)
        if _is_busy(detail):
            continue
        for finding in (_row(detail, row), _reminder(detail), _graded(detail), _statistics(detail)):
            if finding:
                yield _repair(finding, is_dry=is_dry)


Finding = tuple[Repair, Unit]


def _repair(finding: Finding, *, is_dry: bool) -> Repair:
    repair, unit = finding
    if is_dry:
        return repair
    unit.create(
        audit("assignment.fix", repair.assignment_id, before=repair.before, after={"kind": repair.kind, **repair.after})
    )
    try:
        unit.commit()
    except Exception as error:
        if not is_conflict(error):
            raise
        return repair
    return repair.model_copy(update={"is_repaired": True})


def _is_busy(detail: AssignmentDetail) -> bool:
    since = clock.now() - SETTLES
    items = [detail.assignment, detail.statistics, detail.extensions]
    return any(item is not None and item.updated_at is not None and item.updated_at > since for item in items)


def _lost(course_id: str, row: dict[str, Any]) -> Finding:
    """A row of the list whose assignment is gone: it is taken out."""
    index = AssignmentIndex.require(course_id=course_id, consistent=True)
    index.rows = [each for each in index.rows if each["assignment_id"] != row["assignment_id"]]
    repair = Repair(
        kind="orphaned_row", assignment_id=row["assignment_id"], course_id=course_id, before={"title": row["title"]}
    )
    return repair, Unit().replace(index)


def _row(detail: AssignmentDetail, row: dict[str, Any]) -> Finding | None:
    """A row that shows something else than the assignment says: it is written again."""
    has_extensions = bool(detail.extensions and detail.extensions.by_user)
    right = course_index.row(detail.assignment, has_extensions=has_extensions)
    differing = sorted(name for name in right if right[name] != row.get(name))
    if not differing:
        return None
    unit = Unit()
    course_index.enter(unit, detail.assignment, has_extensions=has_extensions)
    before = {name: row.get(name) for name in differing}
    return _found("wrong_row", detail, before, {name: right[name] for name in differing}), unit


def _reminder(detail: AssignmentDetail) -> Finding | None:
    """An assignment that is due later and waits for no reminder, or on the wrong day."""
    assignment = detail.assignment
    if assignment.due_at is None or assignment.due_at <= clock.now() + timedelta(hours=1):
        return None
    day = due_day(assignment.due_at)
    if assignment.reminder == "pending" and assignment.due_day == day and assignment.gsi1pk:
        return None
    before = {"reminder": assignment.reminder, "dueDay": assignment.due_day}
    assignment.reminder, assignment.due_day = "pending", day
    if assignment.due_at > clock.now() + timedelta(hours=24):
        assignment.reminded_hours = None
    unit = Unit().amend(
        assignment, "reminder", "due_day", "reminded_hours", when=Assignment.version == assignment.version
    )
    return _found("missing_reminder", detail, before, {"reminder": "pending", "dueDay": day}), unit


def _submissions(assignment_id: str) -> list[Submission]:
    return [each for each in find_all(Submission, assignment_id=assignment_id) if isinstance(each, Submission)]


def _graded(detail: AssignmentDetail) -> Finding | None:
    """The number of students with a grade, draft or released."""
    assignment = detail.assignment
    right = sum(each.grade_count > 0 for each in _submissions(assignment.assignment_id))
    if right == assignment.graded_count:
        return None
    unit = Unit().change(
        assignment, Assignment.graded_count.set(right), when=Assignment.version == int(assignment.version)
    )
    return _found("wrong_count", detail, {"graded": int(assignment.graded_count)}, {"graded": right}), unit


def _statistics(detail: AssignmentDetail) -> Finding | None:
    """The counters of how the assignment went, as they follow from what was handed in and graded."""
    assignment_id = detail.assignment.assignment_id
    right = _counted(detail.assignment)
    stored = detail.statistics
    before = {name: int(getattr(stored, name)) for name in right} if stored else {}
    if before == right:
        return None
    differing = [name for name in right if before.get(name) != right[name]]
    unit = Unit()
    if stored is None:
        unit.create(AssignmentStatistics(assignment_id=assignment_id, **right))
    else:
        changes = [getattr(AssignmentStatistics, name).set(right[name]) for name in differing]
        unit.change(stored, *changes, when=AssignmentStatistics.version == int(stored.version))
    told = {name: before[name] for name in differing if name in before}
    return _found("wrong_count", detail, told, {name: right[name] for name in differing}), unit


def _counted(assignment: Assignment) -> dict[str, Any]:
    counted = Counter(submitted=0, late=0, graded=0, percent_sum=0, **{f"tenths_{number}": 0 for number in range(10)})
    submissions = _submissions(assignment.assignment_id)
    graded = [each for each in submissions if each.grade_number is not None]
    names = [
        GradeRecord.at(assignment_id=assignment.assignment_id, user_id=each.user_id, number=int(each.grade_number))
        for each in graded
    ]
    for each in submissions:
        counted["submitted"] += each.attempts > 0
        counted["late"] += each.attempts > 0 and each.first_days_late > 0
    for record in batch_fetch(names) if names else []:
        if isinstance(record, GradeRecord):
            percent = share(Decimal(record.final_points), Decimal(assignment.points))
            counted["graded"] += 1
            counted["percent_sum"] += int(percent * 100)
            counted[f"tenths_{min(int(percent // 10), _LAST_TENTH)}"] += 1
    return dict(counted)


def _found(kind: Any, detail: AssignmentDetail, before: dict[str, Any], after: dict[str, Any]) -> Repair:
    return Repair(
        kind=kind,
        assignment_id=detail.assignment.assignment_id,
        course_id=detail.assignment.course_id,
        before=before,
        after=after,
    )
