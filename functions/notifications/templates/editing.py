"""Editing a template: previewed, tried, then saved; each version is kept, and the product's own words are never far."""

import hashlib
import hmac
from typing import Any

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch
from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import notification_mail
from lyceum.model.notifications.templates import NotificationTemplate, TemplateVersion
from lyceum.model.users.account import User
from lyceum.rules import audits
from lyceum.tasks.notifications import TryMail

from functions.notifications import unsubscribe
from functions.notifications.kinds import KINDS
from functions.notifications.templates import listing, placeholders
from functions.notifications.templates.listing import TemplateName
from functions.notifications.templates.schemas import EditTemplate, TemplatePreview, TemplateView

_PURPOSE = "template preview"


def edit(caller: Principal, template_id: str, wanted: EditTemplate, expect: int | None) -> TemplateView:
    """Preview, try, save, restore or reset a template (1 or 2 storage requests, and a transaction for what is saved).

    Raises NotFound for a template or version that there is not, ValidationFailed for a placeholder that there is not,
    RuleViolation TEMPLATE_NOT_PREVIEWED, and PreconditionFailed when `expect` is not the stored version.
    """
    name = listing.named(template_id)
    if wanted.action == "preview":
        return _previewed(caller, name, Wording(wanted.title or "", wanted.body or ""))
    if wanted.action in {"try", "save"}:
        told = Wording(wanted.title or "", wanted.body or "")
        placeholders.require_valid(told, placeholders.of_kind(name.kind))
        _require_previewed(caller, name, told, wanted.preview_token or "")
        return _try(caller, name, told) if wanted.action == "try" else _save(caller, name, told, wanted, expect)
    if wanted.action == "restore":
        place = _place(wanted.number or 0)
        earlier = TemplateVersion.require(template_id=name.template_id, place=place)
        words_then = Wording(str(earlier.title), str(earlier.body)) if earlier.is_own else None
        return _save(caller, name, words_then, wanted, expect)
    return _save(caller, name, None, wanted, expect)


def _previewed(caller: Principal, name: TemplateName, told: Wording) -> TemplateView:
    placeholders.require_valid(told, placeholders.of_kind(name.kind))
    shown = listing.view(name, _stored(name))
    shown.preview = preview(name, told)
    shown.preview_token = _token(caller, name, told)
    return shown


def _try(caller: Principal, name: TemplateName, told: Wording) -> TemplateView:
    """Send a mail's words to the caller; raises RuleViolation NOT_A_MAIL and EMAIL_NOT_VERIFIED."""
    if name.channel != "email":
        raise rule_violation("NOT_A_MAIL", "Only the words of a mail can be sent for trial.", field="action")
    user = User.require(user_id=caller.user_id)
    if not user.email_verified_at:
        raise rule_violation("EMAIL_NOT_VERIFIED", "Verify your own address first.", field="action")
    order = TryMail(user_id=caller.user_id, template_id=name.template_id, title=told.title, body=told.body)
    unit = Unit().create(OutboxItem.of(order), order)
    audits.note(unit, caller.user_id, None, "template.tried", name.template_id)
    unit.commit()
    return listing.view(name, _stored(name))


def preview(name: TemplateName, told: Wording) -> TemplatePreview:
    """Show words as a reader would get them, with the name of each placeholder in place of its value."""
    if name.channel != "email":
        filled = _filled(name, told)
        return TemplatePreview(title=filled.title, body=filled.body)
    body = (mail := trial_mail(name, told))["Body"]
    return TemplatePreview(
        title=mail["Subject"]["Data"],
        body=_filled(name, told).body,
        text=body["Text"]["Data"],
        html=body["Html"]["Data"],
    )


def trial_mail(name: TemplateName, told: Wording) -> dict[str, Any]:
    """Return the mail that words make, as the mail service takes it."""
    leave_url = None if KINDS[name.kind].is_mandatory else f"{settings().api_url}{unsubscribe.PATH}"
    return notification_mail(
        name.language,
        name.kind,
        _filled(name, told),
        name="[firstName]",
        facts=[],
        url=settings().issuer,
        leave_url=leave_url,
    )


def _filled(name: TemplateName, told: Wording) -> Wording:
    return placeholders.fill(told, {each: f"[{each}]" for each in placeholders.of_kind(name.kind)})


def _save(
    caller: Principal, name: TemplateName, told: Wording | None, wanted: EditTemplate, expect: int | None
) -> TemplateView:
    """Store words, or that there are none of the tenant's own, as the next version."""
    own = _stored(name)
    template = own.get(name.template_id) or NotificationTemplate(template_id=name.template_id)
    before = {"number": int(template.number), "isOwn": bool(template.is_own)}
    template.number, template.is_own = int(template.number) + 1, told is not None
    template.title, template.body = told or ("", "")
    version = TemplateVersion(
        template_id=name.template_id,
        place=_place(template.number),
        title=template.title,
        body=template.body,
        is_own=template.is_own,
    )
    after = {"number": int(template.number), "isOwn": bool(template.is_own), "action": wanted.action}
    unit = Unit().save(template, expect=expect).create(version)
    audits.note(unit, caller.user_id, None, "template.changed", name.template_id, before=before, after=after)
    unit.commit()
    return listing.view(name, {**own, name.template_id: template})


def _stored(name: TemplateName) -> dict[str, NotificationTemplate]:
    """Read a template and the one of the inbox in one request."""
    ids = {name.template_id, name._replace(channel="inbox").template_id}
    found = batch_fetch([NotificationTemplate.at(template_id=each) for each in sorted(ids)], consistent=True)
    return {str(each.template_id): each for each in found if isinstance(each, NotificationTemplate)}


def _place(number: int) -> str:
    return f"{number:06d}"


def _token(caller: Principal, name: TemplateName, told: Wording) -> str:
    content = hashlib.sha256("\0".join((name.template_id, *told)).encode()).hexdigest()
    return sealing.mark(_PURPOSE, caller.tenant, caller.user_id, content)


def _require_previewed(caller: Principal, name: TemplateName, told: Wording, token: str) -> None:
    if not hmac.compare_digest(token.encode(), _token(caller, name, told).encode()):
        raise rule_violation(
            "TEMPLATE_NOT_PREVIEWED", "Preview these words before you save them.", field="previewToken"
        )
