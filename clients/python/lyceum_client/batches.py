"""Several calls in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lyceum_client import errors
from lyceum_client.operations import operation

if TYPE_CHECKING:
    from lyceum_client.client import Lyceum

MOST = 20


@dataclass(frozen=True)
class BatchedCall:
    """A call of a batch, by operationId."""

    operation: str
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class BatchResult:
    """What one call of a batch was answered: `data`, or `error`."""

    status: int
    data: Any = None
    error: errors.ApiError | None = None


def send_batch(client: "Lyceum", calls: list[BatchedCall]) -> list[BatchResult]:
    """Send calls in the order in which they are done; raises ValueError for more than 20.

    Where the line breaks the batch is sent again only if each of its calls may be; those that take a key get one.
    """
    if not 1 <= len(calls) <= MOST:
        raise ValueError(f"a batch has 1 to {MOST} calls")
    body = {"requests": [_request(client, each) for each in calls]}
    repeatable = all(operation(each.operation).is_safe_again for each in calls)
    answers = client.call("sendBatch", body=body, repeatable=repeatable).data["results"]
    return [_result(each) for each in answers]


def _request(client: "Lyceum", call: BatchedCall) -> dict[str, Any]:
    asked = operation(call.operation)
    request: dict[str, Any] = {"method": asked.method, "path": asked.address(call.path, call.query)}
    if call.body is not None:
        request["body"] = call.body
    if asked.keyed:
        request["idempotencyKey"] = client.surroundings.new_id()
    return request


def _result(answer: dict[str, Any]) -> BatchResult:
    status, body = int(answer["status"]), answer.get("body")
    if status >= 400:
        wait = answer.get("headers", {}).get("retry-after")
        return BatchResult(status, error=errors.of_answer(status, body, {}, float(wait) if wait else None))
    return BatchResult(status, body.get("data", body) if isinstance(body, dict) else body)
