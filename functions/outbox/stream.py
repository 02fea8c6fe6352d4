"""From the table's stream to the event bus: sends what each write left in its item's `outbox`.

It sits between the stream and everything else, so it does nothing slow and lets no record stop those behind it: what
can not be sent is parked in the dead-letter queue, as JSON. `reason` says why, `keys` name the item, and `entry` is
what PutEvents takes, so that it can be sent again; one that is too large for a message is parked without its detail.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

logger = Logger()

MOST_ENTRIES = 10
MOST_BYTES = 256_000
"""Of one call and so of one event, and of one parked message: a little under the 256 KB that each may have."""
_ATTEMPTS = 3
_FIRST_WAIT_SECONDS = 0.05


@dataclass(frozen=True)
class Parcel:
    """An event on its way to the bus, with the keys of the item that it left."""

    keys: Any
    entry: dict[str, Any]

    @property
    def size_bytes(self) -> int:
        """What the bus counts: the UTF-8 bytes of source, type and detail."""
        return sum(len(self.entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def handler(event: dict[str, Any], _lambda_context: Any) -> None:
    """Publish the events of a batch of stream records; raises only when what can not be sent can not be parked either."""
    parcels = [parcel for record in event["Records"] for parcel in _unpack(record)]
    for group in _groups(parcels):
        _send(group)


def _unpack(record: dict[str, Any]) -> list[Parcel]:
    keys = record.get("dynamodb", {}).get("Keys")
    try:
        return [Parcel(keys, entry) for entry in _entries(record)]
    except (KeyError, TypeError, AttributeError):
        _park(keys, "the outbox can not be read", None)
        return []


def _entries(record: dict[str, Any]) -> list[dict[str, Any]]:
    images = record.get("dynamodb", {})
    outbox = images.get("NewImage", {}).get("outbox")
    if not outbox or outbox == images.get("OldImage", {}).get("outbox"):
        return []
    return [_entry(kept["M"]["name"]["S"], kept["M"]["detail"]["S"]) for kept in outbox["L"]]


def _entry(name: str, detail: str) -> dict[str, Any]:
    return {"Source": "lyceum", "DetailType": name, "Detail": detail, "EventBusName": settings().bus}


def _groups(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Part events into calls of at most ten entries and 256 KB; one that is larger by itself is parked."""
    group: list[Parcel] = []
    size_bytes = 0
    for parcel in parcels:
        if parcel.size_bytes > MOST_BYTES:
            _park(parcel.keys, "the event is too large", parcel.entry)
            continue
        if len(group) == MOST_ENTRIES or size_bytes + parcel.size_bytes > MOST_BYTES:
            yield group
            group, size_bytes = [], 0
        group.append(parcel)
        size_bytes += parcel.size_bytes
    if group:
        yield group


def _send(group: list[Parcel]) -> None:
    """Put a group on the bus; what the bus refuses is tried again with jitter, then parked."""
    refused = [(parcel, "") for parcel in group]
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _FIRST_WAIT_SECONDS * 2**attempt))  # noqa: S311 - jitter, not a secret
        refused = _put([parcel for parcel, _ in refused])
        if not refused:
            return
    for parcel, reason in refused:
        _park(parcel.keys, reason, parcel.entry)


def _put(group: list[Parcel]) -> list[tuple[Parcel, str]]:
    """Make one call and return the entries that the bus did not take, with the reason."""
    try:
        results = clients.client("events").put_events(Entries=[parcel.entry for parcel in group])["Entries"]
    except Exception as error:
        code = clients.error_code(error) or type(error).__name__
        if code == "ValidationException" and len(group) > 1:  # one entry is wrong, and takes the others with it
            return [refused for parcel in group for refused in _put([parcel])]
        return [(parcel, code) for parcel in group]
    return [(parcel, result["ErrorCode"]) for parcel, result in zip(group, results, strict=True) if "ErrorCode" in result]


def _park(keys: Any, reason: str, entry: dict[str, Any] | None) -> None:
    logger.error("event parked", extra={"reason": reason, "event": entry and entry["DetailType"]})
    body = _parked(keys, reason, entry)
    if entry and len(body.encode()) > MOST_BYTES:
        body = _parked(keys, reason, {**entry, "Detail": None})
    clients.client("sqs").send_message(QueueUrl=settings().parking_queue, MessageBody=body)


def _parked(keys: Any, reason: str, entry: dict[str, Any] | None) -> str:
    return json.dumps({"reason": reason, "keys": keys, "entry": entry}, ensure_ascii=False)
