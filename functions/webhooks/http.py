"""Webhooks over HTTP, for administrators."""

from typing import Annotated

from lyceum.kit.http import Api, Caller, IfMatch, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.model.webhooks import Webhook
from lyceum.rules.sessions import recheck
from lyceum.rules.webhooks import catalogue, subscriptions

from functions.webhooks import deliveries, hooks
from functions.webhooks.pulls import files
from functions.webhooks.pulls.schemas import AskPulls, PullList
from functions.webhooks.schemas import (
    ChangeWebhook,
    DeliveryView,
    HistoryQuery,
    NewWebhook,
    RemovedWebhook,
    WebhookList,
    WebhookView,
)

api = Api("webhooks", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_WEBHOOKS)


@api.post("/api/webhooks", access=_ADMIN.proven(), status=201, limit="60/hour")
def create_webhook(caller: Caller, body: NewWebhook) -> WebhookView:
    """Tell an address of events; the secret that signs its messages is shown this once."""
    webhook, secret = hooks.create(caller, body)
    return WebhookView.of(webhook, secret=secret)


@api.get("/api/webhooks", access=_ADMIN)
def list_webhooks() -> WebhookList:
    """List the tenant's webhooks, and the events that there are."""
    shown = [WebhookView.of(each) for each in subscriptions.every()]
    return WebhookList(webhooks=shown, known_events=sorted(catalogue.NAMES))


@api.patch("/api/webhooks/{webhookId}", access=_ADMIN.proven(), limit="120/hour")
def update_webhook(caller: Caller, webhook_id: str, body: ChangeWebhook, if_match: IfMatch) -> WebhookView:
    """Change a webhook, switch it off and on, give it a new secret, or send anew what it missed."""
    webhook, secret = hooks.change(caller, webhook_id, body, if_match)
    return WebhookView.of(webhook, secret=secret)


@api.delete("/api/webhooks/{webhookId}", access=_ADMIN)
def delete_webhook(caller: Caller, webhook_id: str) -> RemovedWebhook:
    """Remove a webhook; what waits for it is not sent any more."""
    hooks.remove(caller, webhook_id)
    return RemovedWebhook(webhook_id=webhook_id)


@api.get("/api/webhooks/{webhookId}/history", access=_ADMIN)
def list_deliveries(webhook_id: str, query: Annotated[HistoryQuery, Query()]) -> Page[DeliveryView]:
    """List what was sent to a webhook in the last thirty days with every attempt, the newest first."""
    found = deliveries.history(webhook_id, limit=query.limit, after=query.start_key())
    return query.page(found, DeliveryView.of)


@api.post("/api/webhooks/{webhookId}/redeliver/{deliveryId}", access=_ADMIN, status=202, limit="600/hour")
def send_again(webhook_id: str, delivery_id: str) -> DeliveryView:
    """Send a delivery anew, with the id that it had."""
    return DeliveryView.of(deliveries.again(Webhook.require(webhook_id=webhook_id), delivery_id))


@api.post("/api/webhooks/{webhookId}/test", access=_ADMIN, status=202, limit="60/hour")
def send_test(webhook_id: str) -> DeliveryView:
    """Send a test message to a webhook."""
    return DeliveryView.of(hooks.test(webhook_id))


@api.post("/api/webhooks/tableau", access=may(Permission.SEE_INSIGHTS), limit="60/hour")
def create_pulls(caller: Caller, body: AskPulls) -> PullList:
    """Write figures for Tableau or Power BI, and give links that fetch them for a while."""
    return files.make(caller, body)
