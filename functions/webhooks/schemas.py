"""What callers of the webhook endpoints send and get."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http.pages import Listing
from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.model.webhooks import Webhook, WebhookDelivery
from lyceum.rules.webhooks.catalogue import EventName

State = Literal["waiting", "delivered", "failed", "dropped"]
Url = Annotated[str, StringConstraints(min_length=10, max_length=2048, strip_whitespace=True)]
Description = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


Events = Annotated[list[EventName], Field(min_length=1, max_length=60)]


class NewWebhook(Request):
    """An address and the events that it is told of; `*` stands for all of them."""

    url: Url
    events: Events
    description: Description | None = None


class ChangeWebhook(Request):
    """What is to be other about a webhook.

    - `isEnabled`: switches it off, or on again.
    - `rotateSecret`: gives it a new secret; the old one signs beside it for a day.
    - `replaySince`: sends anew what was not taken since then, of the last three days at most.
    """

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    is_enabled: bool | None = None
    rotate_secret: bool = False
    replay_since: Timestamp | None = None


class WebhookView(Schema):
    """A webhook.

    - `appId`: the installed app that it belongs to, and goes with.
    - `secret`: what its messages are signed with; only in the answer that makes or rotates it.
    - `disabledReason`: `chosen` by somebody, `gone` since the address said so, or `failing` for five days.
    - `failures`: failed attempts in a row.
    - `waitsUntil`: nothing is sent before then.
    """

    webhook_id: str
    app_id: str | None = None
    url: str
    description: str | None = None
    events: list[str]
    is_enabled: bool
    disabled_reason: Literal["chosen", "gone", "failing"] | None = None
    failures: int
    failing_since: Timestamp | None = None
    waits_until: Timestamp | None = None
    succeeded_at: Timestamp | None = None
    secret: str | None = None
    created_at: Timestamp
    version: int

    @classmethod
    def of(cls, webhook: Webhook, *, secret: str | None = None) -> "WebhookView":
        """Show a webhook as it is stored, without its sealed secrets."""
        names = set(cls.model_fields) - {"secret", "events"}
        shown = {name: getattr(webhook, name) for name in names}
        return cls.model_validate({**shown, "events": list(webhook.events), "secret": secret})


class WebhookList(Schema):
    """Every webhook of the tenant, and the events that there are."""

    webhooks: list[WebhookView]
    known_events: list[str]


class Attempt(Schema):
    """One attempt: the status of the answer, or what went wrong before there was one."""

    at: Timestamp
    milliseconds: int
    status: int | None = None
    answer: str | None = None
    error: str | None = None


class DeliveryView(Schema):
    """A delivery: what was sent, and what came of each attempt.

    `dueAt` is when it is tried next, while it waits.
    """

    delivery_id: str
    webhook_id: str
    message_id: str
    event: str
    state: State
    body: str
    attempts: list[Attempt]
    due_at: Timestamp | None = None
    created_at: Timestamp

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> "DeliveryView":
        """Show a delivery as it is stored."""
        names = set(cls.model_fields) - {"attempts", "due_at"}
        shown: dict[str, Any] = {name: getattr(delivery, name) for name in names}
        due = delivery.due_at if delivery.state == "waiting" else None
        return cls.model_validate({**shown, "attempts": list(delivery.attempts), "due_at": due})


class HistoryQuery(Listing):
    """Which page of a webhook's deliveries."""


class RemovedWebhook(Schema):
    """The webhook that was removed."""

    webhook_id: str
