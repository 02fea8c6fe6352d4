"""Audit of what others than its teachers do to a course and its parts."""

from typing import Any

from lyceum.kit.table import Unit
from lyceum.model.courses.course import Course
from lyceum.rules import audits
from lyceum.rules.courses.course_access import teachers_of


def note(unit: Unit, actor_id: str, course: Course, action: str, subject_id: str, **values: Any) -> None:
    """Add the audit of an act to its unit, unless the actor teaches the course; `values` as of `audits.note`."""
    owner_id = actor_id if actor_id in teachers_of(course) else None
    audits.note(unit, actor_id, owner_id, action, subject_id, **values)
