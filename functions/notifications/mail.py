"""E-mails: the words of a notification."""

from typing import Any

from lyceum import mail
from lyceum.model import Notification, User

_FRAMES = {"en": ("Hello {name},", "Reference: {value}"), "fr": ("Bonjour {name},", "Référence : {value}")}


def compose(message: Notification, user: User) -> dict[str, Any]:
    """Put a notification into the mail service's form."""
    language = user.language if user.language in _FRAMES else "en"
    greeting, reference = _FRAMES[language]
    named = [reference.format(value=value) for name, value in message.data.items() if name.endswith("Id")]
    return mail.compose(message.title, [greeting.format(name=user.first_name), message.body, *named], language)
