"""Mails that came back and mails that were called spam: their addresses take none any more."""

from lyceum.events.aws import MailBounced, MailComplained
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.notifications.channels.suppression import suppress

consumer = Consumer("notifications-bounces")
handler = consumer.handler


@consumer.on(MailBounced)
def follow_bounce(event: MailBounced, unit: Unit) -> None:
    """Suppress addresses that do not exist; a full mailbox is no reason."""
    if event.is_final:
        for address in dict.fromkeys(event.addresses):
            suppress(unit, address, "bounce")


@consumer.on(MailComplained)
def follow_complaint(event: MailComplained, unit: Unit) -> None:
    """Suppress addresses whose owners complained."""
    if event.is_final:
        for address in dict.fromkeys(event.addresses):
            suppress(unit, address, "complaint")
