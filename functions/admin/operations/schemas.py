"""What callers of jobs and queues send and get."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line

JobKind = Literal["built_in", "scheduled", "long"]
Cron = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z*?/,\-#LW ]{11,100}$")]


class JobsQuery(Listing):
    """Which jobs, in which order.

    - `kind`: `built_in` (at the product's own times), `scheduled` (by somebody) or `long` (with progress).
    - `state`: those of one state alone.
    - `query`: a part of the name.
    - `sort`: `-lastRunAt` (the latest first) or `name`.
    """

    kind: JobKind | None = None
    state: Annotated[str | None, Field(max_length=20)] = None
    query: Annotated[str | None, Field(max_length=100)] = None
    sort: Literal["-lastRunAt", "name"] = "-lastRunAt"


class RunView(Schema):
    """One run of a job; `error` is the type of its failure."""

    at: str
    milliseconds: int
    error: str | None = None


class JobRow(Schema):
    """A job: when it runs, how it went, and of a long one how far it is."""

    job_id: str
    kind: JobKind
    name: str
    state: Annotated[str, Field(description="waiting, paused, queued, running, done, failed or cancelled.")]
    times: Annotated[str | None, Field(description="As EventBridge Scheduler writes them.")] = None
    time_zone: str | None = None
    owner_id: str | None = None
    note: str | None = None
    total: int | None = None
    done: int | None = None
    failed: int | None = None
    failures: Annotated[int | None, Field(description="Runs that failed one after the other.")] = None
    last_run_at: Timestamp | None = None
    last_success_at: Timestamp | None = None
    results: list[RunView] = []


class ScheduleJob(Request):
    """A run of one of the product's jobs: now, once at a time, or again and again by cron."""

    job: Annotated[str, Field(max_length=100, description="A built-in job's name, such as `users.purge`.")]
    when: Literal["now", "once", "cron"]
    at: Annotated[datetime | None, Field(description="With `once`: when, with its offset from UTC.")] = None
    cron: Annotated[Cron | None, Field(description="With `cron`: six fields, such as `0 3 ? * MON *`.")] = None
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,50}$")] = "UTC"
    note: Line | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "ScheduleJob":
        if (self.when == "once") != (self.at is not None) or (self.when == "cron") != (self.cron is not None):
            raise ValueError("give `at` with once, `cron` with cron, and neither with now")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("a time needs its offset from UTC, such as Z")
        return self


class UpdateJob(Request):
    """Whether a scheduled job waits."""

    is_paused: bool


class QueuesQuery(Listing):
    """Which queues.

    - `kind`: `work` (of workers) or `dead` (of messages that nothing could be done with).
    - `onlyFilled`: leave out those that are empty.
    - `queue`: one queue alone; of dead letters its first messages are shown, and how old the oldest of those is.
    """

    kind: Literal["work", "dead"] | None = None
    only_filled: bool = False
    queue: Annotated[str | None, Field(max_length=80)] = None


class DeadLetter(Schema):
    """A message that nothing could be done with: what it is, whose, and why it is here."""

    message_id: str
    name: str | None = None
    tenant: str | None = None
    source: Annotated[str | None, Field(description="The queue that it came from.")] = None
    reason: str | None = None
    sent_at: Timestamp | None = None
    can_return: Annotated[bool, Field(description="Whether it can be sent again.")]
    detail: Annotated[Any, Field(description="The event or task itself.")] = None


class QueueRow(Schema):
    """A queue with what waits in it, by the service's own reckoning."""

    queue: str
    kind: Literal["work", "dead"]
    waiting: int
    in_work: int
    delayed: int
    oldest_seconds: Annotated[int | None, Field(description="Of the messages shown.")] = None
    messages: list[DeadLetter] | None = None


class Redrive(Request):
    """How many dead letters are sent again, and how many of them a second."""

    most: Annotated[int, Field(ge=1, le=500)] = 100
    per_second: Annotated[int, Field(ge=1, le=100)] = 50


class Redriven(Schema):
    """What became of the dead letters: sent again, kept because they can not be, and those still waiting."""

    queue: str
    sent: int
    kept: int
    left: int
