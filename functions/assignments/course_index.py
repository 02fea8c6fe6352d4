"""A course's assignments as one list, in the order in which they are due."""

from typing import Any

from lyceum.events.assignments import AssignmentDeleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.table import Unit
from lyceum.model.assignments import Assignment, AssignmentIndex

MOST = 200
_NEVER = "9999"


def row(assignment: Assignment) -> dict[str, Any]:
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
    }


def enter(unit: Unit, assignment: Assignment) -> None:
    """Enter an assignment in its course's list, or change it there, in the unit.

    Raises RuleViolation TOO_MANY_ASSIGNMENTS.
    """
    index = _read(assignment.course_id)
    others = [each for each in index.rows if each["assignment_id"] != assignment.assignment_id]
    if len(others) >= MOST:
        raise rule_violation("TOO_MANY_ASSIGNMENTS", f"A course has {MOST} assignments at most.")
    index.rows = sorted([*others, row(assignment)], key=lambda each: (each["due_at"] or _NEVER, each["assignment_id"]))
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
    _store(unit, index, deleted)


def _read(course_id: str) -> AssignmentIndex:
    return AssignmentIndex.fetch(course_id=course_id, consistent=True) or AssignmentIndex(course_id=course_id)


def _store(unit: Unit, index: AssignmentIndex, *events: AssignmentDeleted) -> None:
    changed = Conflict("The course's assignments were changed meanwhile.", code="EDIT_CONFLICT")
    if index.version:
        unit.replace(index, *events, refuse=changed)
    else:
        unit.create(index, *events, refuse=changed)
