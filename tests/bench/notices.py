"""A notice for everybody in a tenant, told to growing numbers of users."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from lyceum.events.courses import AnnouncementPosted
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice, FanOutNotice
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.workers import record, wants

from functions.notifications.events import fan_out, inbox

SIZES = (250, 1_000)


def people(number: int) -> None:
    """Store users without addresses."""
    write_many(
        User(user_id=ids.new_id(), username=f"u{n}", first_name="U", last_name="N", role="student")
        for n in range(number)
    )


def spread(cloud: Cloud, tenant: str) -> tuple[int, float]:
    """Tell everybody; returns the messages that workers were given and the CPU seconds spent."""
    event = AnnouncementPosted(announcement_id=ids.new_id(), author_id="a", title="The library is open again")
    waiting = [{"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}]
    done: set[str] = set()
    started, messages = time.process_time(), 0
    while waiting:
        for entry in waiting:
            worker = fan_out if wants(fan_out.consumer, entry["DetailType"]) else inbox
            assert worker.handler({"Records": [record(entry)]}, LAMBDA) == {"batchItemFailures": []}
            messages += 1
            done.add(json.loads(entry["Detail"])["eventId"])
        waiting = [
            entry
            for entry in cloud.outbox(tenant)
            if entry["DetailType"] in {FanOutNotice.name, DeliverNotice.name}
            and json.loads(entry["Detail"])["eventId"] not in done
        ]
    return messages, time.process_time() - started


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect every storage request, whatever work it belongs to."""
    requests: list[str] = []
    original = StorageConnection._call_once

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        requests.append(operation)
        return original(self, operation, arguments)

    with patch.object(StorageConnection, "_call_once", call):
        yield requests


def table(cloud: Cloud) -> list[str]:
    """Tell growing numbers of users and return the rows of a Markdown table."""
    rows = [
        "| readers | messages to workers | storage requests | requests a reader | CPU ms a reader |",
        "|---|---|---|---|---|",
    ]
    for size in SIZES:
        with cloud.new_tenant() as tenant:
            people(size)
            with counted() as requests:
                messages, seconds = spread(cloud, tenant)
        rows.append(
            f"| {size} | {messages} | {len(requests)} | {len(requests) / size:.2f} | {1000 * seconds / size:.1f} |"
        )
    return rows
