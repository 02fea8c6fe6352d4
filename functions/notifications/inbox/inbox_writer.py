"""Writes notifications into inboxes: the message, the counter and a delivery for each channel, all or nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock, ids
from lyceum.kit.event import Message, Task
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values import time_zones
from lyceum.messages import catalogue, formats
from lyceum.messages.catalogue import Phrase, words
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.model.notifications.inbox import InboxCounter, Mention, Notification, NotificationPreferences
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendMail, SendPush, SendText

from functions.notifications.inbox.routing import ChannelDecision, decide
from functions.notifications.kinds import Channel, Kind
from functions.notifications.preferences import ReaderPreferences
from functions.notifications.templates import current, placeholders

RETENTION = timedelta(days=90)
"""Messages are kept so long; the clean-up removes them on the day after."""
EXPIRY_SHARDS = 8
"""A day's messages are found in so many partitions, so that a notice for everybody does not crowd one of them."""
_GRACE = timedelta(days=7)
_UNNAMED = ("exam", "topic", "course", "where", "file")
"""Values of words that may not be known; what stands for them then is `unknown.<name>`."""
Shown = formats.Value | Phrase | None
_TASKS: dict[Channel, type[SendMail] | type[SendText] | type[SendPush]] = {
    "email": SendMail,
    "sms": SendText,
    "push": SendPush,
}


@frozen
class Reader:
    """Somebody who is to be told: the account, the preferences and the inbox as it stands."""

    user: User
    preferences: ReaderPreferences
    inbox: InboxCounter


def notify(
    kind: Kind,
    event: Message,
    user_id: str,
    data: Mapping[str, str],
    unit: Unit,
    *,
    about: str | None = None,
    ends: datetime | date | None = None,
    of_id: str | None = None,
    **shown: Shown,
) -> None:
    """Put one message into one inbox and, for each other channel, a delivery; a user who is gone gets none.

    - `data`: goes to clients and into the words; its `timeZone` is read by who has chosen none.
    - `about`: what it tells of; a later one of its kind about the same takes its place.
    - `ends`: when it tells nothing any more; a date is the end of that day by the reader's clock.
    - `of_id`: somebody else whose name or words it carries, with whom it goes.
    - `shown`: goes into the words alone, as the reader writes numbers and times; what is None is left out.
    """
    told = readers([user_id])
    for reader in told:
        write(reader, kind, event, data, unit, about=about, ends=ends, **shown)
    mention(of_id, kind, event, told, unit)


def mention(person_id: str | None, kind: Kind, event: Message, told: Sequence[Reader], unit: Unit) -> None:
    """Add to a unit that what others are told of an event carries somebody's name or words, and goes with them."""
    others = [reader.user.user_id for reader in told if reader.user.user_id != person_id]
    if person_id is None or not others:
        return
    named = [[user_id, notification_id(event, kind.type, user_id)] for user_id in others]
    ends = int((clock.now() + RETENTION + _GRACE).timestamp())
    unit.put(Mention(person_id=person_id, mention_id=named[0][1], messages=named, ttl=ends))


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
            counter = inbox if isinstance(inbox, InboxCounter) else InboxCounter(user_id=user.user_id)
            told.append(Reader(user, ReaderPreferences.of(user, preferences), counter))
    return told


def write(
    reader: Reader,
    kind: Kind,
    event: Message,
    data: Mapping[str, str],
    unit: Unit,
    *,
    about: str | None = None,
    ends: datetime | date | None = None,
    **shown: Shown,
) -> list[ChannelDecision]:
    """Add to a unit one notification to one reader: message, counter, and a delivery or digest for each channel.

    Returns what was decided of each channel.

    The transaction fails when the reader marks all messages read at this very moment; the event then comes again.
    """
    user_id, now = reader.user.user_id, clock.now()
    language, values = reader.preferences.language, _values(reader, data, shown)
    wording = current.filled(kind.type, "inbox", language, values) or catalogue.notification(
        kind.type, language, values
    )
    ends_at = _end(ends, reader)
    decisions = decide(kind, reader.user, reader.preferences, now, ends_at)
    name = notification_id(event, kind.type, user_id)
    message = Notification(
        user_id=user_id,
        notification_id=name,
        type=kind.type,
        title=wording.title,
        body=wording.body,
        data=dict(data),
        generation=reader.inbox.generation,
        about=about,
        channel_words=_channel_words(kind, decisions, language, values),
        ends_at=ends_at,
        expiry_bucket=expiry_bucket(now + RETENTION, user_id),
        ttl=int((now + RETENTION + _GRACE).timestamp()),
    )
    unit.create(message)
    counts = [InboxCounter.total.add(1), InboxCounter.unread.add(1), InboxCounter.user_id.set(user_id)]
    unit.change(InboxCounter.at(user_id=user_id), *counts, when=same_generation(reader.inbox), or_create=True)
    for decision in decisions:
        _deliver(decision, message, unit)
    return decisions


