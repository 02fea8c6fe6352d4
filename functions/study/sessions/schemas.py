"""What callers of study sessions and goals send and get."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

Ids = Annotated[list[Id], Field(max_length=50)]
TopicNames = Annotated[list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]], Field(max_length=50)]
"""Topics by their ids in the catalogue, or by the keys that a plan gives to topics of its own."""


class StartSession(Request):
    """A session to begin now; `pomodoro` alternates between focus and break, and only focus is counted."""

    timer: Literal["study", "pomodoro"] = "study"
    title: Line | None = None
    plan_id: Id | None = None
    course_id: Id | None = None
    topic_ids: TopicNames = []
    lesson_ids: Ids = []
    focus_minutes: Annotated[int, Field(ge=5, le=120)] = 25
    break_minutes: Annotated[int, Field(ge=1, le=60)] = 5


class ChangeSession(Request):
    """What happens to a session now, or what it was about; topics and lessons are added to those it has."""

    action: Literal["pause", "resume", "finish"] | None = None
    topic_ids: TopicNames | None = None
    lesson_ids: Ids | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.action is None and self.topic_ids is None and self.lesson_ids is None:
            raise ValueError("say what happens: an action, topics or lessons")
        return self


class SessionQuery(Listing):
    """Which sessions to list.

    - `state`: only those in this state.
    """

    state: Literal["running", "paused", "finished"] | None = None


class PomodoroView(Schema):
    """Where a pomodoro stands: `phase` changes at `phaseEndsAt` unless it is paused; `round` counts from 1."""

    focus_minutes: int
    break_minutes: int
    phase: Literal["focus", "break"]
    phase_ends_at: Timestamp | None = None
    round: int


class SessionView(Schema):
    """A session of study as of `asOf`, by the server's clock.

    - `elapsedSeconds`: how long it ran, pauses left out.
    - `countedSeconds`: what counts of the stretches that are over, less breaks and what another session covered.
    - `endsAt`: when a session that runs and is not touched stops counting.
    """

    session_id: str
    timer: str
    state: Literal["running", "paused", "finished"]
    title: str | None = None
    plan_id: str | None = None
    course_id: str | None = None
    topic_ids: list[str]
    lesson_ids: list[str]
    started_at: Timestamp
    finished_at: Timestamp | None = None
    elapsed_seconds: int
    counted_seconds: int
    pomodoro: PomodoroView | None = None
    ends_at: Timestamp | None = None
    as_of: Timestamp


class DayTotal(Schema):
    """What was done on a local day."""

    date: date
    seconds: int
    questions: int
    correct: int


class SessionHistory(Schema):
    """Sessions, the newest first, and what the last seven days come to in the student's time zone."""

    sessions: list[SessionView]
    next_cursor: str | None = None
    days: list[DayTotal]
    seconds_today: int
    seconds_this_week: int


class GoalProgress(Schema):
    """How much of a goal is done."""

    questions_goal: int
    questions_done: int
    minutes_goal: int
    minutes_done: int
    percent: float
    is_met: bool


class StreakView(Schema):
    """Days in a row; `isAtRisk` while today does not count yet."""

    current: int
    longest: int
    freeze_days: int
    is_at_risk: bool
    last_active_on: date | None = None


class GoalsView(Schema):
    """The goals of today and of this week (Monday to Sunday), and the streak, in the student's time zone."""

    date: date
    week: str
    time_zone: str
    daily: GoalProgress
    weekly: GoalProgress
    streak: StreakView
    days: list[DayTotal]
    as_of: Timestamp
