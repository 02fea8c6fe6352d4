"""The rules of a session: those that everybody may choose for practice of their own, and those that authors set."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request
from lyceum.kit.values import local_time
from lyceum.rules.exams.release import Feedback

from functions.exams.papers import access_codes
from functions.exams.papers.spreading import MOST_CANDIDATES

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Part = Annotated[
    Decimal,
    Field(ge=0, le=1, max_digits=5, decimal_places=4, description="Part of a question's marks, as a decimal text."),
]
LONGEST_SECONDS = 6 * 3600
LONGEST_PAUSE = timedelta(hours=24)
"""How long a session may stand; then it ends as it is."""

QUIZ_MODES = frozenset({"quiz", "assignment"})
TEST_MODES = frozenset({"practice_test"})


def distinct(values: list[Any]) -> list[Any]:
    """Refuse a list that holds a value twice; raises ValueError."""
    if len(set(values)) != len(values):
        raise ValueError("every value may stand in the list once")
    return values


class PartialCredit(Request):
    """How questions with several parts earn part of their marks; each rule is explained in docs/exams.md."""

    multiple: Literal["all_or_nothing", "right_minus_wrong", "per_option"] = "all_or_nothing"
    matching: Literal["per_pair", "all_or_nothing"] = "per_pair"
    ordering: Literal["exact", "adjacent_pairs"] = "exact"
    cloze: Literal["per_gap", "all_or_nothing"] = "per_gap"


Sections = Sequence[Mapping[str, Any]]


def duration_seconds(sections: Sections, otherwise: int) -> int:
    """Return how long a paper takes: the sum of its sections' times, if they have any."""
    return sum(limits(sections)) or otherwise


class SessionRules(Request):
    """The rules of one session."""

    duration_seconds: Annotated[int, Field(ge=60, le=4 * 3600)] = 3600
    grace_seconds: Annotated[
        int, Field(ge=0, le=60, description="How long after the deadline an answer on its way is still taken.")
    ] = 5
    navigation: Literal["free", "forward_only"] = "free"
    shuffle_questions: bool = True
    shuffle_options: bool = True
    passing_percent: Percent = Decimal(50)
    negative_marking: Part = Decimal(0)
    partial_credit: PartialCredit = PartialCredit()
    feedback: Feedback = "after_submit"
    single_device: Annotated[
        bool, Field(description="One device at a time; another one has to take the session over.")
    ] = True


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError("this is no network, such as 196.46.144.0/20") from None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError("this is no time zone of the IANA database, such as Africa/Lagos") from None
    return name


class Window(Request):
    """When an exam may be sat, by the clocks on the walls of a time zone.

    A time that stands twice when clocks go back is the first of the two; one that clocks leap over is as long after
    the leap as it was to be.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,50}$"), AfterValidator(_zone)] = (
        "UTC"
    )

    @model_validator(mode="after")
    def check_times(self) -> Self:
        """Refuse a window that closes before it opens."""
        opens, closes = self.opening(), self.closing()
        if opens and closes and closes <= opens:
            raise ValueError("closesAt must be after opensAt")
        return self

    def opening(self) -> datetime | None:
        """Return when the window opens, in UTC."""
        return self.opens_at and in_zone(self.opens_at, self.time_zone)

    def closing(self) -> datetime | None:
        """Return when the window closes, in UTC."""
        return self.closes_at and in_zone(self.closes_at, self.time_zone)


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return a time in UTC; one without an offset is read by the clocks of a zone."""
    return moment.astimezone(UTC) if moment.tzinfo else local_time.to_utc(moment, ZoneInfo(zone))


class ExamRules(SessionRules):
    """The rules that an author sets for all who sit an exam."""

    duration_seconds: Annotated[int, Field(ge=60, le=LONGEST_SECONDS)] = 3600
    attempts: Annotated[
        int | None, Field(ge=1, le=100, description="How often a student may sit it; absent for any number.")
    ] = None
    offline_hours: Annotated[
        int, Field(ge=0, le=168, description="How long after the deadline answers given offline are still taken.")
    ] = 0
    expected_candidates: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_CANDIDATES,
            description="About how many will sit it at once, if more than 20 000: its lists are laid out for them.",
        ),
    ] = None
    window: Window = Window()
    review_keys: Annotated[
        bool,
        Field(description="With `after_window`: results wait for a person where the answers speak against a key."),
    ] = False
    allowed_networks: Annotated[list[Annotated[str, AfterValidator(_network)]], Field(max_length=50)] = []
    access_code: Annotated[str | None, StringConstraints(min_length=4, max_length=64, strip_whitespace=True)] = None

    @model_validator(mode="after")
    def check_review(self) -> Self:
        """Refuse a review of keys that candidates were told before."""
        if self.review_keys and self.feedback != "after_window":
            raise ValueError("reviewKeys needs feedback after_window")
        return self

    def stored(self) -> dict[str, Any]:
        """Return the rules as they are kept: without the access code, but with its hash."""
        kept = self.model_dump(mode="json", exclude={"access_code"})
        if self.access_code:
            kept["access_code_hash"] = access_codes.hash_code(self.access_code)
        return kept


class Accommodation(Request):
    """What one student gets beyond the rules; times stand in the zone of the exam's window.

    More attempts after the student was shown what is right need `afterKeys` and a reason.
    """

    user_id: Id
    extra_time_percent: Annotated[int, Field(ge=0, le=300)] = 0
    extra_attempts: Annotated[int, Field(ge=0, le=20)] = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    after_keys: bool = False
    reason: Annotated[str | None, StringConstraints(min_length=3, max_length=500)] = None

    @model_validator(mode="after")
    def check_reason(self) -> Self:
        """Refuse attempts after the keys without a word on why."""
        if self.after_keys and not self.reason:
            raise ValueError("say in reason why another attempt follows although what is right was shown")
        return self


def limit_seconds(duration_seconds: int, extra_time_percent: int) -> int:
    """Return the time that a student has, in whole seconds."""
    return duration_seconds + -(-duration_seconds * extra_time_percent // 100)


def latest(*moments: datetime | None) -> datetime | None:
    """Return the latest of several moments, None when one of them never comes."""
    return None if None in moments else max(moment for moment in moments if moment)


def later(moment: datetime | None, seconds: float) -> datetime | None:
    """Move a moment that may be absent."""
    return moment and moment + timedelta(seconds=seconds)


def closing(deadline: datetime, policy: Mapping[str, Any]) -> datetime:
    """Return until when answers are still taken: the grace after the deadline and, for work done offline, its hours."""
    return deadline + timedelta(seconds=policy["grace_seconds"], hours=policy.get("offline_hours", 0))


def limits(sections: Sections, extra_time_percent: int = 0) -> list[int]:
    """Return the seconds that a student has for each section; nothing where the paper is timed as a whole."""
    own = [section.get("time_limit_seconds") for section in sections]
    return [limit_seconds(each, extra_time_percent) for each in own if each is not None]
