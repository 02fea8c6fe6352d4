"""From the table's stream to the event bus: sends what each write left in its item's `outbox`.

It sits between the stream and everything else, so it does nothing slow and lets no record stop those behind it:
a record that can not be sent is parked in the dead-letter queue by the worker itself.
"""

import json
from typing import Any

from aws_lambda_powertools import Logger

from lyceum import aws
from lyceum.settings import settings

logger = Logger()
_MOST_ENTRIES = 10


def handler(event: dict[str, Any], _lambda_context: Any) -> None:
    """Publish the events of a batch of stream records, ten a call; raises when the bus can not be reached."""
    entries = [entry for record in event["Records"] for entry in _entries(record)]
    for start in range(0, len(entries), _MOST_ENTRIES):
        _send(entries[start : start + _MOST_ENTRIES])


def _entries(record: dict[str, Any]) -> list[dict[str, Any]]:
    images = record.get("dynamodb", {})
    outbox = images.get("NewImage", {}).get("outbox")
    if not outbox or outbox == images.get("OldImage", {}).get("outbox"):
        return []
    return [_entry(kept["M"]["name"]["S"], kept["M"]["detail"]["S"]) for kept in outbox["L"]]


def _entry(name: str, detail: str) -> dict[str, Any]:
    return {"Source": "lyceum", "DetailType": name, "Detail": detail, "EventBusName": settings().bus}


def _send(entries: list[dict[str, Any]]) -> None:
    for _ in range(3):
        answer = aws.client("events").put_events(Entries=entries)
        if not answer["FailedEntryCount"]:
            return
        entries = [entry for entry, result in zip(entries, answer["Entries"], strict=True) if "ErrorCode" in result]
    logger.error("events parked", extra={"count": len(entries)})
    aws.client("sqs").send_message(QueueUrl=settings().parking_queue, MessageBody=json.dumps(entries))
