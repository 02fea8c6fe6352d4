"""Sending what waits: each delivery is claimed, sent and recorded.

The claim is a conditional write with a lease, so two workers never send the same message at once, and one that dies
after its claim leaves a delivery that is claimed again when the queue shows the message the next time. One window is
left: when a worker dies, or the mail service's answer is lost, after the service took the message and before that is
recorded, the message is sent twice. The service has no way to ask, and a mail that comes twice is better than none.

Nothing here logs an address or a text: a refusal is told by its code alone.
"""

from datetime import datetime, timedelta

from lyceum import aws, clock, mail
from lyceum.errors import Unavailable
from lyceum.events import NotificationCreated
from lyceum.events.consumer import Consumer
from lyceum.model import Delivery, Notification, User
from lyceum.table import ConditionFailed, Unit, batch_fetch

from notifications.mail import compose

consumer = Consumer("notification-delivery")
handler = consumer.handler

_LEASE = timedelta(minutes=1)
"""Longer than the function may run (20 s), shorter than the queue hides a message that failed (120 s)."""
_FINAL = frozenset({"sent", "failed", "suppressed"})
_PERMANENT = frozenset({"MessageRejected", "BadRequestException"})
"""Refusals of this message or its address (SES API v2, SendEmail). All others are of the account or the moment."""


class MailNotSent(RuntimeError):
    """The mail service could not take a message now; the queue delivers the event again."""


@consumer.on(NotificationCreated)
def send_mail(event: NotificationCreated, unit: Unit) -> None:
    """Send a notification by e-mail, if one waits.

    Raises Unavailable while another worker holds the claim and MailNotSent for a failure that may pass.
    """
    delivery = Delivery.at(notification_id=event.notification_id, channel="email")
    claimed_until = _claim(delivery)
    if claimed_until is None:
        return
    names = [Notification.at(user_id=event.user_id, notification_id=event.notification_id), User.at(user_id=event.user_id)]
    message, user = batch_fetch(names, consistent=True)
    if not isinstance(message, Notification) or not isinstance(user, User) or user.status == "deleted" or user.email is None:
        unit.change(delivery, Delivery.state.set("suppressed"), Delivery.reason.set("the message or its reader is gone"))
        return
    try:
        provider_id = mail.send(user.email, compose(message, user), notification=event.notification_id)
    except Exception as error:
        code = aws.error_code(error) or type(error).__name__
        if code not in _PERMANENT:
            _release(delivery, claimed_until)
            raise MailNotSent(code) from None  # what caused it may name the address
        unit.change(delivery, Delivery.state.set("failed"), Delivery.reason.set(code))
    else:
        unit.change(delivery, Delivery.state.set("sent"), Delivery.provider_id.set(provider_id))


def _claim(delivery: Delivery) -> datetime | None:
    """Take a delivery that is free until the time returned; None when there is nothing to send any more."""
    now = clock.now()
    until = now + _LEASE
    free = (Delivery.state == "pending") | ((Delivery.state == "sending") & (Delivery.claimed_until < now))
    try:
        Unit().change(delivery, Delivery.state.set("sending"), Delivery.claimed_until.set(until), when=free).commit()
    except ConditionFailed as failure:
        if failure.item is None or failure.item["state"]["S"] in _FINAL:
            return None
        raise Unavailable("Another worker is sending this.") from None
    return until


def _release(delivery: Delivery, claimed_until: datetime) -> None:
    own = Delivery.claimed_until == claimed_until
    Unit().change(delivery, Delivery.state.set("pending"), Delivery.claimed_until.remove(), when=own).commit()
