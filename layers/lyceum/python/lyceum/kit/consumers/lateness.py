"""Noticing that messages waited long before a worker took them up, by the queue's own stamp on each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, metrics

LATE_SECONDS = 300
logger = Logger()


def note(consumer: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Count a batch whose oldest message was taken up for the first time more than five minutes after it was sent.

    One metric serves all workers, since an alarm is paid by the metrics that it reads; the log line names the worker
    and the wait in seconds. A message that failed before is told of by its failure and not counted here.
    """
    waits = [_seconds(record["attributes"]) for record in records if _is_first(record.get("attributes", {}))]
    longest = max(waits, default=0)
    if longest > LATE_SECONDS:
        logger.warning("messages waited", extra={"consumer": consumer, "seconds": int(longest)})
        metrics.count("MessagesLate")


def _is_first(attributes: Mapping[str, str]) -> bool:
    return attributes.get("ApproximateReceiveCount") == "1" and "SentTimestamp" in attributes


def _seconds(attributes: Mapping[str, str]) -> float:
    """Return how long a message waited; the queue's stamp is in milliseconds since 1970."""
    sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    return (clock.now() - sent).total_seconds()
