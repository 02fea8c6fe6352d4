"""What is sent and got of repairs of what contradicts itself."""

from typing import Any, Literal

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id


class FixAssignments(Request):
    """Which courses to look through.

    - `courseId`: one course; left out: the next few, behind `afterCourseId`.
    - `dryRun`: false repairs what is found; by default it is only told.
    """

    course_id: Id | None = None
    after_course_id: Id | None = None
    dry_run: bool = True


class Repair(Schema):
    """Something that contradicts itself, and what it is to be.

    - `orphaned_row`: the course's list shows an assignment that is gone.
    - `wrong_row`: it shows another one.
    - `missing_row`: the list lacks one that waits for a reminder.
    - `orphaned_assignment`: the course of one is gone.
    - `missing_reminder`: one that is due, maybe later for somebody, waits for no reminder.
    - `wrong_count`: a counter.
    - `isSettling`: it was written minutes ago and may come right by itself, so it is told and left alone for now.
    """

    kind: Literal["orphaned_row", "wrong_row", "missing_row", "orphaned_assignment", "missing_reminder", "wrong_count"]
    assignment_id: str
    course_id: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    is_settling: bool = False
    is_repaired: bool = False


class Repairs(Schema):
    """What was found; `nextCourseId` is to be sent as `afterCourseId` to go on, and left out at the end."""

    dry_run: bool
    courses: int
    findings: list[Repair]
    next_course_id: str | None = None
