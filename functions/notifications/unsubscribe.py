"""Leaving by a link, without signing in (RFC 8058): for one address and one type of notification, and for nothing else.

The link's token names tenant, user, type and a mark of the address, sealed with the deployment's secret. The page that
it opens changes nothing, since mail scanners follow links; its button, or the reader's mail program, sends the POST.
"""

import html
from dataclasses import replace

from lyceum.kit import context
from lyceum.kit.errors import BadRequest
from lyceum.kit.identity import sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import language_of, words
from lyceum.messages.pages import page
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User

from functions.notifications.kinds import EVERYTHING_OPTIONAL

DIGEST = "digest"
"""The type by which digests are left, and with them every mail that is optional."""
PATH = "/api/notifications/unsubscribe"
_PURPOSE = "unsubscribe"


def link(user: User, kind: str) -> str:
    """Return the address by which a user leaves one type of mail."""
    return f"{settings().api_url}{PATH}?token={token(user, kind)}"


def token(user: User, kind: str) -> str:
    """Seal whom a link is for and what it leaves; types are written with `~` for the dot that separates the parts."""
    return sealing.seal(_PURPOSE, context.tenant(), user.user_id, kind.replace(".", "~"), _mark(user.email or ""))


def confirmation_page(given: str) -> str:
    """Return the page with the button; raises BadRequest for a link that was not made here."""
    tenant, user_id, _, _ = _open(given)
    language = _language(_reader(tenant, user_id))
    button = f"<button>{words(language, 'unsubscribe.button')}</button>"
    form = f'<form method="post" action="?token={html.escape(given)}">{button}</form>'
    return page(language, "unsubscribe.title", f"<p>{words(language, 'unsubscribe.explanation')}</p>{form}")


def leave(given: str) -> str:
    """Take a type of mail from an address and return a page that says so.

    A link to an address that its user has left changes nothing any more. Raises BadRequest for a link that was not made
    here.
    """
    tenant, user_id, kind, mark = _open(given)
    user = _reader(tenant, user_id)
    if user and mark == _mark(user.email or ""):
        with context.working(replace(context.current(), tenant=tenant)):
            name = NotificationPreferences.at(user_id=user_id)
            choice = (
                [
                    NotificationPreferences.digest.set("off"),
                    NotificationPreferences.opted_out.add({f"{EVERYTHING_OPTIONAL}/email"}),
                ]
                if kind == DIGEST
                else [NotificationPreferences.opted_out.add({f"{kind}/email"})]
            )
            Unit().change(name, *choice, NotificationPreferences.user_id.set(user_id), or_create=True).commit()
    return page(_language(user), "unsubscribe.done", "")


def _open(given: str) -> tuple[str, str, str, str]:
    try:
        tenant, user_id, kind, mark = sealing.unseal(_PURPOSE, given, 4)
    except sealing.BrokenSeal:
        raise BadRequest("This link is not valid.") from None
    return tenant, user_id, kind.replace("~", "."), mark


def _reader(tenant: str, user_id: str) -> User | None:
    with context.working(replace(context.current(), tenant=tenant)):
        return User.fetch(user_id=user_id)


def _mark(address: str) -> str:
    return sealing.mark("unsubscribe address", address)


def _language(user: User | None) -> str:
    return language_of(user.language if user else None)
