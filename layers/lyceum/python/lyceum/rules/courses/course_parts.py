"""What a course consists of, and which share of it a student has completed."""

from typing import Any, Literal

from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import CourseOutline
from lyceum.model.courses.enrolments import Enrolment

PartKind = Literal["lessons", "assignments", "quizzes"]
KINDS: tuple[PartKind, ...] = ("lessons", "assignments", "quizzes")


@frozen
class Parts:
    """The ids of a course's parts by kind, and of those that completing it asks for."""

    by_kind: dict[PartKind, list[str]]
    required: frozenset[str]

    @classmethod
    def of(cls, outline: Entity | None, index: Entity | None) -> "Parts":
        """List a course's parts from its outline and the index of its assignments; what is missing has none."""
        lessons = list(outline.lesson_ids) if isinstance(outline, CourseOutline) else []
        quizzes = [quiz["quiz_id"] for quiz in outline.quizzes] if isinstance(outline, CourseOutline) else []
        rows: list[dict[str, Any]] = index.rows if isinstance(index, AssignmentIndex) else []
        optional = set(outline.optional_ids) if isinstance(outline, CourseOutline) else set()
        optional |= {row["assignment_id"] for row in rows if not row["is_required"]}
        assignments = [row["assignment_id"] for row in rows]
        return cls(
            {"lessons": lessons, "assignments": assignments, "quizzes": quizzes},
            frozenset({*lessons, *assignments, *quizzes} - optional),
        )


def completed_ids(enrolment: Enrolment) -> set[str]:
    """Return the ids of everything that a student ever completed in a course."""
    return {part for kind in KINDS for part in getattr(enrolment, kind) or ()}


def percent(parts: Parts, done: set[str]) -> int:
    """Return the share of required parts done, or of all when none is required, in whole percent rounded down."""
    asked = counted(parts)
    return 100 * len(asked & done) // len(asked) if asked else 0


def counted(parts: Parts) -> frozenset[str]:
    """Return the ids of what a course asks for: its required parts, or all of them when none is required."""
    return parts.required or frozenset(part for kind in KINDS for part in parts.by_kind[kind])
