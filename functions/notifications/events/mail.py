"""Sends notifications and digests by e-mail."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.model.notifications.inbox import Notification, NotificationPreferences
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendDigest, SendMail

from functions.notifications.channels import mails, suppression
from functions.notifications.channels.delivery_lease import DeliveryCancelled, carry_out
from functions.notifications.kinds import KINDS
from functions.notifications.preferences import ReaderPreferences

consumer = Consumer("notifications-mail")
handler = consumer.handler

_PERMANENT = frozenset({"MessageRejected", "BadRequestException"})
"""Refusals of this message or its address (SES API v2, SendEmail). All others are of the account or the moment."""
_MOST_IN_DIGEST = 50


@consumer.on(SendMail)
def send_mail(event: SendMail, unit: Unit) -> None:
    """Send a notification by e-mail, if it waits for that."""

    def send() -> str:
        message = Notification.at(user_id=event.user_id, notification_id=event.notification_id)
        user, _, (found,) = _read(event.user_id, [message])
        if found is None:
            raise DeliveryCancelled("the message is gone")
        is_mandatory = found.type in KINDS and KINDS[found.type].is_mandatory
        suppression.require_open(user.email, is_mandatory=is_mandatory)
        return mails.send_message(found, user, is_mandatory=is_mandatory)

    carry_out(Delivery.at(notification_id=event.notification_id, channel="email"), unit, send, permanent=_PERMANENT)


@consumer.on(SendDigest)
def send_digest(event: SendDigest, unit: Unit) -> None:
    """Send a digest: the latest messages of those that it gathered and that are still there."""
    digest = Digest.at(user_id=event.user_id, bucket=event.bucket)

    def send() -> str:
        gathered = sorted(digest.notification_ids or (), reverse=True)[:_MOST_IN_DIGEST]
        names = [Notification.at(user_id=event.user_id, notification_id=name) for name in gathered]
        user, preferences, found = _read(event.user_id, names)
        messages = [message for message in found if message is not None]
        if preferences.digest == "off" or not messages:
            raise DeliveryCancelled("digests are off, or nothing is left to tell")
        suppression.require_open(user.email, is_mandatory=False)
        return mails.send_digest(messages, user)

    carry_out(digest, unit, send, permanent=_PERMANENT)


def _read(user_id: str, messages: list[Notification]) -> tuple[User, ReaderPreferences, list[Notification | None]]:
    """Read reader and messages in one request; raises DeliveryCancelled when the reader or the address is gone."""
    names = [User.at(user_id=user_id), NotificationPreferences.at(user_id=user_id), *messages]
    user, preferences, *found = batch_fetch(names, consistent=True)
    if not isinstance(user, User) or user.status == "deleted" or user.email is None:
        raise DeliveryCancelled("the reader or the address is gone")
    still_there = [each if isinstance(each, Notification) else None for each in found]
    return user, ReaderPreferences.of(user, preferences), still_there
