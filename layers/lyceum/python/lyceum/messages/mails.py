"""The one renderer of mails: subject, text and HTML in the reader's language, in the mail service's form.

Every mail has the tenant's name and colour, a preheader (shown beside the subject in lists), and one button at most.
Templates and words are loaded by the first mail that is written. Whatever people wrote is escaped in the HTML.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lyceum.kit.aws import mail
from lyceum.messages import appearance, formats
from lyceum.messages.catalogue import CodePurpose, Wording, language_of, words

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_PREHEADER_CHARACTERS = 140
_IN_FULL = 40
"""Messages of a digest that stand there with their bodies; of those behind them only titles do."""


class Fact(NamedTuple):
    """One line of what a mail is about: the key of its label in the words, and its value as it is read."""

    label_key: str
    value: str


class Attachment(NamedTuple):
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes


def sender() -> str:
    """Return the name that the current tenant's mails come from."""
    return appearance.current().name


def code_mail(
    language: str | None, purpose: CodePurpose, *, name: str | None, code: str, minutes: int
) -> dict[str, Any]:
    """Write the mail with a one-time code, which is good for so many minutes.

    Without a name nothing in it is written by a user: for addresses that nobody has proven.
    """
    body = words(language, f"code.{purpose}.body", {"code": code})
    warning = words(language, "code.warning", {"minutes": minutes})
    return _render(
        "code", language, words(language, f"code.{purpose}.subject"), body, name=name, code=code, warning=warning
    )


def invitation_mail(language: str | None, *, role: str, token: str, ends_at: datetime) -> dict[str, Any]:
    """Write the mail that invites to a role until a moment (UTC), with the token to register with."""
    looks = appearance.current()
    values = {
        "how": words(language, "invitation.how"),
        "token": token,
        "end": words(language, "invitation.end", {"day": formats.moment(ends_at, "UTC", language)}),
        "url": looks.link("invitation", {"token": token}),
        "action": words(language, "action.invitation"),
    }
    body = words(language, "invitation.role", {"role": role.replace("_", " "), "school": looks.name})
    return _render(
        "invitation", language, words(language, "invitation.subject", {"school": looks.name}), body, **values
    )


def guardian_mail(language: str | None, *, token: str, ends_at: datetime) -> dict[str, Any]:
    """Write the mail that invites to be a child's guardian; nothing in it is written by a user."""
    looks = appearance.current()
    values = {
        "how": words(language, "guardian.how"),
        "token": token,
        "end": words(language, "invitation.end", {"day": formats.moment(ends_at, "UTC", language)}),
        "url": looks.link("guardian", {"token": token}),
        "action": words(language, "action.guardian"),
    }
    body = words(language, "guardian.body", {"school": looks.name})
    return _render("invitation", language, words(language, "guardian.subject", {"school": looks.name}), body, **values)


def undo_mail(language: str | None, what: str, *, name: str, link: str, ends_at: datetime) -> dict[str, Any]:
    """Write the mail that tells of a change of credentials, with the link that undoes it until a moment (UTC)."""
    values = {
        "how": words(language, "undo.how"),
        "end": words(language, "undo.end", {"day": formats.moment(ends_at, "UTC", language)}),
        "action": words(language, "undo.button"),
    }
    body = words(language, f"undo.{what}")
    return _render("undo", language, words(language, "undo.subject"), body, name=name, url=link, **values)


def notification_mail(
    language: str | None,
    kind: str,
    wording: Wording,
    *,
    name: str,
    facts: Sequence[Fact],
    url: str,
    leave_url: str | None,
    attachments: Sequence[Attachment] = (),
) -> dict[str, Any]:
    """Write a notification: what it is about, the button that opens it, and the link to leave by if there is one."""
    action = words(language, f"action.{kind}")
    known = [(words(language, fact.label_key), fact.value) for fact in facts if fact.value]
    values = {"name": name, "facts": known, "url": url, "action": action}
    written = _render("message", language, wording.title, wording.body, leave_url, **values)
    if attachments:
        written["Attachments"] = [_attached(each) for each in attachments]
    return written


def digest_mail(
    language: str | None, wordings: Sequence[Wording], *, name: str, url: str, leave_url: str
) -> dict[str, Any]:
    """Write several notifications as one mail: the first of them in full, of the others the titles."""
    first = wordings[0]
    subject = (
        words(language, "digest.subject_one", {"title": first.title})
        if len(wordings) == 1
        else words(language, "digest.subject", {"count": len(wordings)})
    )
    values = {"messages": wordings[:_IN_FULL], "others": wordings[_IN_FULL:], "name": name, "url": url}
    preheader = " · ".join(wording.title for wording in wordings[:5])
    return _render("digest", language, subject, preheader, leave_url, action=words(language, "action.digest"), **values)


def _render(
    template: str, language: str | None, subject: str, body: str, leave_url: str | None = None, **values: Any
) -> dict[str, Any]:
    """Fill in both templates; a mail with a link to leave by has the headers for it too (RFC 8058)."""
    subject = " ".join(subject.split())
    known = {
        **values,
        "body": body,
        "looks": appearance.current(),
        "language": language_of(language),
        "subject": subject,
        "preheader": " ".join(body.split())[:_PREHEADER_CHARACTERS],
        "unsubscribe_url": leave_url,
        "say": lambda key, **filled: words(language, key, filled),
    }
    text, page = (_templates().get_template(f"{template}.{form}.j2").render(known).strip() for form in ("txt", "html"))
    message = mail.form(subject, text, page)
    if leave_url is None:
        return message
    headers = {"List-Unsubscribe": f"<{leave_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {**message, "Headers": [{"Name": name, "Value": value} for name, value in headers.items()]}


def _attached(file: Attachment) -> dict[str, Any]:
    return {
        "FileName": file.name,
        "ContentType": file.content_type,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
        "RawContent": file.content,
    }


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
