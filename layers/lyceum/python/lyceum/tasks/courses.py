"""`announcement.fan_out`, `course.purge`."""

from typing import ClassVar

from lyceum.kit.event import PagedTask


class FanOutAnnouncement(PagedTask):
    """Tell the students of a course of an announcement; `after` is the last student of a page."""

    name: ClassVar[str] = "announcement.fan_out"
    worker: ClassVar[str] = "courses-announcements"
    announcement_id: str
    course_id: str
    title: str


class PurgeCourse(PagedTask):
    """Remove what belonged to a deleted course, a slice a task; `after` counts the slices removed."""

    name: ClassVar[str] = "course.purge"
    worker: ClassVar[str] = "courses-purge"
    course_id: str
