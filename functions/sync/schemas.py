"""What callers of sync and batches send and get."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.sync.offline_types import TypeName
from functions.sync.own_api import Method

MOST_REQUESTS = 20
MOST_OPERATIONS = 50
SCHEMA = 2
"""Version of the form of what is pulled; with another one a device begins with a snapshot."""
Header = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]
Status = Literal["applied", "merged", "conflict", "rejected", "retry"]


class BatchedRequest(Request):
    """A request of a batch.

    - `id`: what the client calls it.
    - `path`: with its query, such as `/api/notes?limit=5`.
    - `idempotencyKey`, `ifMatch`, `ifNoneMatch`: the headers of those names.
    """

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    method: Method = "GET"
    path: Annotated[str, StringConstraints(max_length=2000, pattern=r"^/api/[!-~]+$")]
    body: dict[str, Any] | None = None
    idempotency_key: Header | None = None
    if_match: Header | None = None
    if_none_match: Header | None = None


class SendBatch(Request):
    """Requests in the order in which they are done."""

    requests: Annotated[list[BatchedRequest], Field(min_length=1, max_length=MOST_REQUESTS)]


class BatchedResult(Schema):
    """What one request of a batch was answered; `body` is the whole answer, as it is when it is sent by itself."""

    id: str | None = None
    status: int
    headers: dict[str, str]
    body: Any = None


class BatchResults(Schema):
    """What each request was answered, in their order."""

    results: list[BatchedResult]


class Operation(Request):
    """Something done without a line.

    - `operationId`: a ULID of the device's, by which it has its effect once.
    - `seq`: grows by one with each operation of the device, from 1 on.
    - `key`: id of what it is about.
    - `value`: the fields of the request that does the same with a line.
    - `baseVersion`: version of the thing that the device had when it was changed.
    - `at`: when it was done by the device's clock; it is kept and decides nothing.
    """

    operation_id: Id
    seq: Annotated[int, Field(ge=1, le=2**53)]
    type: TypeName
    key: Id | None = None
    value: dict[str, Any] = Field(default_factory=dict)
    base_version: Annotated[int, Field(ge=1, le=2**53)] | None = None
    at: datetime | None = None


class PushOperations(Request):
    """Operations of one device, in the order in which they were done."""

    device_id: Id
    operations: Annotated[list[Operation], Field(min_length=1, max_length=MOST_OPERATIONS)]


class OperationResult(Schema):
    """What became of an operation.

    - `status`: `applied`; `merged` with what changed meanwhile.
    - `conflict`: `server` says what stands, and `value` what was made of the device's side where something was;
      `rejected` for good.
    - `retry`: send it again, nothing is lost.
    - `code`, `message`: why it was not applied.
    """

    operation_id: str
    seq: int
    status: Status
    code: str | None = None
    message: str | None = None
    value: Any = None
    server: Any = None


class PushResult(Schema):
    """What became of each operation, in their order.

    - `nextSeq`: number of the operation that the device is to send next.
    - `retryAfterSeconds`: when to send those again that are to be sent again.
    """

    results: list[OperationResult]
    next_seq: int
    retry_after_seconds: int | None = None


class PullQuery(Request):
    """What a device asks for.

    - `cursor`: of the answer before; without one, everything comes, page after page.
    - `limit`: how many changes to return at most.
    """

    cursor: Annotated[str, Field(max_length=4000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class Change(Schema):
    """A thing as it is now; `isRemoved` when it is there no more.

    - `type`: note, bookmark, review, course or preferences, which are the user's own; or a part of a course that they
      are in: lesson, assignment, quiz, announcement, lessonOrder, or courseCard for the fields of the course itself.
    - `key`: its id. `value` of a part names its `courseId`, `title` and `dueAt`; the part is read by its own route.
    """

    type: str
    key: str
    is_removed: bool = False
    changed_at: Timestamp | None = None
    version: int | None = None
    value: Any = None


class Changes(Schema):
    """What changed since the cursor.

    - `isSnapshot`: these are things as they are.
    - `isFirst`: forget what the device has of the server, and begin here.
    - `hasMore`: go on at once with `cursor`, which stands for everything up to here.
    """

    changes: list[Change]
    cursor: str
    has_more: bool
    is_snapshot: bool
    is_first: bool
    schema_version: int = SCHEMA
