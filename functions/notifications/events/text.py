"""Sends notifications as text messages."""

import re

from lyceum.kit.aws import sms
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.notifications.deliveries import Delivery
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendText

from functions.notifications.channels.delivery_lease import DeliveryCancelled, carry_out

consumer = Consumer("notifications-text")
handler = consumer.handler

_PERMANENT = frozenset({"InvalidParameter", "InvalidParameterValue", "OptedOut"})
"""Refusals of this number (SNS, Publish); a number that has opted out by itself stays so."""
_E164 = re.compile(r"\+[1-9]\d{6,14}")
"""A country code and a subscriber's number, 15 digits at most (ITU-T E.164, 6.1)."""


@consumer.on(SendText)
def send_text(event: SendText, unit: Unit) -> None:
    """Send a notification's title and body to its reader's proven number, if it waits for that."""

    def send() -> str:
        names = [
            User.at(user_id=event.user_id),
            Notification.at(user_id=event.user_id, notification_id=event.notification_id),
        ]
        user, message = batch_fetch(names, consistent=True)
        if (
            not isinstance(message, Notification)
            or not isinstance(user, User)
            or user.status == "deleted"
            or not user.phone_verified_at
        ):
            raise DeliveryCancelled("the message, its reader or the number is gone")
        if not _E164.fullmatch(user.phone or ""):
            raise DeliveryCancelled("the number is not one of E.164")
        return sms.send(user.phone, f"{message.title}: {message.body}")

    carry_out(Delivery.at(notification_id=event.notification_id, channel="sms"), unit, send, permanent=_PERMANENT)
