"""Events of time and of notices: what has fallen due, whom to tell, what to send, what came back."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class StudyReminderDue(Event):
    """The hour that a user chose for studying has come and the day's goal is open; told once a user and day."""

    name: ClassVar[str] = "study.reminder_due"
    user_id: str
    day: str
    finished: int
    daily_goal: int


class PeriodEnded(Event):
    """A week (ISO 8601) or a month is over, by UTC: boards turn over; `period` names it, as `2027-W02` or `2027-01`."""

    name: ClassVar[str] = "period.ended"
    length: Literal["week", "month"]
    period: str


class NotificationCreated(Event):
    """A notification is in somebody's inbox and may have to be sent elsewhere too."""

    name: ClassVar[str] = "notification.created"
    notification_id: str
    user_id: str
