"""Assignments of a course that was made from another: under new ids, without dates, extensions and hand-ins."""

from typing import Any

from lyceum.events.assignments import AssignmentCreated
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, AssignmentText, Rubric
from lyceum.model.courses.course import Course
from lyceum.rules.courses.course_copies import copy_id
from lyceum.tasks.assignments import CopyAssignments

from functions.assignments import course_index

_COPIED = (
    "title",
    "points",
    "category",
    "late_policy",
    "max_attempts",
    "accepts_text",
    "file_types",
    "max_files",
    "is_required",
    "is_blind",
)
_PAGE = 15


def copy_page(task: CopyAssignments, unit: Unit) -> int | None:
    """Copy a page of assignments with their texts and rubrics; returns how many are done, None when all are."""
    found, source = batch_fetch(
        [Course.at(course_id=task.course_id), AssignmentIndex.at(course_id=task.source_id)], consistent=True
    )
    if not isinstance(found, Course) or found.status == "deleted":
        return None
    rows: list[dict[str, Any]] = source.rows if isinstance(source, AssignmentIndex) else []
    names = sorted(str(row["assignment_id"]) for row in rows)  # by age: dates, which order the rows, may change
    done = int(task.after or 0)
    page = names[done : done + _PAGE]
    kinds = (Assignment, AssignmentText, Rubric)
    read = batch_fetch([kind.at(assignment_id=each) for each in page for kind in kinds], consistent=True)
    made = []
    for assignment, text, rubric in zip(read[::3], read[1::3], read[2::3], strict=True):
        if isinstance(assignment, Assignment):
            copy = _copy(task, assignment, found)
            made.append(copy)
            created = AssignmentCreated(assignment_id=copy.assignment_id, course_id=task.course_id, title=copy.title)
            unit.create(copy, created).create(AssignmentStatistics(assignment_id=copy.assignment_id))
            if isinstance(text, AssignmentText):
                unit.create(AssignmentText(assignment_id=copy.assignment_id, instructions=text.instructions))
            if isinstance(rubric, Rubric):
                unit.create(Rubric(assignment_id=copy.assignment_id, criteria=rubric.criteria))
    if made:
        course_index.enter_new(unit, task.course_id, made)
    return done + _PAGE if done + _PAGE < len(names) else None


def _copy(task: CopyAssignments, assignment: Assignment, course: Course) -> Assignment:
    def named(source_id: str) -> str:
        return copy_id(task.copied_at, task.course_id, source_id)

    return Assignment(
        assignment_id=named(assignment.assignment_id),
        course_id=task.course_id,
        lesson_id=named(assignment.lesson_id) if assignment.lesson_id else None,
        instructor_id=course.instructor_id,
        **{name: getattr(assignment, name) for name in _COPIED},
    )
