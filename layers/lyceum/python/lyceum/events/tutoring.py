"""Mentors and their students, and their lessons."""

from datetime import datetime
from typing import ClassVar, Literal

from lyceum.kit.event import Event


class MentorAssigned(Event):
    """A student has a mentor now: for a question, which `question_id` and `title` name, or in general."""

    name: ClassVar[str] = "mentor.assigned"
    student_id: str
    mentor_id: str
    mentor_name: str
    question_id: str | None = None
    title: str | None = None


class _OfSession(Event):
    """A fact about a session, with all that its people are told; `guardian_ids` are told as the student is.

    - `sequence`: grows with each change of what calendars show.
    """

    session_id: str
    mentor_id: str
    student_id: str
    mentor_name: str
    student_name: str
    guardian_ids: list[str] = []
    subject: str
    starts_at: datetime
    ends_at: datetime
    sequence: int = 0


class TutoringBooked(_OfSession):
    """A session has its time."""

    name: ClassVar[str] = "tutoring.booked"


class TutoringChanged(_OfSession):
    """A session was moved or called off, or somebody did not come; `by` is who did it, None for the clock.

    - `freed_from`, `freed_to`: the mentor's time that is free again.
    """

    name: ClassVar[str] = "tutoring.changed"
    change: Literal["moved", "cancelled", "no_show"]
    by: str | None = None
    freed_from: datetime | None = None
    freed_to: datetime | None = None


class TutoringReminderDue(_OfSession):
    """A session begins in so many hours."""

    name: ClassVar[str] = "tutoring.reminder_due"
    hours_left: int


class TutoringCompleted(_OfSession):
    """A session was held."""

    name: ClassVar[str] = "tutoring.completed"


class TutoringRated(Event):
    """A student rated a session, once."""

    name: ClassVar[str] = "tutoring.rated"
    session_id: str
    mentor_id: str
    stars: int


class TutoringRecorded(_OfSession):
    """The recording of a session may be watched."""

    name: ClassVar[str] = "tutoring.recorded"
