"""The tasks of assignments: reminding, reassessing, copying, purging coursework, and exporting gradebooks."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import PagedTask
from lyceum.kit.long_jobs.task import JobTask


class RemindAssignment(PagedTask):
    """Remind those who did not hand an assignment in that it is due.

    - `hours_left`: within how many hours it is due, 24 or 1.
    - `after`: the last student of a page.
    """

    name: ClassVar[str] = "assignment.remind"
    worker: ClassVar[str] = "assignments-coursework"
    assignment_id: str
    course_id: str
    due_at: datetime
    hours_left: int = 24


class ReassessAssignment(PagedTask):
    """Reckon the lateness of what was handed in, and the grades that follow from it; `after` ends a page."""

    name: ClassVar[str] = "assignment.reassess"
    worker: ClassVar[str] = "assignments-coursework"
    assignment_id: str
    course_id: str


class ReassessCoursework(PagedTask):
    """Reassess every assignment of a course, whose days begin at other times now; `after` counts those handed on."""

    name: ClassVar[str] = "coursework.reassess"
    worker: ClassVar[str] = "assignments-coursework"
    course_id: str


class CopyAssignments(PagedTask):
    """Bring the assignments of a course into its copy; `after` counts those that were."""

    name: ClassVar[str] = "assignment.copy"
    worker: ClassVar[str] = "assignments-coursework"
    course_id: str
    source_id: str
    copied_at: datetime


class PurgeCoursework(PagedTask):
    """Remove the assignments and grades of a deleted course, a slice a task; `after` counts the slices removed."""

    name: ClassVar[str] = "coursework.purge"
    worker: ClassVar[str] = "assignments-purge"
    course_id: str


class ExportGradebook(JobTask):
    """Write a page of a course's gradebook as CSV; `after` has the page's storage key and the columns of the first."""

    name: ClassVar[str] = "gradebook.export"
    worker: ClassVar[str] = "assignments-exports"
    course_id: str
