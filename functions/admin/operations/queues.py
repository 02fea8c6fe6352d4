"""Queues: how much waits where, and dead letters with what is in them.

The operator sees them in the main tenant; a message may be anybody's, so nobody else does.
"""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound
from lyceum.kit.table import Slice, cut_sorted

from functions.admin.operations import declared
from functions.admin.operations.schemas import DeadLetter, QueueRow, QueuesQuery

MOST_SHOWN = 10
_AT_ONCE = 8
_PEEK_SECONDS = 2
"""For how long a message that was looked at is not shown again."""
_COUNTS = {
    "waiting": "ApproximateNumberOfMessages",
    "in_work": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


def listed(query: QueuesQuery) -> Slice[QueueRow]:
    """Return a page of queues, those of dead letters first (a request to SQS for each, several at a time)."""
    after = query.start_key()
    if context.tenant() != context.MAIN_TENANT:
        return Slice([], None)
    names = [(name, "dead") for name in declared.dead_letters()] + [(name, "work") for name in declared.queues()]
    wanted = [
        (name, kind)
        for name, kind in names
        if (query.kind is None or kind == query.kind) and (query.queue is None or name == query.queue)
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        rows = list(pool.map(lambda pair: _row(*pair), wanted))
    rows = [row for row in rows if not query.only_filled or row.waiting + row.in_work + row.delayed]
    if query.queue and rows and rows[0].kind == "dead":
        _show_messages(rows[0])
    return cut_sorted(rows, lambda row: [row.kind, row.queue], limit=query.limit, after=after)


def require_dead(queue: str) -> str:
    """Return the address of a queue of dead letters; raises NotFound for any other queue, and in other tenants."""
    if context.tenant() != context.MAIN_TENANT or queue not in declared.dead_letters():
        raise NotFound("There is no such queue of dead letters.")
    return address(queue)


@cache
def address(queue: str) -> str:
    """Return the address of a queue; asked of SQS once a process."""
    return str(clients.client("sqs").get_queue_url(QueueName=declared.full_name(queue))["QueueUrl"])


def waiting(queue: str) -> int:
    """Return how many messages wait in a queue, by the service's own reckoning."""
    return _row(queue, "dead").waiting


def _row(queue: str, kind: Literal["work", "dead"]) -> QueueRow:
    told = clients.client("sqs").get_queue_attributes(QueueUrl=address(queue), AttributeNames=list(_COUNTS.values()))
    counts = {name: int(told["Attributes"].get(attribute, 0)) for name, attribute in _COUNTS.items()}
    return QueueRow(queue=queue, kind=kind, **counts)


def receive(queue_url: str, *, seconds: int, most: int = MOST_SHOWN) -> list[dict[str, Any]]:
    """Take messages out of a queue for a while, with where they came from."""
    answer = clients.client("sqs").receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=most,
        VisibilityTimeout=seconds,
        AttributeNames=["SentTimestamp", "DeadLetterQueueSourceArn"],
        MessageAttributeNames=["All"],
    )
    return list(answer.get("Messages", ()))


def _show_messages(row: QueueRow) -> None:
    received = receive(address(row.queue), seconds=_PEEK_SECONDS)
    row.messages = [read(message) for message in received]
    moments = [message.sent_at for message in row.messages if message.sent_at]
    row.oldest_seconds = int((clock.now() - min(moments)).total_seconds()) if moments else None


def read(message: dict[str, Any]) -> DeadLetter:
    """Read a dead letter: a worker's message, what the publisher parked, or the run of a job that failed."""
    body: Any = message["Body"]
    with suppress(ValueError):
        body = json.loads(body)
    attributes = message.get("Attributes", {})
    source = attributes.get("DeadLetterQueueSourceArn", "").rpartition(":")[2] or None
    sent = attributes.get("SentTimestamp")
    shown = DeadLetter(
        message_id=message["MessageId"],
        source=source,
        sent_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
        can_return=source is not None,
        detail=body,
    )
    if isinstance(body, dict):
        _explain(shown, body)
    told = message.get("MessageAttributes", {})
    shown.reason = shown.reason or _first(told, ("ERROR_MESSAGE", "ErrorMessage", "ERROR_CODE"))
    return shown


def _explain(shown: DeadLetter, body: dict[str, Any]) -> None:
    """Say what a message is: by its envelope, by what the publisher wrote, or by the job that it names."""
    if "detail-type" in body:
        detail = body.get("detail")
        shown.name = str(body["detail-type"])
        shown.tenant = str(detail.get("tenant", "")) or None if isinstance(detail, dict) else None
    elif isinstance(body.get("entry"), dict):
        entry = body["entry"]
        shown.name, shown.reason = entry.get("name"), body.get("reason")
        shown.can_return = bool(entry.get("detail"))
        with suppress(ValueError, TypeError):
            shown.tenant = json.loads(entry["detail"]).get("tenant")
    elif "job" in body:
        shown.name = f"job {body['job']}"
    else:
        shown.reason = body.get("reason")


def _first(attributes: dict[str, Any], names: Iterable[str]) -> str | None:
    return next((attributes[name]["StringValue"] for name in names if name in attributes), None)
