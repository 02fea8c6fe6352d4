"""Whether a message still leaves, judged by what is true when it does and not by what was true when it was written.

Meanwhile it may have been read, or its channel switched off; its reader may be suspended or gone, its time over, or a
later message may tell the same. Quiet hours and digests that were chosen meanwhile hold or take it in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.users.account import User
from lyceum.rules.exams import release

from functions.notifications.channels.delivery_lease import DeliveryCancelled, DeliveryPostponed
from functions.notifications.inbox import campaign_verdict, routing
from functions.notifications.inbox.inbox_writer import Reader, gather, is_unread
from functions.notifications.kinds import EXAM_RESULT, KINDS, PLAN_EXPIRING, Channel, Kind
from functions.notifications.preferences import ReaderPreferences

_LATE = timedelta(minutes=1)
"""What leaves sooner after it was written than that is the latest there is."""


def read(user_id: str, notification_ids: Sequence[str]) -> tuple[Reader, list[Notification]]:
    """Read a reader and those of the messages that are there, in one request for each 97.

    Raises DeliveryCancelled when the reader is gone.
    """
    names = [
        User.at(user_id=user_id),
        NotificationPreferences.at(user_id=user_id),
        InboxCounter.at(user_id=user_id),
        *(Notification.at(user_id=user_id, notification_id=name) for name in notification_ids),
    ]
    user, preferences, inbox, *found = batch_fetch(names, consistent=True)
    if not isinstance(user, User) or user.status == "deleted":
        raise DeliveryCancelled("the reader is gone")
    counter = inbox if isinstance(inbox, InboxCounter) else InboxCounter(user_id=user_id)
    reader = Reader(user, ReaderPreferences.of(user, preferences), counter)
    return reader, [each for each in found if isinstance(each, Notification)]


def read_one(user_id: str, notification_id: str) -> tuple[Reader, Notification]:
    """Read a reader and one message; raises DeliveryCancelled when one of them is gone."""
    reader, messages = read(user_id, [notification_id])
    if not messages:
        raise DeliveryCancelled("the message is gone")
    return reader, messages[0]


def kind_of(message: Notification) -> Kind:
    """Return the kind of a message; one that is no more takes no channel."""
    return KINDS.get(message.type) or Kind(message.type)


def require_leaving(channel: Channel, message: Notification, reader: Reader, unit: Unit) -> None:
    """Let a message go, or raise DeliveryCancelled or DeliveryPostponed.

    A digest that takes it in is added to the unit. Costs 1 storage request if it is late, a result or of a plan's end.
    """
    now, kind = clock.now(), kind_of(message)
    reason = _told_already(message, kind, reader, now)
    if reason:
        raise DeliveryCancelled(reason)
    decision = routing.judge(channel, kind, reader.user, reader.preferences, now, message.ends_at)
    if decision.digest_bucket:
        gather(decision.digest_bucket, message, unit)
    if decision.reason:
        raise DeliveryCancelled(decision.reason)
    if _is_superseded(message, now):
        raise DeliveryCancelled("a later message tells of the same")
    if _is_withheld(message, now):
        raise DeliveryCancelled("the result may not be told now")
    if _is_renewed(message):
        raise DeliveryCancelled("the plan goes on")
    if decision.held_bucket:
        raise DeliveryPostponed(decision.held_bucket)
    _require_campaign(message, now)


def _is_withheld(message: Notification, now: datetime) -> bool:
    """Say whether a message tells a result that its exam withholds by now, as after its window moved on (EXAM L7)."""
    if message.type != EXAM_RESULT.type:
        return False
    session = ExamSession.fetch(exam_id=message.data["examId"])
    return session is not None and not release.is_result_shown(session, now)


def _is_renewed(message: Notification) -> bool:
    """Say whether a message warns of the end of a plan that goes on by now."""
    if message.type != PLAN_EXPIRING.type or message.ends_at is None:
        return False
    plan = Entitlement.fetch(user_id=message.user_id, product=f"{PLAN}{message.data['plan']}")
    return plan is not None and (bool(plan.is_renewed) or plan.ends_at is None or plan.ends_at > message.ends_at)


def _require_campaign(message: Notification, now: datetime) -> None:
    """Let a message go unless its campaign holds it back."""
    verdict = campaign_verdict.verdict(message)
    if verdict == "waits":
        raise DeliveryPostponed(routing.bucket_after(now + routing.QUARTER))
    if verdict != "leaves":
        raise DeliveryCancelled(f"of the campaign: {verdict}")


def for_digest(messages: Sequence[Notification], reader: Reader) -> list[Notification]:
    """Return what a digest still tells, the latest first: of several about the same thing the last one.

    Raises DeliveryCancelled when the reader has left digests or nothing is left, and DeliveryPostponed in quiet hours.
    """
    now, told = clock.now(), {}
    for message in sorted(messages, key=lambda each: str(each.notification_id), reverse=True):
        kind = kind_of(message)
        decision = routing.judge("email", kind, reader.user, reader.preferences, now, message.ends_at)
        is_wanted = decision.reason in {None, routing.IN_DIGEST} and not _told_already(message, kind, reader, now)
        subject = (message.type, message.about or message.notification_id)
        if is_wanted and subject not in told:
            told[subject] = message
    if reader.preferences.digest == "off" or not told:
        raise DeliveryCancelled("digests are off, or nothing is left to tell")
    until = routing.quiet_until(reader.preferences, now)
    if until is not None:
        raise DeliveryPostponed(routing.bucket_after(until))
    may_leave = {"leaves", "waits"}
    still = [
        message
        for message in told.values()
        if campaign_verdict.verdict(message) in may_leave
        and not _is_withheld(message, now)
        and not _is_renewed(message)
    ]
    if not still:
        raise DeliveryCancelled("nothing is left to tell")
    return still


def _told_already(message: Notification, kind: Kind, reader: Reader, now: datetime) -> str | None:
    """Say why there is nothing left to tell; who reads an inbox silences nothing in it that is mandatory."""
    if message.ends_at is not None and message.ends_at <= now:
        return "its time is over"
    if not kind.is_mandatory and not is_unread(message, reader.inbox):
        return "it was read already"
    return None


def _is_superseded(message: Notification, now: datetime) -> bool:
    if message.about is None or now - message.created_at < _LATE:
        return False
    first = f"{message.type}#{message.notification_id}"
    later = find(
        Notification,
        index="gsi1",
        user_id=message.user_id,
        type=message.type,
        from_sort=first,
        to_sort=f"{message.type}#~",
    )
    return any(each.about == message.about and each.notification_id > message.notification_id for each in later.items)
