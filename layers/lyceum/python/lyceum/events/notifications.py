"""What the domain of notifications tells of the time that has come."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class StudyReminderDue(Event):
    """The time that a user chose for studying has come and the day's goal is open; told once a user and day.

    - `day`: by the user's calendar, as `2027-01-11`.
    - `finished`, `daily_goal`: how many exams and lessons are finished on that day, and are to be.
    """

    name: ClassVar[str] = "study.reminder_due"
    user_id: str
    day: str
    finished: int
    daily_goal: int


class PeriodEnded(Event):
    """A week (ISO 8601) or a month is over, by UTC: boards turn over.

    - `period`: its name, such as `2027-W02` or `2027-01`.
    """

    name: ClassVar[str] = "period.ended"
    length: Literal["week", "month"]
    period: str
