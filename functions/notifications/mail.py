"""E-mails: notifications and digests as text and HTML, each with the link and headers by which one leaves (RFC 8058)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lyceum.kit.aws import mail
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User

from functions.notifications import unsubscribing
from functions.notifications.kind import Language
from functions.notifications.wishes import Wishes

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_LABELS: dict[Language, dict[str, str]] = {
    "en": {
        "greeting": "Hello {name},",
        "reference": "Reference: {value}",
        "digest": "This is what happened since your last digest.",
        "digest_subject": "Your digest: {count} messages",
        "unsubscribe": "Do not send me mails like this",
    },
    "fr": {
        "greeting": "Bonjour {name},",
        "reference": "Référence : {value}",
        "digest": "Voici ce qui s'est passé depuis votre dernier résumé.",
        "digest_subject": "Votre résumé : {count} messages",
        "unsubscribe": "Ne plus m'envoyer de tels e-mails",
    },
}


def send_message(message: Notification, user: User, wishes: Wishes, *, is_mandatory: bool) -> str:
    """Send a notification and return the service's id for it; one that is mandatory has no link to leave by."""
    leave = None if is_mandatory else unsubscribing.link(user, message.type)
    references = [
        _labels(wishes, user, value=value)["reference"] for name, value in message.data.items() if name.endswith("Id")
    ]
    parts = _render("message", wishes, user, leave, subject=message.title, body=message.body, references=references)
    return mail.send(user.email, _headed(parts, leave), notification=message.notification_id)


def send_digest(messages: Sequence[Notification], user: User, wishes: Wishes) -> str:
    """Send several notifications as one mail and return the service's id for it."""
    leave = unsubscribing.link(user, unsubscribing.DIGEST)
    subject = _labels(wishes, user, count=str(len(messages)))["digest_subject"]
    parts = _render("digest", wishes, user, leave, subject=subject, messages=messages)
    return mail.send(user.email, _headed(parts, leave), notification="digest")


def _labels(wishes: Wishes, user: User, **values: str) -> dict[str, str]:
    known = {"name": user.first_name, "value": "", "count": "", **values}
    return {name: text.format_map(known) for name, text in _LABELS[wishes.language].items()}


def _render(template: str, wishes: Wishes, user: User, leave: str | None, **values: Any) -> dict[str, Any]:
    known = {**values, "language": wishes.language, "labels": _labels(wishes, user), "unsubscribe_url": leave}
    text, page = (_templates().get_template(f"{template}.{form}.j2").render(known).strip() for form in ("txt", "html"))
    return mail.form(values["subject"], text, page)


def _headed(message: dict[str, Any], leave: str | None) -> dict[str, Any]:
    if leave is None:
        return message
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {**message, "Headers": [{"Name": name, "Value": value} for name, value in headers.items()]}


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    loader = FileSystemLoader(_TEMPLATES)
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
