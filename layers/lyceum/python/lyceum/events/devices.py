"""`attendance.read`."""

from typing import ClassVar

from lyceum.kit.event import Event


class AttendanceRead(Event):
    """An attendance reader saw an active student of a course; nothing else is kept of it."""

    name: ClassVar[str] = "attendance.read"
    device_id: str
    course_id: str
    user_id: str
