"""Webhooks: addresses of a tenant's own systems, and what was sent to each."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

DUE_SHARDS = 8
"""Among so many partitions of a minute what is due then is spread."""


class Webhook(Entity, discriminator="webhook"):
    """An address that is told of some events. Administrators read it; who made it is mailed when it fails.

    - `app_id`: the installed app that it belongs to.
    - `secret`: sealed.
    - `former_secret`: the one before, which signs too until `former_until`.
    - `failures`: failed attempts in a row.
    - `failing_since`: when the first of them was.
    - `waits_until`: nothing is sent before then, since nobody answered several times.
    - `told`: what its maker was told of this failing: `hour`, `day`.
    - `disabled_reason`: chosen, gone or failing.
    """

    keys = Keys("WEBHOOKS#all", "{webhook_id}")
    noun = "webhook"

    webhook_id = UnicodeAttribute()
    url = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    events: ListAttribute[str] = ListAttribute()
    maker_id = UnicodeAttribute()
    app_id = UnicodeAttribute(null=True)
    secret = UnicodeAttribute()
    former_secret = UnicodeAttribute(null=True)
    former_until = Moment(null=True)
    is_enabled = BooleanAttribute(default=True)
    disabled_reason = UnicodeAttribute(null=True)
    failures = NumberAttribute(default=0)
    failing_since = Moment(null=True)
    waits_until = Moment(null=True)
    told: ListAttribute[str] = ListAttribute(default=list)
    succeeded_at = Moment(null=True)


class WebhookDelivery(Entity, discriminator="webhook_delivery"):
    """An event for one webhook, with every attempt to send it. It is kept for thirty days.

    - `message_id`: the same however often the event is sent to this address.
    - `body`: what is sent, without its signature.
    - `state`: waiting, delivered, failed or dropped.
    - `tries`: attempts that were begun.
    - `attempts`: of each when it was, the status or what went wrong, milliseconds, and the beginning of the answer.
    - `due_minute`, `shard`: where the sweep finds it while it waits.
    """

    keys = Keys(
        "WEBHOOKDELIVERY#{webhook_id}",
        "{delivery_id}",
        gsi1=Index("WEBHOOKDUE#{due_minute}#{shard}", "{webhook_id}#{delivery_id}", when={"state": "waiting"}),
    )
    noun = "delivery"

    webhook_id = UnicodeAttribute()
    delivery_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    event = UnicodeAttribute()
    body = UnicodeAttribute()
    state = UnicodeAttribute(default="waiting")
    tries = NumberAttribute(default=0)
    attempts: Any = JSONAttribute(default=list)
    due_at = Moment()
    due_minute = UnicodeAttribute()
    shard = NumberAttribute(default=0)
