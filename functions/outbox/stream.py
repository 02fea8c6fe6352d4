"""From the table's stream to whom it concerns: sends what each write left in its item's `outbox`.

A fact goes to the event bus, a task to the queue of the one worker that it names. What can be found by search is
followed here too: a change of it, or its removal, which can leave no message, orders that the search shows it anew.
So is what the content network before the API keeps copies of, where there is one. An answer that was saved in an exam
is chained into the trail of its session, and a new message shown to its reader, without an order on the item that would
make each of them dearer.

It sits between the stream and everything else, so it does nothing slow and lets no record stop those behind it: what
can not be sent is parked in the dead-letter queue, as JSON. `reason` says why, `keys` name the item, and `entry` is the
message with its name, so that it can be sent again; one that is too large for a queue is parked without its detail.
"""

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Self

from aws_lambda_powertools import Logger

from lyceum.edge.shown import ended_by
from lyceum.kit.aws import clients
from lyceum.kit.event import Task
from lyceum.kit.frozen import frozen
from lyceum.kit.settings import settings
from lyceum.rules.stream.new_messages import shown_by
from lyceum.rules.stream.saved_answers import saves_of
from lyceum.search.sources import refresh_of

logger = Logger()

MOST_ENTRIES = 10
MOST_BYTES = 256_000
"""Of one call and so of one message, and of one parked message: a little under the 256 KB that each may have."""
_ATTEMPTS = 3
_FIRST_WAIT_SECONDS = 0.05


@frozen
class Parcel:
    """A message on its way, with the keys of the item that it left; a fact names no worker."""

    keys: Any
    name: str
    detail: str
    worker: str = ""

    @classmethod
    def of(cls, task: Task, keys: Any = None) -> Self:
        """Pack an order that follows from a record."""
        return cls(keys, task.name, task.model_dump_json(by_alias=True), task.worker)

    @property
    def size_bytes(self) -> int:
        """What bus and queue count, and a little more: the UTF-8 bytes of the message and its envelope."""
        return (
            len(self.detail.encode()) + len(self.name.encode()) + len("lyceum")
            if not self.worker
            else len(self.body.encode())
        )

    @property
    def body(self) -> str:
        """The message as it lies in a worker's queue: like an event that came over the bus."""
        return f'{{"detail-type":{json.dumps(self.name)},"detail":{self.detail}}}'


def handler(event: dict[str, Any], _lambda_context: Any) -> None:
    """Send the messages of a batch of stream records.

    It raises only when what can not be sent can not be parked either.
    """
    by_worker: dict[str, list[Parcel]] = defaultdict(list)
    for record in event["Records"]:
        for parcel in (*unpack(record), *orders(record)):
            by_worker[parcel.worker].append(parcel)
    for parcels in by_worker.values():
        for group in _groups(parcels):
            _send(group)


def unpack(record: dict[str, Any]) -> list[Parcel]:
    """Return the messages that a record brings, none when its write left none; what can not be read is parked."""
    images = record.get("dynamodb", {})
    try:
        outbox = images.get("NewImage", {}).get("outbox")
        if not outbox or outbox == images.get("OldImage", {}).get("outbox"):
            return []
        return [_parcel(images["Keys"], kept["M"]) for kept in outbox["L"]]
    except (KeyError, TypeError, AttributeError):
        _park(Parcel(images.get("Keys"), "", ""), "the outbox can not be read")
        return []


def orders(record: dict[str, Any]) -> list[Parcel]:
    """Return the orders that follow from a record: of search, of the edge, of the chains of saves, of live updates."""
    followers = (refresh_of, shown_by, *((ended_by,) if settings().api_edge else ()))
    keys = record.get("dynamodb", {}).get("Keys")
    try:
        tasks: list[Task] = [task for follow in followers if (task := follow(record)) is not None]
        tasks += saves_of(record)
    except (KeyError, TypeError, AttributeError, ValueError):
        _park(Parcel(keys, "", ""), "what is seen can not be read")
        return []
    return [Parcel.of(task, keys) for task in tasks]


def _parcel(keys: Any, kept: dict[str, Any]) -> Parcel:
    return Parcel(keys, kept["name"]["S"], kept["detail"]["S"], kept.get("worker", {}).get("S", ""))


def _groups(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Part messages into calls of at most ten entries and 256 KB; one that is larger by itself is parked."""
    group: list[Parcel] = []
    size_bytes = 0
    for parcel in parcels:
        if parcel.size_bytes > MOST_BYTES:
            _park(parcel, "the message is too large")
            continue
        if len(group) == MOST_ENTRIES or size_bytes + parcel.size_bytes > MOST_BYTES:
            yield group
            group, size_bytes = [], 0
        group.append(parcel)
        size_bytes += parcel.size_bytes
    if group:
        yield group


def _send(group: list[Parcel]) -> None:
    """Send a group to where all of it goes; what is refused there is tried again with jitter, then parked."""
    refused = [(parcel, "") for parcel in group]
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _FIRST_WAIT_SECONDS * 2**attempt))  # noqa: S311 - jitter, not a secret
        refused = _hand_over([parcel for parcel, _ in refused])
        if not refused:
            return
    for parcel, reason in refused:
        _park(parcel, reason)


def _hand_over(group: list[Parcel]) -> list[tuple[Parcel, str]]:
    """Make one call and return the messages that were not taken, with the reason."""
    try:
        return _order(group) if group[0].worker else _publish(group)
    except Exception as error:
        code = clients.error_code(error) or type(error).__name__
        if code == "ValidationException" and len(group) > 1:  # one entry is wrong, and takes the others with it
            return [refused for parcel in group for refused in _hand_over([parcel])]
        return [(parcel, code) for parcel in group]


def _publish(group: list[Parcel]) -> list[tuple[Parcel, str]]:
    """Put facts on the bus."""
    bus = settings().bus
    entries = [
        {"Source": "lyceum", "DetailType": each.name, "Detail": each.detail, "EventBusName": bus} for each in group
    ]
    results = clients.client("events").put_events(Entries=entries)["Entries"]
    return [
        (parcel, result["ErrorCode"]) for parcel, result in zip(group, results, strict=True) if "ErrorCode" in result
    ]


def _order(group: list[Parcel]) -> list[tuple[Parcel, str]]:
    """Put tasks into the queue of their worker."""
    entries = [{"Id": str(place), "MessageBody": parcel.body} for place, parcel in enumerate(group)]
    answer = clients.client("sqs").send_message_batch(QueueUrl=queue_of(group[0].worker), Entries=entries)
    return [(group[int(failure["Id"])], failure["Code"]) for failure in answer.get("Failed", ())]


@cache
def queue_of(worker: str) -> str:
    """Return the address of a worker's queue; asked of SQS once a process."""
    return str(clients.client("sqs").get_queue_url(QueueName=f"lyceum-{settings().stage}-{worker}")["QueueUrl"])


def _park(parcel: Parcel, reason: str) -> None:
    logger.error("message parked", extra={"reason": reason, "sent": parcel.name})
    body = _parked(parcel, reason, parcel.detail)
    if len(body.encode()) > MOST_BYTES:
        body = _parked(parcel, reason, None)
    clients.client("sqs").send_message(QueueUrl=settings().parking_queue, MessageBody=body)


def _parked(parcel: Parcel, reason: str, detail: str | None) -> str:
    entry = {"name": parcel.name, "worker": parcel.worker, "detail": detail} if parcel.name else None
    return json.dumps({"reason": reason, "keys": parcel.keys, "entry": entry}, ensure_ascii=False)
