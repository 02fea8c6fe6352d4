"""What callers of offers and hours send and get."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.money import Currency
from lyceum.kit.values.text import Line
from lyceum.rules.profiles import TimeZone

_SPAN_TIME = r"^(([01]\d|2[0-3]):(00|15|30|45)|24:00)$"
MOST_EXCEPTIONS = 120
Minutes = Annotated[int, Field(ge=15, le=180, multiple_of=15)]
"""How long a session is, in quarters of an hour."""
Level = Literal["primary", "junior_secondary", "senior_secondary", "undergraduate", "postgraduate", "professional"]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
"""A language, with a country where that matters (BCP 47), such as `en` or `pt-BR`."""


class HoursSpan(Request):
    """A time of a day by the clocks of the mentor's zone, in quarters of an hour; an end of `24:00` is midnight."""

    start: Annotated[str, StringConstraints(pattern=_SPAN_TIME)]
    end: Annotated[str, StringConstraints(pattern=_SPAN_TIME)]

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a span ends behind its start")
        return self


def _apart(spans: list[HoursSpan]) -> list[HoursSpan]:
    ordered = sorted(spans, key=lambda span: span.start)
    if any(earlier.end > later.start for earlier, later in pairwise(ordered)):
        raise ValueError("spans of a day do not overlap")
    return ordered


DaySpans = Annotated[list[HoursSpan], Field(max_length=8), AfterValidator(_apart)]
Weekday = Annotated[str, StringConstraints(pattern=r"^[0-6]$")]


class SoldHours(Request):
    """Hours that are sold together, with what is taken off the price of each."""

    hours: Annotated[int, Field(ge=2, le=50)]
    percent_off: Annotated[int, Field(ge=0, le=50)] = 0


class SetAvailability(Request):
    """Weekly hours and exceptions, and what is offered in them.

    - `weekly`: by weekday, `0` is Monday.
    - `exceptions`: by date, in place of the weekday's; none for a day off.
    - `hourlyAmount`: minor units of `currency` for an hour, 0 for lessons that cost nothing.
    - `bufferMinutes`: kept free behind each session.
    - `mostDaily`: sessions of a day.
    - `noticeHours`: how long ahead a session is booked at least.
    - `takesMinors`: whether students under 18 may book.
    - `isOpen`: off while no new sessions are wanted.
    """

    time_zone: TimeZone
    weekly: Annotated[dict[Weekday, DaySpans], Field(max_length=7)]
    exceptions: Annotated[dict[date, DaySpans], Field(max_length=MOST_EXCEPTIONS)] = {}
    subjects: Annotated[list[Line], Field(min_length=1, max_length=10)]
    levels: Annotated[list[Level], Field(max_length=6)] = []
    languages: Annotated[list[Language], Field(max_length=6)] = []
    durations: Annotated[list[Minutes], Field(min_length=1, max_length=5)] = [60]
    hourly_amount: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    currency: Currency = "USD"
    packages: Annotated[list[SoldHours], Field(max_length=5)] = []
    buffer_minutes: Literal[0, 15, 30, 45, 60] = 0
    most_daily: Annotated[int, Field(ge=1, le=16)] = 8
    notice_hours: Annotated[int, Field(ge=0, le=168)] = 2
    takes_minors: bool = False
    is_open: bool = True


class SpanView(Schema):
    """A time of a day by the mentor's clocks."""

    start: str
    end: str


class SoldHoursView(Schema):
    """Hours that are sold together, and what all of them cost."""

    hours: int
    percent_off: int
    amount: int


class AvailabilityView(Schema):
    """A mentor's hours and offer as they stand."""

    mentor_id: str
    time_zone: str
    weekly: dict[str, list[SpanView]]
    exceptions: dict[str, list[SpanView]]
    subjects: list[str]
    levels: list[str]
    languages: list[str]
    durations: list[int]
    hourly_amount: int
    currency: str
    packages: list[SoldHoursView]
    buffer_minutes: int
    most_daily: int
    notice_hours: int
    takes_minors: bool
    is_open: bool


class TutorQuery(Listing):
    """Who can teach what, and when.

    - `subject`: what is to be taught; without it, mentors of any subject are found.
    - `from`: the earliest beginning, now unless said.
    - `hours`: how far behind that to look.
    - `durationMinutes`: how long the session is to be.
    - `level`, `language`: as mentors state them.
    - `minRating`: stars on average.
    - `maxAmount`: minor units for an hour, in `currency`.
    - `mentorId`: the free times of this mentor alone.
    """

    subject: Annotated[Line | None, Field(description="What is to be taught, in the mentor's words.")] = None
    starts_from: Annotated[
        AwareDatetime | None, Field(alias="from", description="The earliest beginning, with its offset.")
    ] = None
    hours: Annotated[int, Field(ge=1, le=24, description="How many hours from then on are looked at.")] = 24
    duration_minutes: Annotated[Minutes, Field(description="How long the session is to be, in minutes.")] = 60
    level: Annotated[Level | None, Field(description="The level that the student learns at.")] = None
    language: Annotated[Language | None, Field(description="The language that is spoken.")] = None
    min_rating: Annotated[float | None, Field(ge=1, le=5, description="The least stars on average.")] = None
    max_amount: Annotated[int | None, Field(ge=0, description="The most minor units for an hour.")] = None
    currency: Annotated[Currency | None, Field(description="The currency of the price (ISO 4217).")] = None
    mentor_id: Annotated[Id | None, Field(description="This mentor alone.")] = None


class FreeSlot(Schema):
    """A time that can be booked."""

    starts_at: Timestamp
    ends_at: Timestamp


class TutorView(Schema):
    """A mentor who can teach what was asked for, with the times that are free; `rating` once somebody rated."""

    mentor_id: str
    name: str
    subjects: list[str]
    levels: list[str]
    languages: list[str]
    time_zone: str
    durations: list[int]
    amount: int
    hourly_amount: int
    currency: str
    takes_minors: bool
    packages: list[SoldHoursView]
    rating: float | None = None
    rating_count: int
    slots: list[FreeSlot]
