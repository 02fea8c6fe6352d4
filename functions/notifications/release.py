"""Every quarter of an hour: sends what quiet hours held back, and the digests whose time has come."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from lyceum.kit.jobs import schedules
from lyceum.kit.table import ConditionFailed, Unit, find_all
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.tasks.notifications import SendDigest

from functions.notifications.placing import request
from functions.notifications.routing import QUARTER


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Release what is due in every tenant."""
    schedules.run("release", QUARTER, _release, lambda_context)


def _release(quarter: datetime) -> None:
    bucket = schedules.bucket(quarter)
    for delivery in find_all(Delivery, index="gsi1", held_bucket=bucket):
        _let_go(delivery, request(delivery))
    for digest in find_all(Digest, index="gsi1", held_bucket=bucket):
        _let_go(digest, SendDigest(user_id=digest.user_id, bucket=digest.bucket))


def _let_go(held: Delivery | Digest, event: Any) -> None:
    """Ask for it to be sent, on condition that nobody did so before."""
    entity = type(held)
    free = [entity.held_bucket.remove(), entity.gsi1pk.remove(), entity.gsi1sk.remove()]
    with suppress(ConditionFailed):
        Unit().change(held, *free, when=entity.held_bucket == held.held_bucket, events=[event]).commit()
