"""One attempt: it is claimed, sent, and what came of it is kept with the webhook's own state in one transaction."""

import time
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from lyceum.events.webhooks import WebhookDisabled, WebhookFailing
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import OutgoingClient, client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.table import Unit, fetch_many
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.webhooks import Webhook, WebhookDelivery
from lyceum.rules import webhook_signatures
from lyceum.rules.webhooks.subscriptions import SEALED

from functions.webhooks import retries
from functions.webhooks.deliveries import place
from functions.webhooks.retries import Outcome

_LOST_AFTER = timedelta(minutes=15)
"""From the beginning of an attempt: when nothing came of it by then, its worker died, and it is tried again."""
_SOONEST = timedelta(seconds=5)
"""What is placed is found by the sweep, however late it is stored."""
_ANSWER_CHARACTERS = 500
_MOST_ATTEMPTS = 30
"""Of a delivery that are kept, however often it is sent anew."""
_WAIT_HEADER = "retry-after"


def attempt(webhook_id: str, delivery_id: str, tries: int) -> None:
    """Begin the attempt after `tries` others, unless it was begun, and keep what came of it."""
    webhook, delivery = fetch_many(
        Webhook.at(webhook_id=webhook_id),
        WebhookDelivery.at(webhook_id=webhook_id, delivery_id=delivery_id),
        consistent=True,
    )
    if delivery is None or delivery.state != "waiting" or int(delivery.tries) != tries:
        return
    if webhook is None or not webhook.is_enabled:
        drop(delivery)
        return
    if webhook.waits_until and webhook.waits_until > clock.now():
        place(delivery, max(webhook.waits_until, clock.now() + _SOONEST))
        Unit().replace(delivery).commit()
        return
    delivery.tries = tries + 1
    place(delivery, clock.now() + _LOST_AFTER)
    try:
        Unit().replace(delivery).commit()
    except Conflict:  # another worker has it
        return
    outcome = send(webhook, delivery, client())
    retry_on_conflict(lambda: _settle(webhook_id, delivery, outcome))


def drop(delivery: WebhookDelivery) -> None:
    """Leave a delivery undone, since its webhook is off."""
    delivery.state = "dropped"
    with suppress(Conflict):
        Unit().replace(delivery).commit()


def send(webhook: Webhook, delivery: WebhookDelivery, outgoing: OutgoingClient) -> Outcome:
    """Post a delivery to its address and return what came of it; raises nothing that the address can cause."""
    now = clock.now()
    keys = [webhook.secret]
    if webhook.former_secret and webhook.former_until and webhook.former_until > now:
        keys.append(webhook.former_secret)
    opened = [sealing.decrypt(SEALED, key) for key in keys]
    signed = webhook_signatures.headers(opened, delivery.message_id, now, delivery.body)
    started = time.perf_counter()
    try:
        reply = outgoing.call("POST", webhook.url, body=delivery.body.encode(), headers=signed)
    except OutgoingError as error:
        return Outcome(None, _since(started), error=str(error)[:200])
    asked = reply.headers.get(_WAIT_HEADER, "")
    wait = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    answer = reply.body.decode("utf-8", "replace")[:_ANSWER_CHARACTERS]
    return Outcome(reply.status, _since(started), answer=answer, wait_seconds=wait)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _settle(webhook_id: str, delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Keep what came of an attempt; raises Conflict when the webhook changed meanwhile."""
    webhook, fresh = fetch_many(
        Webhook.at(webhook_id=webhook_id),
        WebhookDelivery.at(webhook_id=webhook_id, delivery_id=delivery.delivery_id),
        consistent=True,
    )
    if fresh is None or int(fresh.tries) != int(delivery.tries):
        return
    shown = {"at": clock.iso(clock.now()), "milliseconds": outcome.milliseconds}
    parts = {"status": outcome.status, "answer": outcome.answer, "error": outcome.error}
    fresh.attempts = [
        *fresh.attempts[1 - _MOST_ATTEMPTS :],
        {**shown, **{name: part for name, part in parts.items() if part}},
    ]
    _move(fresh, outcome)
    unit = Unit()
    if webhook:
        events = _learn(webhook, outcome)
        unit.replace(webhook, *events)
    unit.replace(fresh).commit()


def _move(delivery: WebhookDelivery, outcome: Outcome) -> None:
    due = None if outcome.is_success else retries.next_try(int(delivery.tries), outcome, delivery.delivery_id)
    if outcome.is_success:
        delivery.state = "delivered"
    elif due is None or outcome.status == retries.GONE:
        delivery.state = "failed"
    else:
        place(delivery, due)


def _learn(webhook: Webhook, outcome: Outcome) -> list[Event]:
    """Change what a webhook knows of its address, and return what its maker is to be told."""
    now = clock.now()
    if outcome.is_success:
        webhook.failures, webhook.failing_since, webhook.waits_until = 0, None, None
        webhook.succeeded_at, webhook.told = now, []
        return []
    webhook.failures = int(webhook.failures) + 1
    webhook.failing_since = webhook.failing_since or now
    pause = retries.pause(int(webhook.failures))
    if outcome.slows:
        pause = max(pause or timedelta(), timedelta(seconds=min(outcome.wait_seconds or 60, 3600)))
    webhook.waits_until = now + pause if pause else None
    whose = {"webhook_id": webhook.webhook_id, "maker_id": webhook.maker_id, "host": urlsplit(webhook.url).netloc}
    if outcome.status == retries.GONE or retries.is_given_up(webhook.failing_since):
        reason = "gone" if outcome.status == retries.GONE else "failing"
        webhook.is_enabled, webhook.disabled_reason = False, reason
        return [WebhookDisabled.model_validate({**whose, "reason": reason})]
    since = retries.to_tell(webhook.failing_since, list(webhook.told))
    if since is None:
        return []
    webhook.told = [*webhook.told, since]
    return [WebhookFailing.model_validate({**whose, "since": since})]
