"""Deliveries: one for each event and webhook, found by the sweep while it waits."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.audit import audit
from lyceum.model.webhooks import DUE_SHARDS, Webhook, WebhookDelivery
from lyceum.rules.webhooks import catalogue, subscriptions
from lyceum.tasks.webhooks import DeliverWebhook

KEPT = timedelta(days=30)
REPLAYED = timedelta(days=3)
"""How far back what was missed can be sent again."""
_PAGE = 100
_TOGETHER = 90
"""Deliveries that one transaction sends anew."""


def listeners(event: str) -> list[Webhook]:
    """Return the webhooks that are told of an event (1 storage request)."""
    return [each for each in subscriptions.every() if each.is_enabled and catalogue.is_wanted(each.events, event)]


def place(delivery: WebhookDelivery, due_at: datetime) -> None:
    """Say when a delivery is due; the sweep finds it in that minute's partitions."""
    delivery.due_at = due_at
    delivery.due_minute = clock.minute_bucket(due_at)
    digest = hashlib.sha256(f"{delivery.webhook_id}{delivery.delivery_id}".encode()).digest()
    delivery.shard = digest[0] % DUE_SHARDS


def made(webhook: Webhook, event_id: str, payload: dict[str, Any]) -> WebhookDelivery:
    """Build the delivery of an event to a webhook, due now."""
    delivery = WebhookDelivery(
        webhook_id=webhook.webhook_id,
        delivery_id=event_id,
        message_id=f"msg_{event_id}",
        event=payload["type"],
        body=json.dumps(payload, separators=(",", ":"), ensure_ascii=False),
        ttl=clock.now() + KEPT,
    )
    place(delivery, clock.now())
    return delivery


def add(unit: Unit, delivery: WebhookDelivery) -> None:
    """Store a delivery together with the order to send it."""
    unit.create(delivery, order(delivery))


def order(delivery: WebhookDelivery) -> DeliverWebhook:
    """Return the order for the next attempt of a delivery."""
    return DeliverWebhook(webhook_id=delivery.webhook_id, delivery_id=delivery.delivery_id, tries=int(delivery.tries))


def due(minute: datetime) -> Iterator[WebhookDelivery]:
    """Yield what waits for a minute (1 storage request for each shard)."""
    for shard in range(DUE_SHARDS):
        after = None
        while True:
            found = find(
                WebhookDelivery,
                index="gsi1",
                due_minute=clock.minute_bucket(minute),
                shard=shard,
                limit=_PAGE,
                after=after,
            )
            yield from found.items
            after = found.last_key
            if after is None:
                break


def history(webhook_id: str, *, limit: int, after: Any) -> Slice[WebhookDelivery]:
    """Return the deliveries of a webhook, the newest first (1 storage request)."""
    return find(WebhookDelivery, webhook_id=webhook_id, limit=limit, after=after, descending=True)


def again(webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    """Send a delivery anew, whatever became of it; raises NotFound, and Conflict while it waits already."""
    delivery = WebhookDelivery.require(webhook_id=webhook.webhook_id, delivery_id=delivery_id)
    if not webhook.is_enabled:
        raise rule_violation("WEBHOOK_DISABLED", "Enable the webhook first.")
    if delivery.state == "waiting":
        raise Conflict("It is waiting to be sent.")
    unit = Unit()
    _restart(delivery, unit)
    after = {"deliveryId": delivery_id}
    unit.create(audit("webhook.redeliver", str(webhook.webhook_id), before={}, after=after)).commit()
    return delivery


def _restart(delivery: WebhookDelivery, unit: Unit) -> None:
    delivery.state, delivery.tries = "waiting", 0
    delivery.ttl = clock.now() + KEPT
    place(delivery, clock.now())
    unit.replace(delivery, order(delivery))


def replay(webhook_id: str, since: datetime, after: str | None, unit: Unit) -> str | None:
    """Send a page anew of what was not taken since a moment, at most of the last three days.

    Returns what the next page begins behind, None at the end.
    """
    first = f"{after}\0" if after else ids.time_part(max(since, clock.now() - REPLAYED))
    page = find(WebhookDelivery, webhook_id=webhook_id, limit=_TOGETHER, from_sort=first, consistent=True)
    for delivery in page.items:
        if delivery.state in {"failed", "dropped"}:
            _restart(delivery, unit)
    return page.items[-1].delivery_id if page.last_key else None
