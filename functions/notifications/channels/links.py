"""Where the button of a message leads: to the right page of the tenant's client, or else to a plain page of ours."""

from collections.abc import Sequence

from lyceum.messages import appearance
from lyceum.model.notifications.inbox import Notification

from functions.notifications import message_page

_DIGEST = "digest"


def of_message(message: Notification) -> str:
    """Return the address of what a message is about."""
    return appearance.current().link(message.type, message.data) or message_page.link([message])


def of_digest(messages: Sequence[Notification]) -> str:
    """Return the address of what a digest tells of."""
    return appearance.current().link(_DIGEST, {}) or message_page.link(messages)
