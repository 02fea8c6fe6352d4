"""What callers send and get of what they do in the store."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

Target = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]
"""What was clicked on, as the client names it, such as `add-to-cart`."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")]


class LogView(Request):
    """A product that was looked at."""

    product_id: Id
    session_id: Id | None = None


class OpenedResult(Request):
    """A result of a search: which words found it, what it is, and its place among the results (from 1)."""

    query: Words
    type: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
    id: Id
    place: Annotated[int, Field(ge=1, le=1000)]


class LogClick(Request):
    """Something that was clicked on, maybe of a product, or a result of a search that was opened."""

    target: Target
    product_id: Id | None = None
    session_id: Id | None = None
    result: OpenedResult | None = None


class LogSearch(Request):
    """Words that were looked for, and how many products were found."""

    words: Words
    results: Annotated[int, Field(ge=0, le=10**6)] | None = None
    session_id: Id | None = None


class LogSession(Request):
    """A visit: `start`, then `heartbeat` while it lasts and `end`, with the id that `start` gave."""

    action: Literal["start", "heartbeat", "end"]
    session_id: Id | None = None

    @model_validator(mode="after")
    def _names_its_session(self) -> Self:
        if (self.action == "start") == (self.session_id is not None):
            raise ValueError("a start has no sessionId, and everything else has")
        return self


class Recorded(Schema):
    """Whether something was kept: without an account, or without its consent to analytics, nothing is."""

    is_recorded: bool
    activity_id: str | None = None


class TimelineQuery(Listing):
    """Which activities to list, the latest first.

    - `type`: only those of this type.
    """

    type: Annotated[
        Literal["view", "click", "search", "session"] | None, Field(description="Only those of this type.")
    ] = None


class ActivityView(Schema):
    """Something that a person did in the store: view, click, search or session; `endedAt` is of a session."""

    activity_id: str
    type: str
    product_id: str | None = None
    target: str | None = None
    words: str | None = None
    results: int | None = None
    session_id: str | None = None
    happened_at: Timestamp
    last_seen_at: Timestamp | None = None
    ended_at: Timestamp | None = None
