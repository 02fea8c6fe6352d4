"""Removes what belonged to an assignment, or to every assignment of a deleted course, a slice a task.

Released grades stay with their students: the sheets and what they name.
"""

from lyceum.events.assignments import AssignmentDeleted
from lyceum.events.courses import CourseEmptied
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, fetch_partition, find, remove_many
from lyceum.model.assignments import Assignment, AssignmentIndex, GradeSheet, Submission
from lyceum.tasks.assignments import PurgeCoursework

consumer = Consumer("assignments-purge")
handler = consumer.handler
_ASSIGNMENTS = 10


@consumer.on(AssignmentDeleted)
def remove_assignment(event: AssignmentDeleted, _unit: Unit) -> None:
    """Delete what is left of an assignment that was taken away; graded work stays on record."""
    _remove(event.assignment_id, keeps_submissions=event.keeps_submissions)


@consumer.on(CourseEmptied)
def begin(event: CourseEmptied, unit: Unit) -> None:
    """Begin to remove the assignments of a deleted course."""
    send(unit, PurgeCoursework(course_id=event.course_id))


@consumer.paged(PurgeCoursework)
def remove_slice(task: PurgeCoursework, unit: Unit) -> int | None:
    """Delete a slice of a deleted course's assignments, those taken away earlier too.

    It is deleted whatever an earlier try deleted of it. The index goes last, so a purge that stopped anywhere can be
    started again by its task; where there are grades it stays, since their totals follow from it.
    """
    removed_slices = int(task.after or 0) + 1
    index = AssignmentIndex.fetch(course_id=task.course_id, consistent=True)
    if index is None:
        return None
    named = [*(row["assignment_id"] for row in index.rows), *index.removed_ids]
    for assignment_id in named[(removed_slices - 1) * _ASSIGNMENTS : removed_slices * _ASSIGNMENTS]:
        _remove(assignment_id, keeps_submissions=False)
    if removed_slices * _ASSIGNMENTS < len(named):
        return removed_slices
    if not find(GradeSheet, course_id=task.course_id, limit=1, consistent=True).items:
        unit.remove(index)
    return None


def _remove(assignment_id: str, *, keeps_submissions: bool) -> None:
    """Delete an assignment's partition and, unless it is kept, all that was handed in."""
    for entity in (Assignment,) if keeps_submissions else (Assignment, Submission):
        while items := fetch_partition(entity, consistent=True, assignment_id=assignment_id):
            remove_many(items)
