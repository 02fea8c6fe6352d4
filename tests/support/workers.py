"""The workers behind the queues, fed in process with the events that stand in a tenant's items."""

import importlib
import json
from functools import cache
from typing import Any

from lyceum.kit import ids
from lyceum.kit.consumers.consumer import Consumer
from tests.support.acting import acting
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tools.declared import consumer_modules


@cache
def consumers() -> dict[str, Consumer]:
    """Import every module that declares a consumer and return what it declares, by name."""
    return {name: importlib.import_module(name).consumer for name in consumer_modules()}


def wants(consumer: Consumer, name: str) -> bool:
    """Tell whether a worker reacts to a message."""
    return any(kind.name == name for kind in (*consumer.events, *consumer.tasks))


def record(entry: dict[str, Any]) -> dict[str, Any]:
    """Wrap an event that is on its way to the bus as the queue message that it becomes."""
    detail = json.loads(entry["Detail"])
    envelope = {
        "id": ids.new_id(),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "time": detail["at"],
        "detail": detail,
    }
    return {"messageId": ids.new_id(), "body": json.dumps(envelope)}


def deliver(cloud: Cloud, tenant: str, rounds: int = 4, only: str = "") -> int:
    """Hand each event to every consumer that wants it until no new one appears; returns how many failed for good.

    A message that fails is delivered twice more, as a queue with three receives does. `only` names the one domain whose
    consumers are at work.
    """
    done: set[str] = set()
    failed = 0
    working = {name: consumer for name, consumer in consumers().items() if name.startswith(f"functions.{only}")}
    for _ in range(rounds):
        told = {json.loads(entry["Detail"])["eventId"]: entry for entry in cloud.published(tenant)}
        fresh = [event_id for event_id in told if event_id not in done]
        if not fresh:
            break
        for event_id in fresh:
            done.add(event_id)
            entry = told[event_id]
            wanting = [name for name, consumer in working.items() if wants(consumer, entry["DetailType"])]
            failed += sum(_hand_over(name, entry) for name in wanting)
    return failed


def _hand_over(name: str, entry: dict[str, Any]) -> int:
    with acting(name):
        for _ in range(3):
            if not consumers()[name].handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"]:
                return 0
    return 1
