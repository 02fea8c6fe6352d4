"""Sends notifications and digests by e-mail, no faster than the mail service takes them."""

from collections.abc import Callable
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.aws import clients, mail
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import sender
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendDigest, SendMail, TryMail

from functions.notifications.channels import mails, pace, suppression
from functions.notifications.channels.delivery_lease import DeliveryPostponed, carry_out
from functions.notifications.inbox import departure, routing
from functions.notifications.templates import editing, listing

consumer = Consumer("notifications-mail")
handler = consumer.handler

_PERMANENT = frozenset({"MessageRejected", "BadRequestException"})
"""Refusals of this message or its address (SES API v2, SendEmail). All others are of the account or the moment."""
_MOMENT = timedelta(seconds=1)
_TOO_FAST = frozenset({"TooManyRequestsException", "LimitExceededException", "ThrottlingException"})
"""Refusals for want of quota, in a second or a day: no failure, and a message that meets one waits for its turn."""


@consumer.on(SendMail)
def send_mail(event: SendMail, _unit: Unit) -> None:
    """Send a notification by e-mail, if it waits for that and still is to leave."""

    def send(unit: Unit) -> str:
        reader, message = departure.read_one(event.user_id, event.notification_id)
        departure.require_leaving("email", message, reader, unit)
        is_mandatory = departure.kind_of(message).is_mandatory
        suppression.require_open(reader.user.email, is_mandatory=is_mandatory)
        return _in_turn(lambda: mails.send_message(message, reader.user, is_mandatory=is_mandatory))

    carry_out(Delivery.at(notification_id=event.notification_id, channel="email"), event, send, permanent=_PERMANENT)


@consumer.on(SendDigest)
def send_digest(event: SendDigest, _unit: Unit) -> None:
    """Send a digest: every message that it gathered and that is still to be told."""
    digest = Digest.at(user_id=event.user_id, bucket=event.bucket)

    def send(_unit: Unit) -> str:
        reader, gathered = departure.read(event.user_id, sorted(digest.notification_ids or ()))
        messages = departure.for_digest(gathered, reader)
        suppression.require_open(reader.user.email, is_mandatory=False)
        return _in_turn(lambda: mails.send_digest(messages, reader.user))

    carry_out(digest, event, send, permanent=_PERMANENT)


@consumer.on(TryMail, outside=True)
def send_trial(task: TryMail, _unit: Unit) -> None:
    """Send a mail's words to whoever is writing them, if the account and its address still hold."""
    user = User.fetch(user_id=task.user_id)
    if user is None or user.status != "active" or not user.email_verified_at:
        return
    rendered = editing.trial_mail(listing.named(task.template_id), Wording(task.title, task.body))
    _in_turn(lambda: mail.send(user.email, rendered, sender=sender(), notification="trial"))


def _in_turn(send: Callable[[], str]) -> str:
    """Send when it is this worker's turn; what the service has no quota for waits until the next quarter of an hour.

    A failed receive would bring it back at once, and three of them would lose it.
    """
    pace.take_turn()
    try:
        return send()
    except Exception as error:
        if clients.error_code(error) not in _TOO_FAST:
            raise
    raise DeliveryPostponed(routing.bucket_after(clock.now() + _MOMENT))
