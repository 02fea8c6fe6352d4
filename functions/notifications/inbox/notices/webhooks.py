"""What becomes of webhooks: they fail, or are switched off."""

from lyceum.events.webhooks import WebhookDisabled, WebhookFailing
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import Phrase

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify


def tell_of_failing_webhook(event: WebhookFailing, unit: Unit) -> None:
    """Tell its maker that a webhook has not got through for an hour, or a day."""
    since = Phrase(f"webhook.since.{event.since}")
    notify(
        kinds.WEBHOOK_FAILING,
        event,
        event.maker_id,
        {"webhookId": event.webhook_id},
        unit,
        where=event.host,
        what=since,
    )


def tell_of_disabled_webhook(event: WebhookDisabled, unit: Unit) -> None:
    """Tell its maker that a webhook was switched off, and why."""
    reason = Phrase(f"webhook.reason.{event.reason}")
    about = {"webhookId": event.webhook_id}
    notify(kinds.WEBHOOK_DISABLED, event, event.maker_id, about, unit, where=event.host, reason=reason)
