"""Events on their way into the lake: a batch becomes one small file of each day that it tells of.

The file's name follows from the ids of its events, so a batch that comes again writes itself over. Whom an event is
about stands in it under the random name of their journey; what people wrote does not stand in it at all.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.event import Event
from lyceum.kit.settings import settings

from functions.insights.figures.travellers import Travellers

PREFIX = "lake/"
_KEPT = frozenset(
    {
        "course_id", "lesson_id", "question_id", "topic_id", "mode", "cause", "passed", "percent",
        "amount_minor", "currency", "role", "first_time", "is_first", "seconds", "legs", "product", "country",
    }
)  # fmt: skip
"""What is kept of events: ids of things, amounts and outcomes."""


def keep(events: Sequence[Event], travellers: Travellers) -> None:
    """Write a batch of events of one tenant, a file for each day."""
    days: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        days[clock.iso(event.at)[:10]].append(row_of(event, travellers))
    for day, rows in days.items():
        rows.sort(key=lambda row: str(row["event_id"]))
        name = hashlib.sha256("\n".join(row["event_id"] for row in rows).encode()).hexdigest()[:32]
        lines = "\n".join(json.dumps(row, sort_keys=True) for row in rows)
        clients.client("s3").put_object(
            Bucket=settings().bucket,
            Key=f"{raw_folder(day)}{name}.jsonl.gz",
            Body=gzip.compress(lines.encode(), mtime=0),
        )


def raw_folder(day: str = "") -> str:
    """Return where the files of a day wait to be put together, or those of all days."""
    return f"{PREFIX}raw/{context.tenant()}/{f'{day}/' if day else ''}"


def row_of(event: Event, travellers: Travellers) -> dict[str, Any]:
    """Return an event as the lake keeps it: flat, each field a text but for amounts, without names or texts."""
    known = event.model_dump(mode="json") | travellers.noted(event.event_id)
    told = {name: value for name, value in known.items() if name in _KEPT}
    user_id = getattr(event, "user_id", None)
    return {
        "event_id": event.event_id,
        "name": event.name,
        "happened_at": clock.iso(event.at),
        "person": travellers.alias(user_id) if user_id else None,
        "currency": told.pop("currency", None),
        "amount": told.pop("amount_minor", None),
        "more": json.dumps(told, sort_keys=True),
    }
