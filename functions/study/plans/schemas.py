"""What callers of the study plans send and get."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line
from lyceum.rules.profiles import TimeZone

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_DAYS = 400
Status = Literal["active", "paused", "completed"]


class DailyGoal(Request):
    """What is to be done on a day: questions answered, and minutes at most, which no day of the calendar exceeds."""

    questions: Annotated[int, Field(ge=1, le=500)] = 20
    minutes: Annotated[int, Field(ge=15, le=720)] = 60


class DaysOff(Request):
    """Days without study: some of every week, and single ones."""

    weekdays: Annotated[list[Weekday], Field(max_length=6)] = []
    dates: Annotated[list[date], Field(max_length=200)] = []


class TopicWish(Request):
    """A topic of a plan: one of the catalogue (`topicId`), or one with a title of its own.

    - `key`: a name within the plan, for `after`; the topic's id unless it is given.
    - `priority`: 1 (least) to 5.
    - `after`: keys of the topics that it builds on.
    """

    topic_id: Id | None = None
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = None
    title: Line | None = None
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    estimated_minutes: Annotated[int, Field(ge=10, le=6000)] = 90
    after: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.topic_id is None and self.title is None:
            raise ValueError("name a topic of the catalogue by topicId, or give it a title")
        return self


class MakePlan(Request):
    """A plan to be laid: of a course's whole syllabus unless topics are named.

    - `targetDate`: the day of the exam; the last day of study is the one before.
    - `startDate`: today unless it is given. `timeZone`: the account's.
    """

    title: Line | None = None
    course_id: Id | None = None
    start_date: date | None = None
    target_date: date
    time_zone: TimeZone | None = None
    daily_goal: DailyGoal = DailyGoal()
    days_off: DaysOff = DaysOff()
    topics: Annotated[list[TopicWish], Field(min_length=1, max_length=200)] | None = None


class UpdatePlan(Request):
    """What is to change of a plan; the rest of its calendar is laid again from today."""

    title: Line | None = None
    status: Status | None = None
    target_date: date | None = None
    time_zone: TimeZone | None = None
    daily_goal: DailyGoal | None = None
    days_off: DaysOff | None = None
    topics: Annotated[list[TopicWish], Field(min_length=1, max_length=200)] | None = None


class CompleteTopic(Request):
    """A topic of the plan that is done, or with `isDone` false is not after all. It is named by id or key."""

    topic_id: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    is_done: bool = True


class PlanQuery(Listing):
    """Which plans to list.

    - `status`: only those in this state.
    """

    status: Status | None = None


class FeedLink(Request):
    """What opens a calendar without signing in.

    - `token`: the sealed part of the calendar's link.
    """

    token: Annotated[str, StringConstraints(min_length=1, max_length=400)]


class GoalView(Schema):
    """What is to be done on a day."""

    questions: int
    minutes: int


class DaysOffView(Schema):
    """Days without study."""

    weekdays: list[str]
    dates: list[date]


class PlanTopicView(Schema):
    """A topic of a plan; `mastery` is from 0 to 1, as it was when the calendar was laid."""

    key: str
    topic_id: str | None = None
    title: str
    priority: int
    estimated_minutes: int
    after: list[str]
    mastery: float
    is_done: bool
    done_on: date | None = None


class EntryView(Schema):
    """Some minutes of a topic: `learn`, or `revise` in the days before the exam."""

    key: str
    topic_id: str | None = None
    title: str
    minutes: int
    questions: int
    kind: str


class DayView(Schema):
    """A day of the calendar."""

    date: date
    minutes: int
    questions: int
    entries: list[EntryView]


class UnplacedView(Schema):
    """What does not fit before the exam."""

    key: str
    topic_id: str | None = None
    title: str
    minutes: int


class PlanSummary(Schema):
    """A plan without its calendar."""

    plan_id: str
    title: str
    course_id: str | None = None
    status: Status
    start_date: date
    target_date: date
    time_zone: str
    daily_goal: GoalView
    topic_count: int
    done_count: int
    percent_done: float
    created_at: Timestamp
    updated_at: Timestamp
    completed_at: Timestamp | None = None


class PlanView(PlanSummary):
    """A plan with its calendar.

    - `laidOn`: the day from which it was laid; what lies before is how it was planned then.
    - `revisionFrom`: the first day that is for revision alone.
    - `fits`: whether everything has a place; `unplaced` names what has none.
    - `calendarUrl`: the private address by which calendar programs follow the plan.
    """

    days_off: DaysOffView
    topics: list[PlanTopicView]
    calendar: list[DayView]
    fits: bool
    unplaced: list[UnplacedView]
    revision_from: date | None = None
    laid_on: date
    calendar_url: str
    version: Annotated[int, Field(exclude=True)] = 0


class CalendarLink(Schema):
    """The private address of a plan's calendar; the one before is good no more."""

    calendar_url: str


class TopicProgress(Schema):
    """What was done of a topic against what was planned until today."""

    key: str
    topic_id: str | None = None
    title: str
    is_done: bool
    planned_minutes: int
    planned_minutes_so_far: int
    studied_minutes: int
    questions_answered: int
    correct_answers: int


class DayProgress(Schema):
    """What was done on a day against what was planned."""

    date: date
    planned_minutes: int
    planned_questions: int
    studied_minutes: int
    questions_answered: int
    correct_answers: int
    is_met: bool


class PlanProgressView(Schema):
    """How a plan goes, as of now.

    - `percentDone`: topics that are done; `percentElapsed`: days of study that are over.
    - `minutesBehind`: planned until yesterday and not studied.
    """

    plan_id: str
    status: Status
    percent_done: float
    percent_elapsed: float
    days_left: int
    planned_minutes_so_far: int
    studied_minutes: int
    minutes_behind: int
    is_on_track: bool
    topics: list[TopicProgress]
    days: list[DayProgress]
    as_of: Timestamp
