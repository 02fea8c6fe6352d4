"""`announcement.fan_out`, `course.purge`."""

from typing import ClassVar

from lyceum.kit.event import Event


class FanOutAnnouncement(Event):
    """An announcement has reached the students of a course up to `after_user_id`; the others follow."""

    name: ClassVar[str] = "announcement.spread"
    announcement_id: str
    course_id: str
    title: str
    after_user_id: str
