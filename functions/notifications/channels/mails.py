"""Mails of notifications and digests, each with the link by which one leaves unless it is mandatory."""

from collections.abc import Sequence

from lyceum.kit.aws import mail
from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import digest_mail, notification_mail
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User

from functions.notifications import unsubscribe


def send_message(message: Notification, user: User, *, is_mandatory: bool) -> str:
    """Send a notification and return the service's id for it; one that is mandatory has no link to leave by."""
    rendered = notification_mail(
        user.language,
        _wording(message),
        name=user.first_name,
        references=[value for name, value in message.data.items() if name.endswith("Id")],
        leave_url=None if is_mandatory else unsubscribe.link(user, message.type),
    )
    return mail.send(user.email, rendered, notification=message.notification_id)


def send_digest(messages: Sequence[Notification], user: User) -> str:
    """Send several notifications as one mail and return the service's id for it."""
    leave_url = unsubscribe.link(user, unsubscribe.DIGEST)
    wordings = [_wording(message) for message in messages]
    rendered = digest_mail(user.language, wordings, name=user.first_name, leave_url=leave_url)
    return mail.send(user.email, rendered, notification="digest")


def _wording(message: Notification) -> Wording:
    return Wording(message.title, message.body)
