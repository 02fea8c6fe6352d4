"""`announcement.fan_out`, `course.recount`, `course.copy_lessons`, `course.purge`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import PagedTask


class FanOutAnnouncement(PagedTask):
    """Tell the students of a course of an announcement, those whose sort keys are of a range.

    - `first`, `last`: the range, both included; None for where the list begins and ends.
    - `after`: the student who ended a page, of tasks from before there were ranges.
    """

    name: ClassVar[str] = "announcement.fan_out"
    worker: ClassVar[str] = "courses-announcements"
    announcement_id: str
    course_id: str
    title: str
    first: str | None = None
    last: str | None = None


class RecountCourse(PagedTask):
    """Complete a course for those who have all that it asks for since its parts changed; `after` ends a page."""

    name: ClassVar[str] = "course.recount"
    worker: ClassVar[str] = "courses-progress"
    course_id: str


class CopyLessons(PagedTask):
    """Bring the lessons of a course into its copy; `after` counts those that were."""

    name: ClassVar[str] = "course.copy_lessons"
    worker: ClassVar[str] = "courses-copying"
    course_id: str
    source_id: str
    copied_at: datetime


class PurgeCourse(PagedTask):
    """Remove what belonged to a deleted course, a slice a task; `after` counts the slices removed."""

    name: ClassVar[str] = "course.purge"
    worker: ClassVar[str] = "courses-purge"
    course_id: str
