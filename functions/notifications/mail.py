"""E-mails: the words of a notification as text and as HTML."""

import html
from typing import Any

from lyceum.model import Notification, User

_FRAMES = {"en": ("Hello {name},", "Reference: {value}"), "fr": ("Bonjour {name},", "Référence : {value}")}


def compose(message: Notification, user: User) -> dict[str, Any]:
    """Put a notification into the mail service's form; every line is escaped in the HTML part."""
    language = user.language if user.language in _FRAMES else "en"
    greeting, reference = _FRAMES[language]
    named = [reference.format(value=value) for name, value in message.data.items() if name.endswith("Id")]
    lines = [greeting.format(name=user.first_name), message.body, *named]
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    page = f'<!doctype html><html lang="{language}"><body>{paragraphs}</body></html>'
    return {
        "Subject": {"Data": message.title, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": "\n\n".join(lines), "Charset": "UTF-8"}, "Html": {"Data": page, "Charset": "UTF-8"}},
    }
