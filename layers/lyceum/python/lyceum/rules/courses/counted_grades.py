"""Which grades count: those of what a course asks for now."""

from typing import Any

from lyceum.kit.table import Entity
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import CourseOutline


def counted(entries: dict[str, Any], index: Entity | None, outline: Entity | None) -> dict[str, Any]:
    """Return the grades of what the course asks for now, under its titles and categories of now.

    Assignments, quizzes and lessons with packages that were taken away are left out.
    """
    rows = index.rows if isinstance(index, AssignmentIndex) else []
    quizzes = outline.quizzes if isinstance(outline, CourseOutline) else []
    there = {row["assignment_id"]: {name: row[name] for name in ("title", "category") if name in row} for row in rows}
    there |= {quiz["quiz_id"]: {"title": quiz["title"]} for quiz in quizzes}
    there |= {lesson_id: {} for lesson_id in (outline.lesson_ids if isinstance(outline, CourseOutline) else ())}
    return {name: {**entry, **there[name]} for name, entry in entries.items() if name in there}
