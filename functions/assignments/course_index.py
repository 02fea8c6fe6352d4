"""A course's assignments as one list, in the order in which they are due."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.assignments import AssignmentDeleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.assignments import Assignment, AssignmentIndex
from lyceum.tasks.courses import RecountCourse

MOST = 200
_NEVER = "9999"


def row(assignment: Assignment, *, has_extensions: bool) -> dict[str, Any]:
    """Write what lists show of an assignment."""
    return {
        "assignment_id": assignment.assignment_id,
        "course_id": assignment.course_id,
        "lesson_id": assignment.lesson_id,
        "title": assignment.title,
        "points": assignment.points,
        "category": assignment.category,
        "due_at": clock.iso(assignment.due_at) if assignment.due_at else None,
        "is_required": assignment.is_required,
        "has_extensions": has_extensions,
    }


def enter(unit: Unit, assignment: Assignment, *, has_extensions: bool = False) -> None:
    """Enter an assignment in its course's list, or change it there, in the unit.

    Raises RuleViolation TOO_MANY_ASSIGNMENTS.
    """
    index = _read(assignment.course_id)
    others = [each for each in index.rows if each["assignment_id"] != assignment.assignment_id]
    before = next((each for each in index.rows if each["assignment_id"] == assignment.assignment_id), None)
    if len(others) >= MOST:
        raise rule_violation("TOO_MANY_ASSIGNMENTS", f"A course has {MOST} assignments at most.")
    rows = [*others, row(assignment, has_extensions=has_extensions)]
    index.rows = sorted(rows, key=lambda each: (each["due_at"] or _NEVER, each["assignment_id"]))
    is_asked_otherwise = before is not None and before["is_required"] != assignment.is_required
    _store(unit, index, *([RecountCourse(course_id=assignment.course_id)] if is_asked_otherwise else []))


def enter_new(unit: Unit, course_id: str, made: Sequence[Assignment]) -> None:
    """Enter assignments that have no date yet in their course's list, as many as fit."""
    index = _read(course_id)
    fresh = [row(each, has_extensions=False) for each in made][: max(0, MOST - len(index.rows))]
    index.rows = [*index.rows, *fresh]
    _store(unit, index)


def drop(unit: Unit, assignment: Assignment) -> None:
    """Take an assignment off its course's list, in the unit; what was graded stays on record until its course goes."""
    keeps_submissions = bool(assignment.graded_count)
    index = _read(assignment.course_id)
    index.rows = [each for each in index.rows if each["assignment_id"] != assignment.assignment_id]
    if keeps_submissions:
        index.removed_ids = [*index.removed_ids, assignment.assignment_id]
    deleted = AssignmentDeleted(
        assignment_id=assignment.assignment_id,
        course_id=assignment.course_id,
        keeps_submissions=keeps_submissions,
    )
    _store(unit, index, deleted, RecountCourse(course_id=assignment.course_id))


def _read(course_id: str) -> AssignmentIndex:
    return AssignmentIndex.fetch(course_id=course_id, consistent=True) or AssignmentIndex(course_id=course_id)


def _store(unit: Unit, index: AssignmentIndex, *messages: Message) -> None:
    changed = Conflict("The course's assignments were changed meanwhile.", code="EDIT_CONFLICT")
    if index.version:
        unit.replace(index, *messages, refuse=changed)
    else:
        unit.create(index, *messages, refuse=changed)
