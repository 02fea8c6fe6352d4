"""Removes what belonged to an assignment, or to every assignment of a course, a slice a message, until nothing is left."""

from lyceum.events.assignments import AssignmentDeleted
from lyceum.events.courses import CourseEmptied
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, fetch_partition, find, remove_many
from lyceum.model.assignments import Assignment, AssignmentIndex, GradeSheet, Submission

consumer = Consumer("assignment-cascade")
handler = consumer.handler
_SHEETS = 200
_ASSIGNMENTS = 10


@consumer.on(AssignmentDeleted)
def remove_assignment(event: AssignmentDeleted, _unit: Unit) -> None:
    """Delete what is left of an assignment that was taken away; graded work stays on record."""
    _remove(event.assignment_id, keeps_work=event.keeps_work)


@consumer.on(CourseEmptied)
def remove_all(event: CourseEmptied, unit: Unit) -> None:
    """Delete a slice of a deleted course's assignments and grades, those of assignments taken away earlier too."""
    board = AssignmentIndex.fetch(course_id=event.course_id, consistent=True)
    if board is not None and board.rows:
        for row in board.rows[:_ASSIGNMENTS]:
            _remove(row["assignment_id"], keeps_work=False)
        board.rows = board.rows[_ASSIGNMENTS:]
        Unit().replace(board).commit()
        send(unit, CourseEmptied(course_id=event.course_id))
        return
    sheets = find(GradeSheet, course_id=event.course_id, limit=_SHEETS, consistent=True).items
    for assignment_id in sorted(
        {name for sheet in sheets for name, cell in sheet.cells.items() if cell["kind"] == "assignment"}
    ):
        _remove(assignment_id, keeps_work=False)
    remove_many(sheets)
    if sheets:
        send(unit, CourseEmptied(course_id=event.course_id))
    elif board is not None:
        unit.remove(board)


def _remove(assignment_id: str, *, keeps_work: bool) -> None:
    """Delete an assignment's partition and, unless it is kept, all that was handed in."""
    for entity in (Assignment,) if keeps_work else (Assignment, Submission):
        while items := fetch_partition(entity, consistent=True, assignment_id=assignment_id):
            remove_many(items)
