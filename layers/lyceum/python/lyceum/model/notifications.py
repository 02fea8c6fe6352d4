"""Notifications: each user's inbox, and what became of each message on each channel.

A notification's id begins with the time of its event, so an inbox read backwards is newest first.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Index, Keys, Moment


class Notification(Entity, discriminator="notification"):
    """A message in somebody's inbox; its id follows from its event and type, so it exists once."""

    keys = Keys("INBOX#{user_id}", "MESSAGE#{notification_id}", gsi1=Index("INBOX#{user_id}", "{type}#{notification_id}"))
    noun = "notification"

    user_id = UnicodeAttribute()
    notification_id = UnicodeAttribute()
    type = UnicodeAttribute()
    title = UnicodeAttribute()
    body = UnicodeAttribute()
    data: Any = JSONAttribute(default=dict)
    read_at = Moment(null=True)


class InboxCounter(Entity, discriminator="inbox_counter"):
    """How many messages of an inbox exist and how many are unread."""

    keys = Keys("INBOX#{user_id}", "COUNTER")
    noun = "inbox"

    user_id = UnicodeAttribute()
    total = NumberAttribute(default=0)
    unread = NumberAttribute(default=0)


class Delivery(Entity, discriminator="delivery"):
    """One message on one channel. States: pending, sending, sent, failed, suppressed.

    While it is sending, it belongs to the worker that claimed it until `claimed_until`. `provider_id` is the mail
    service's name for what was sent; `reason` says why nothing was.
    """

    keys = Keys("DELIVERY#{notification_id}", "{channel}")
    noun = "delivery"

    notification_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    claimed_until = Moment(null=True)
    provider_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
