"""What callers of health send and get."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line

ErrorState = Literal["open", "resolved", "ignored", "regressed"]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class ErrorsQuery(Listing):
    """Which errors, in which order.

    - `state`: errors of one state alone.
    - `where`: a part of the route, worker or job.
    - `type`: a part of the exception's type.
    - `since`: errors that were seen on this day (UTC) or later.
    - `sort`: `-lastAt` (the latest first), `-count` (the most frequent first) or `firstAt`.
    """

    state: ErrorState | None = None
    where: Annotated[str | None, Field(max_length=200)] = None
    type: Annotated[str | None, Field(max_length=200)] = None
    since: date | None = None
    sort: Literal["-lastAt", "-count", "firstAt"] = "-lastAt"


class ErrorView(Schema):
    """Unforeseen failures of one kind, with the latest case: our own frames, and the request that the log knows."""

    fingerprint: str
    type: str
    place: Annotated[str, Field(description="The innermost file and function of the product.")]
    where: Annotated[str, Field(description="The route, worker or job.")]
    function: str
    code: Annotated[str | None, Field(description="With which a service refused.")] = None
    count: int
    first_at: Timestamp
    last_at: Timestamp
    state: ErrorState
    resolved_at: Timestamp | None = None
    regressed_at: Timestamp | None = None
    note: str | None = None
    frames: list[str]
    correlation_id: Annotated[str | None, Field(description="`requestId` of the latest case's log lines.")] = None


class UpdateError(Request):
    """What was decided about an error; a resolved one that is seen again is `regressed`."""

    state: Literal["open", "resolved", "ignored"]
    note: Line | None = None


class UsageQuery(Listing):
    """Of which days and routes, in which order.

    - `days`: so many days (UTC), today the last of them.
    - `route`: a part of method and path.
    - `sort`: `-count`, `-failed`, `-p95Ms` or `-units` (greatest first), or `route`.
    """

    days: Annotated[int, Field(ge=1, le=7)] = 1
    route: Annotated[str | None, Field(max_length=200)] = None
    sort: Literal["-count", "-failed", "-p95Ms", "-units", "route"] = "-count"


class UsageView(Schema):
    """Calls of one endpoint; durations are upper bounds of the classes that they are counted in."""

    route: str
    count: int
    failed: int
    refused: int
    anonymous: int
    signed_in: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    storage_requests_per_call: float
    units: float
    answer_bytes: int


class SlowQuery(Listing):
    """Of which days, in which order.

    - `days`: so many days (UTC), today the last of them.
    - `shape`: a part of the shape, such as an operation or a key family.
    - `sort`: `-slow`, `-p95Ms`, `-maxMs`, `-units` or `-costly`, the greatest first.
    """

    days: Annotated[int, Field(ge=1, le=7)] = 1
    shape: Annotated[str | None, Field(max_length=200)] = None
    sort: Literal["-slow", "-p95Ms", "-maxMs", "-units", "-costly"] = "-slow"


class ShapeView(Schema):
    """Storage calls of one shape: `count` is reckoned from a sample, `slow` and `costly` are counted one by one."""

    shape: str
    count: int
    slow: Annotated[int, Field(description="Longer than 100 ms.")]
    costly: Annotated[int, Field(description="More than 10 capacity units.")]
    p50_ms: float | None = None
    p95_ms: float | None = None
    max_ms: float
    units: float
    max_units: float


class EntityRow(Schema):
    """Items of one kind: made and removed since counting began. What storage removes by its age is not subtracted."""

    kind: str
    made: int
    removed: int
    present: int
    since: Timestamp | None = None


class Database(Schema):
    """The table: its size as storage tells it every six hours or so, and items by kind as functions count them."""

    table: str
    items: int
    bytes: int
    average_bytes: float | None = None
    indexes: dict[str, int]
    entities: list[EntityRow]
