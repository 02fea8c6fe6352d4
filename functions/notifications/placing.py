"""Putting notifications into inboxes: the message, the counter and a delivery for each channel, all or nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from pynamodb.expressions.condition import Condition

from lyceum.events.notifications import NotificationCreated
from lyceum.kit import clock, ids
from lyceum.kit.event import Event
from lyceum.kit.jobs import tenants
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendMail, SendPush, SendText

from functions.notifications.kind import Channel, Kind
from functions.notifications.routing import Way, ways
from functions.notifications.wishes import Wishes

RETENTION = timedelta(days=90)
"""Messages are kept so long; the clean-up removes them on the day after."""
SHELVES = 8
"""A day's messages are found on so many shelves, so that a notice for everybody does not crowd one partition."""
_GRACE = timedelta(days=7)
_REQUESTS: dict[Channel, type[SendMail] | type[SendText] | type[SendPush]] = {
    "email": SendMail,
    "sms": SendText,
    "push": SendPush,
}


@dataclass(frozen=True)
class Reader:
    """Somebody who is to be told: the account, the wishes and the inbox as it stands."""

    user: User
    wishes: Wishes
    inbox: InboxCounter


def notify(kind: Kind, event: Event, user_id: str, data: Mapping[str, str], unit: Unit, **shown: str) -> None:
    """Put one message into one inbox and, for each other channel, a delivery; a user who is gone gets none.

    `data` goes to clients and into the words; `shown` goes into the words alone.
    """
    for reader in readers([user_id]):
        place(reader, kind, event, data, unit, **shown)


def readers(user_ids: Sequence[str]) -> list[Reader]:
    """Read those of the users who can be told, in one request for each 33."""
    names = [
        name
        for user_id in user_ids
        for name in (
            User.at(user_id=user_id),
            NotificationPreferences.at(user_id=user_id),
            InboxCounter.at(user_id=user_id),
        )
    ]
    found = iter(batch_fetch(names, consistent=True))
    told = []
    for user, preferences, inbox in zip(found, found, found, strict=True):
        if isinstance(user, User) and user.status != "deleted":
            wishes = Wishes.of(user, preferences if isinstance(preferences, NotificationPreferences) else None)
            told.append(
                Reader(user, wishes, inbox if isinstance(inbox, InboxCounter) else InboxCounter(user_id=user.user_id))
            )
    return told


def place(reader: Reader, kind: Kind, event: Event, data: Mapping[str, str], unit: Unit, **shown: str) -> None:
    """Add to a unit what one notification to one reader writes: message, counter, and a delivery or digest for each channel.

    The transaction fails when the reader marks all messages read at this very moment; the event then comes again.
    """
    user_id, now = reader.user.user_id, clock.now()
    words = kind.say(reader.wishes.language, {**data, **shown})
    name = notification_id(event, kind.type, user_id)
    message = Notification(
        user_id=user_id,
        notification_id=name,
        type=kind.type,
        title=words.title,
        body=words.body,
        data=dict(data),
        generation=reader.inbox.generation,
        expiry_bucket=expiry_bucket(now + RETENTION, user_id),
        ttl=int((now + RETENTION + _GRACE).timestamp()),
    )
    unit.create(message, NotificationCreated(notification_id=name, user_id=user_id))
    counts = [InboxCounter.total.add(1), InboxCounter.unread.add(1), InboxCounter.user_id.set(user_id)]
    unit.change(InboxCounter.at(user_id=user_id), *counts, when=same_generation(reader.inbox), or_create=True)
    for way in ways(kind, reader.user, reader.wishes, now):
        _send(way, message, unit)
    tenants.enter()


def _send(way: Way, message: Notification, unit: Unit) -> None:
    """Add the delivery of one channel, which carries the request to send it unless it waits or is not to be sent."""
    delivery = Delivery(
        notification_id=message.notification_id,
        channel=way.channel,
        user_id=message.user_id,
        state="suppressed" if way.reason else "pending",
        reason=way.reason,
        held_bucket=way.held_bucket,
        ttl=message.ttl,
    )
    is_due = way.reason is None and way.held_bucket is None
    unit.create(delivery, *([request(delivery)] if is_due else []))
    if way.digest_bucket:
        _gather(way.digest_bucket, message, unit)


def request(delivery: Delivery) -> Event:
    """Return the event that asks the worker of a delivery's channel to send it."""
    return _REQUESTS[cast(Channel, delivery.channel)](
        notification_id=delivery.notification_id, user_id=delivery.user_id
    )


def _gather(bucket: str, message: Notification, unit: Unit) -> None:
    digest = Digest(user_id=message.user_id, bucket=bucket, held_bucket=bucket)
    digest.fill_keys()
    actions = [
        getattr(Digest, name).set(getattr(digest, name))
        for name in ("user_id", "bucket", "held_bucket", "gsi1pk", "gsi1sk")
    ]
    actions += [
        Digest.state.set("pending"),
        Digest.ttl.set(message.ttl),
        Digest.notification_ids.add({message.notification_id}),
    ]
    unit.change(digest, *actions, when=Digest.pk.does_not_exist() | (Digest.state == "pending"), or_create=True)


def same_generation(inbox: InboxCounter) -> Condition:
    """Return the condition that nobody has marked all messages of an inbox read since it was read."""
    unchanged: Condition = InboxCounter.generation == inbox.generation
    return unchanged if inbox.generation else InboxCounter.generation.does_not_exist() | unchanged


def expiry_bucket(moment: datetime, user_id: str) -> str:
    """Name the day, and the shelf of it, on which a user's message that ends at a moment is found."""
    return f"{moment:%Y-%m-%d}.{hashlib.sha256(user_id.encode()).digest()[0] % SHELVES}"


def notification_id(event: Event, kind: str, user_id: str) -> str:
    """Name a notification by its event, type and reader: it sorts by the event's time, and exists once."""
    return ids.derived_id(event.at, event.event_id, kind, user_id)
