"""The webhooks of a tenant: who is told of what, and with which secret."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.webhooks import Webhook, WebhookDelivery
from lyceum.rules import audits, webhook_signatures
from lyceum.rules.webhooks import catalogue, subscriptions
from lyceum.rules.webhooks.subscriptions import SEALED
from lyceum.tasks.webhooks import ReplayWebhook

from functions.webhooks import deliveries
from functions.webhooks.schemas import ChangeWebhook, NewWebhook

BOTH_SIGN = timedelta(days=1)
"""For how long an old secret still signs beside the new one."""


def create(caller: Principal, wanted: NewWebhook) -> tuple[Webhook, str]:
    """Make a webhook and return it with its secret, which is shown this once; raises RuleViolation.

    The rules: WEBHOOK_ADDRESS_REFUSED, TOO_MANY_WEBHOOKS.
    """
    url = subscriptions.checked(wanted.url)
    subscriptions.require_room()
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
    if wanted.url is not None or wanted.events is not None or wanted.rotate_secret:
        _require_own(webhook)
    before = {"events": list(webhook.events), "isEnabled": webhook.is_enabled}
    if wanted.url is not None:
        webhook.url = subscriptions.checked(wanted.url)
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
    """Remove a webhook; what waits for it is dropped when it is due. Raises RuleViolation WEBHOOK_OF_APP."""
    webhook = Webhook.require(webhook_id=webhook_id)
    _require_own(webhook)
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
    unit.create(audit("webhook.test", webhook_id, before={}, after={})).commit()
    return delivery


def _require_own(webhook: Webhook) -> None:
    if webhook.app_id is not None:
        raise rule_violation("WEBHOOK_OF_APP", "This webhook belongs to an app, and goes when the app is uninstalled.")


def _rotate(webhook: Webhook) -> str:
    secret = webhook_signatures.new_secret()
    webhook.former_secret, webhook.former_until = webhook.secret, clock.now() + BOTH_SIGN
    webhook.secret = sealing.encrypt(SEALED, secret)
    return secret
