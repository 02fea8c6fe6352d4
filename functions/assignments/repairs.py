"""Finds assignment data that contradicts itself, and repairs it: orphans, wrong rows and counters, missing reminders.

Each finding is repaired in a transaction of its own with its audit, on the condition that nothing changed meanwhile.
Statistics follow from events within seconds, so those that somebody caused in the last minutes are told and left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentDeleted
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Entity, Slice, Unit, batch_fetch, find_all
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.table.retrying import is_conflict
from lyceum.model.assignments import (
    Assignment,
    AssignmentIndex,
    AssignmentStatistics,
    Extensions,
    GradeRecord,
    Submission,
)
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course

from functions.assignments import course_index
from functions.assignments.authoring import due_day, remind_next
from functions.assignments.detail import AssignmentDetail, read_detail
from functions.assignments.grades.grade_totals import share
from functions.assignments.schemas.repairs import FixAssignments, Repair, Repairs

SETTLES = timedelta(minutes=5)
"""After so long every event of a write has had its effect."""
LOOKS_AHEAD = timedelta(days=30)
"""How far an assignment that no list shows may be due, and is found all the same by the reminder that it waits for."""
_SOON = timedelta(hours=1)
"""Before a date the last reminder was sent."""
_COURSES = 5
_LAST_TENTH = 9


def run(wanted: FixAssignments) -> Repairs:
    """Look through the assignments of a course, or of the next few courses, and repair what is found unless it is dry.

    Costs a few storage requests for each assignment, one for each hundred submissions, and one for each day ahead.
    """
    found = _courses(wanted)
    repairs = [repair for course_id in found.items for repair in _of_course(course_id, is_dry=wanted.dry_run)]
    if wanted.after_course_id is None:
        repairs += [_repair(lost, is_dry=wanted.dry_run) for lost in _lost_assignments(wanted.course_id)]
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
        if Assignment.fetch(assignment_id=row["assignment_id"], consistent=True) is None:
            yield _repair(_lost(course_id, row), is_dry=is_dry)
            continue
        yield from _of_assignment(row, is_dry=is_dry)


def _of_assignment(row: dict[str, Any], *, is_dry: bool) -> Iterator[Repair]:
    detail, submissions = read_detail(row["assignment_id"]), _submissions(row["assignment_id"])
    looks: tuple[Callable[[AssignmentDetail], Finding | None], ...] = (
        lambda now: _row(now, row),
        _reminder,
        _later_reminder,
        lambda now: _graded(now, submissions),
        lambda now: _statistics(now, submissions),
    )
    for look in looks:
        finding = look(detail)
        if finding:
            repair = _repair(finding, is_dry=is_dry)
            yield repair
            detail = read_detail(row["assignment_id"]) if repair.is_repaired else detail


Finding = tuple[Repair, Unit]


def _repair(finding: Finding, *, is_dry: bool) -> Repair:
    repair, unit = finding
    if is_dry or repair.is_settling:
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


def _is_settling(items: Iterable[Entity | None]) -> bool:
    since = clock.now() - SETTLES
    return any(item is not None and item.updated_at is not None and item.updated_at > since for item in items)


def _lost_assignments(course_id: str | None) -> Iterator[Finding]:
    """Find assignments that wait for a reminder and stand in no list, or whose course is gone."""
    waiting: dict[str, list[Assignment]] = defaultdict(list)
    for day in range(LOOKS_AHEAD.days):
        for each in find_all(Assignment, index="gsi1", due_day=due_day(clock.now() + timedelta(days=day))):
            if course_id in {None, each.course_id}:
                waiting[each.course_id].append(each)
    for name, assignments in waiting.items():
        index, course = fetch_many(AssignmentIndex.at(course_id=name), Course.at(course_id=name), consistent=True)
        is_gone = course is None or course.status == "deleted"
        listed = set() if index is None or is_gone else {row["assignment_id"] for row in index.rows}
        yield from (_unlisted(each, is_gone=is_gone) for each in assignments if each.assignment_id not in listed)


def _unlisted(assignment: Assignment, *, is_gone: bool) -> Finding:
    """An assignment without its course is taken away; one that its course's list lacks is entered there again."""
    repair = Repair(
        kind="orphaned_assignment" if is_gone else "missing_row",
        assignment_id=assignment.assignment_id,
        course_id=assignment.course_id,
        before={"title": assignment.title} if is_gone else {},
        after={} if is_gone else {"title": assignment.title},
        is_settling=_is_settling([assignment]),
    )
    unit = Unit()
    if is_gone:
        deleted = AssignmentDeleted(
            assignment_id=assignment.assignment_id, course_id=assignment.course_id, keeps_submissions=False
        )
        send(unit.remove(assignment, when=Assignment.version == assignment.version), deleted)
    else:
        extensions = Extensions.fetch(assignment_id=assignment.assignment_id, consistent=True)
        course_index.enter(unit, assignment, has_extensions=bool(extensions and extensions.by_user))
    return repair, unit


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
    if assignment.due_at is None or assignment.due_at <= clock.now() + _SOON:
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


def _later_reminder(detail: AssignmentDetail) -> Finding | None:
    """Extensions that wait for no reminder, or for another date than the next of those that they name."""
    extensions, now = detail.extensions, clock.now()
    if extensions is None:
        return None
    dates = [each for each in detail.due_dates() if each != detail.assignment.due_at and each > now + _SOON]
    waits = extensions.reminder == "pending" and extensions.due_at is not None and bool(extensions.gsi1pk)
    if not dates or (waits and (extensions.due_at <= now + _SOON or extensions.due_at == dates[0])):
        return None
    before = {"reminder": extensions.reminder, "dueDay": extensions.due_day}
    version, extensions.reminder = extensions.version, None
    remind_next(extensions, dates)
    names = ("reminder", "due_at", "due_day", "later_dates", "reminded_hours")
    unit = Unit().amend(extensions, *names, when=Extensions.version == version)
    return _found("missing_reminder", detail, before, {"reminder": "pending", "dueDay": extensions.due_day}), unit


def _submissions(assignment_id: str) -> list[Submission]:
    found = find_all(Submission, assignment_id=assignment_id, consistent=True)
    return [each for each in found if isinstance(each, Submission)]


def _graded(detail: AssignmentDetail, submissions: list[Submission]) -> Finding | None:
    """The number of students with a grade, draft or released."""
    assignment = detail.assignment
    right = sum(each.grade_count > 0 for each in submissions)
    if right == assignment.graded_count:
        return None
    unit = Unit().change(
        assignment, Assignment.graded_count.set(right), when=Assignment.version == int(assignment.version)
    )
    return _found("wrong_count", detail, {"graded": int(assignment.graded_count)}, {"graded": right}), unit


def _statistics(detail: AssignmentDetail, submissions: list[Submission]) -> Finding | None:
    """The counters of how the assignment went, as they follow from what was handed in and graded."""
    assignment_id = detail.assignment.assignment_id
    right = _counted(detail.assignment, submissions)
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
    repair = _found("wrong_count", detail, told, {name: right[name] for name in differing})
    repair.is_settling = _is_settling([detail.assignment, detail.extensions, stored, *submissions])
    return repair, unit


def _counted(assignment: Assignment, submissions: list[Submission]) -> dict[str, Any]:
    counted = Counter(submitted=0, late=0, graded=0, percent_sum=0, **{f"tenths_{number}": 0 for number in range(10)})
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
