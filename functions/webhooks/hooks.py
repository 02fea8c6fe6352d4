"""The webhooks of a tenant: who is told of what, and with which secret."""

from datetime import timedelta
from urllib.parse import urlsplit

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.webhooks import Webhook, WebhookDelivery
from lyceum.rules import audits, webhook_signatures
from lyceum.tasks.webhooks import ReplayWebhook

from functions.webhooks import catalogue, deliveries
from functions.webhooks.schemas import ChangeWebhook, NewWebhook
from functions.webhooks.sending import SEALED

BOTH_SIGN = timedelta(days=1)
"""For how long an old secret still signs beside the new one."""


def create(caller: Principal, wanted: NewWebhook) -> tuple[Webhook, str]:
    """Make a webhook and return it with its secret, which is shown this once; raises RuleViolation.

    The rules: WEBHOOK_ADDRESS_REFUSED, TOO_MANY_WEBHOOKS.
    """
    url = _checked(wanted.url)
    if len(deliveries.every()) >= deliveries.MOST:
        raise rule_violation("TOO_MANY_WEBHOOKS", f"There are {deliveries.MOST} webhooks at most.")
    secret = webhook_signatures.new_secret()
    webhook = Webhook(
        webhook_id=ids.new_id(),
        url=url,
        description=wanted.description,
        events=sorted(set(wanted.events)),
        maker_id=caller.user_id,
        secret=sealing.encrypt(SEALED, secret),
    )
    unit = Unit().create(webhook)
    audits.note(unit, caller.user_id, None, "webhook.created", webhook.webhook_id, after={"events": webhook.events})
    unit.commit()
    return webhook, secret


def change(
    caller: Principal, webhook_id: str, wanted: ChangeWebhook, version: int | None
) -> tuple[Webhook, str | None]:
    """Change a webhook and return it, with its new secret where it was given one; raises RuleViolation.

    A webhook that is switched on again, or gets another address, begins without the failures of before. What it missed
    is sent anew by a worker.
    """
    webhook = Webhook.require(webhook_id=webhook_id)
    before = {"events": list(webhook.events), "isEnabled": webhook.is_enabled}
    if wanted.url is not None:
        webhook.url = _checked(wanted.url)
    if wanted.events is not None:
        webhook.events = sorted(set(wanted.events))
    if wanted.description is not None:
        webhook.description = wanted.description or None
    if wanted.is_enabled is not None:
        webhook.is_enabled = wanted.is_enabled
        webhook.disabled_reason = None if wanted.is_enabled else "chosen"
    if wanted.is_enabled or wanted.url is not None:
        webhook.failures, webhook.failing_since, webhook.waits_until, webhook.told = 0, None, None, []
    secret = _rotate(webhook) if wanted.rotate_secret else None
    after = {"events": list(webhook.events), "isEnabled": webhook.is_enabled, "rotated": wanted.rotate_secret}
    missed = [ReplayWebhook(webhook_id=webhook_id, since=wanted.replay_since)] if wanted.replay_since else []
    unit = Unit().replace(webhook, *missed, expect=version)
    audits.note(unit, caller.user_id, None, "webhook.changed", webhook_id, before=before, after=after)
    unit.commit()
    return webhook, secret


def remove(caller: Principal, webhook_id: str) -> None:
    """Remove a webhook; what waits for it is dropped when it is due."""
    webhook = Webhook.require(webhook_id=webhook_id)
    unit = Unit().remove(webhook)
    audits.note(unit, caller.user_id, None, "webhook.removed", webhook_id)
    unit.commit()


def test(webhook_id: str) -> WebhookDelivery:
    """Send a test to a webhook, whatever events it is told of; raises RuleViolation WEBHOOK_DISABLED."""
    webhook = Webhook.require(webhook_id=webhook_id)
    if not webhook.is_enabled:
        raise rule_violation("WEBHOOK_DISABLED", "Enable the webhook first.")
    delivery = deliveries.made(webhook, ids.new_id(), catalogue.example())
    unit = Unit()
    deliveries.add(unit, delivery)
    unit.commit()
    return delivery


def _rotate(webhook: Webhook) -> str:
    secret = webhook_signatures.new_secret()
    webhook.former_secret, webhook.former_until = webhook.secret, clock.now() + BOTH_SIGN
    webhook.secret = sealing.encrypt(SEALED, secret)
    return secret


def _checked(url: str) -> str:
    try:
        read = client().read(url)
    except AddressRefused as refusal:
        raise rule_violation("WEBHOOK_ADDRESS_REFUSED", str(refusal), field="url") from refusal
    if read.authority == urlsplit(settings().api_url).netloc:
        raise rule_violation("WEBHOOK_ADDRESS_REFUSED", "The product does not call itself.", field="url")
    return str(read)
