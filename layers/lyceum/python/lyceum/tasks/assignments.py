"""`assignment.remind`, `coursework.purge`."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import Event


class RemindAssignment(Event):
    """An assignment is due within 24 hours or 1: those who did not hand it in are reminded, from `after_user_id` on."""

    name: ClassVar[str] = "assignment.falls_due"
    assignment_id: str
    course_id: str
    due_at: datetime
    hours_left: int = 24
    after_user_id: str | None = None