def _channel_words(
    kind: Kind, decisions: Sequence[ChannelDecision], language: str, values: Mapping[str, str]
) -> dict[str, list[str]] | None:
    """Return the words of those channels for which the tenant has its own; None when it has none."""
    found = {each.channel: current.filled(kind.type, each.channel, language, values) for each in decisions}
    return {channel: list(words) for channel, words in found.items() if words} or None


def _values(reader: Reader, data: Mapping[str, str], shown: Mapping[str, Shown]) -> dict[str, str]:
    """Return everything that words may ask for, as the reader reads it."""
    language, zone = reader.preferences.language, reader.preferences.zone.key
    if "timeZone" in data:
        zone = time_zones.zone(reader.user.zone_for(data["timeZone"])).key
    values = {name: words(language, f"unknown.{name}") for name in _UNNAMED}
    values.update(placeholders.of_reader(reader.user.first_name))
    values.update(data)
    for name, value in shown.items():
        if isinstance(value, Phrase):
            values[name] = words(language, value.key)
        elif value is not None:
            values[name] = formats.written(value, zone, language)
    return values


def _end(ends: datetime | date | None, reader: Reader) -> datetime | None:
    if ends is None or isinstance(ends, datetime):
        return ends
    return time_zones.at_time(str(ends + timedelta(days=1)), "00:00", reader.preferences.zone.key)


def _deliver(decision: ChannelDecision, message: Notification, unit: Unit) -> None:
    """Add the delivery of one channel, which carries the task to send it unless it waits or is not to be sent."""
    delivery = Delivery(
        notification_id=message.notification_id,
        channel=decision.channel,
        user_id=message.user_id,
        state="suppressed" if decision.reason else "pending",
        reason=decision.reason,
        held_bucket=decision.held_bucket,
        ttl=message.ttl,
    )
    is_due = decision.reason is None and decision.held_bucket is None
    unit.create(delivery, *([sending_task(delivery)] if is_due else []))
    if decision.digest_bucket:
        gather(decision.digest_bucket, message, unit)


def sending_task(delivery: Delivery) -> Task:
    """Return the task to send a delivery, for the worker of its channel."""
    return _TASKS[cast(Channel, delivery.channel)](notification_id=delivery.notification_id, user_id=delivery.user_id)


def gather(bucket: str, message: Notification, unit: Unit) -> None:
    """Add to a unit that a reader's digest takes a message in."""
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


def is_unread(message: Notification, inbox: InboxCounter) -> bool:
    """Say whether a message waits to be read."""
    return message.read_at is None and bool(message.generation >= inbox.generation)


def same_generation(inbox: InboxCounter) -> Condition:
    """Return the condition that nobody has marked all messages of an inbox read since it was read."""
    unchanged: Condition = InboxCounter.generation == inbox.generation
    return unchanged if inbox.generation else InboxCounter.generation.does_not_exist() | unchanged


def expiry_bucket(moment: datetime, user_id: str) -> str:
    """Name the day on which a user's message ends, and the one of its partitions that the message is found in."""
    return f"{moment:%Y-%m-%d}.{hashlib.sha256(user_id.encode()).digest()[0] % EXPIRY_SHARDS}"


def notification_id(event: Message, kind: str, user_id: str) -> str:
    """Name a notification by its event, type and reader: it sorts by the event's time, and exists once."""
    return ids.derived_id(event.at, event.event_id, kind, user_id)
