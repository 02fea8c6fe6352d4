"""Sends notifications as text messages."""

import re

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.notifications.deliveries import Delivery
from lyceum.rules import texts
from lyceum.tasks.notifications import SendText

from functions.notifications.channels.delivery_lease import DeliveryCancelled, carry_out
from functions.notifications.inbox import departure

consumer = Consumer("notifications-text")
handler = consumer.handler

_PERMANENT = frozenset({"InvalidParameter", "InvalidParameterValue", "OptedOut"})
"""Refusals of this number (SNS, Publish); a number that has opted out by itself stays so."""
_E164 = re.compile(r"\+[1-9]\d{6,14}")
"""A country code and a subscriber's number, 15 digits at most (ITU-T E.164, 6.1)."""


@consumer.on(SendText)
def send_text(event: SendText, _unit: Unit) -> None:
    """Send a notification's title and body to its reader's proven number, if it waits for that."""

    def send(unit: Unit) -> str:
        reader, message = departure.read_one(event.user_id, event.notification_id)
        departure.require_leaving("sms", message, reader, unit)
        if not _E164.fullmatch(reader.user.phone or ""):
            raise DeliveryCancelled("the number is not one of E.164")
        try:
            return texts.send(event.user_id, reader.user.phone, _plain(": ".join(message.words_on("sms"))))
        except texts.TextRefused as reason:
            raise DeliveryCancelled(str(reason)) from None

    carry_out(Delivery.at(notification_id=event.notification_id, channel="sms"), event, send, permanent=_PERMANENT)


def _plain(text: str) -> str:
    """Write the narrow and unbreakable spaces of numbers and times as plain ones, which cost a text no places."""
    return text.replace("\u202f", " ").replace("\xa0", " ")
