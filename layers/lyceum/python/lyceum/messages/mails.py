"""The one renderer of mails: subject, text and HTML in the reader's language, in the mail service's form.

Templates and words are loaded by the first mail that is written. Whatever people wrote is escaped in the HTML.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lyceum.kit.aws import mail
from lyceum.messages.catalogue import CodePurpose, Wording, language_of, words

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def code_mail(
    language: str | None, purpose: CodePurpose, *, name: str | None, code: str, minutes: int
) -> dict[str, Any]:
    """Write the mail with a one-time code, which is good for so many minutes.

    Without a name nothing in it is written by a user: for addresses that nobody has proven.
    """
    body = words(language, f"code.{purpose}.body", {"code": code})
    warning = words(language, "code.warning", {"minutes": minutes})
    greeting = [words(language, "mail.greeting", {"name": name})] if name else []
    return _render("lines", language, words(language, f"code.{purpose}.subject"), lines=[*greeting, body, warning])


def invitation_mail(language: str | None, *, role: str, token: str, ends_at: datetime) -> dict[str, Any]:
    """Write the mail that invites to a role until a moment (UTC), with the token to register with."""
    body = words(language, "invitation.role", {"role": role.replace("_", " ")})
    end = words(language, "invitation.end", {"day": f"{ends_at:%Y-%m-%d %H:%M}"})
    lines = [body, words(language, "invitation.how"), token, end]
    return _render("lines", language, words(language, "invitation.subject"), lines=lines)


def undo_mail(language: str | None, what: str, *, name: str, link: str, ends_at: datetime) -> dict[str, Any]:
    """Write the mail that tells of a change of credentials, with the link that undoes it until a moment (UTC)."""
    end = words(language, "undo.end", {"day": f"{ends_at:%Y-%m-%d %H:%M}"})
    lines = [words(language, "mail.greeting", {"name": name}), words(language, f"undo.{what}")]
    lines += [words(language, "undo.how"), link, end]
    return _render("lines", language, words(language, "undo.subject"), lines=lines)


def notification_mail(
    language: str | None, wording: Wording, *, name: str, references: Sequence[str], leave_url: str | None
) -> dict[str, Any]:
    """Write a notification with the ids that support may ask for; without a link one can not leave by it."""
    values = {"body": wording.body, "name": name, "references": references}
    return _render("message", language, wording.title, leave_url, **values)


def digest_mail(language: str | None, wordings: Sequence[Wording], *, name: str, leave_url: str) -> dict[str, Any]:
    """Write several notifications as one mail."""
    subject = words(language, "digest.subject", {"count": len(wordings)})
    return _render("digest", language, subject, leave_url, messages=wordings, name=name)


def _render(
    template: str, language: str | None, subject: str, leave_url: str | None = None, **values: Any
) -> dict[str, Any]:
    """Fill in both templates; a mail with a link to leave by has the headers for it too (RFC 8058)."""
    known = {**values, "language": language_of(language), "subject": subject, "unsubscribe_url": leave_url}
    known["say"] = lambda key, **filled: words(language, key, filled)
    text, page = (_templates().get_template(f"{template}.{form}.j2").render(known).strip() for form in ("txt", "html"))
    message = mail.form(subject, text, page)
    if leave_url is None:
        return message
    headers = {"List-Unsubscribe": f"<{leave_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {**message, "Headers": [{"Name": name, "Value": value} for name, value in headers.items()]}


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
