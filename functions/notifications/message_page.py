"""A plain page with the words of messages, for tenants whose client has no page for them.

Who holds the sealed link in a mail has the mail; it shows those messages and nothing else, as long as they are kept.
"""

import html
from collections.abc import Sequence
from dataclasses import replace

from lyceum.kit import context
from lyceum.kit.errors import BadRequest
from lyceum.kit.identity import sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import batch_fetch
from lyceum.messages import appearance
from lyceum.messages.catalogue import language_of, words
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User

PATH = "/api/notifications/message"
MOST_MESSAGES = 20
"""Of one link, so that it stays an address that every mail program opens."""
_PURPOSE = "message page"
_STYLE = (
    ":root{{color-scheme:light dark}}body{{font:16px/1.5 sans-serif;max-width:36em;margin:0 auto;padding:1em}}"
    "header{{background:{colour};color:{ink};padding:.6em 1em;border-radius:.5em;font-weight:600}}"
    "h1,h2{{font-size:1.3em;overflow-wrap:anywhere}}p{{overflow-wrap:anywhere}}"
)


def link(messages: Sequence[Notification]) -> str:
    """Return the address of the page of messages of one reader."""
    names = "~".join(str(message.notification_id) for message in messages[:MOST_MESSAGES])
    token = sealing.seal(_PURPOSE, context.tenant(), str(messages[0].user_id), names)
    return f"{settings().api_url}{PATH}?token={token}"


def page(token: str) -> str:
    """Return the page; raises BadRequest for a link that was not made here."""
    try:
        tenant, user_id, names = sealing.unseal(_PURPOSE, token, 3)
    except sealing.BrokenSeal:
        raise BadRequest("This link is not valid.") from None
    with context.working(replace(context.current(), tenant=tenant)):
        asked = [Notification.at(user_id=user_id, notification_id=name) for name in names.split("~")]
        user, *found = batch_fetch([User.at(user_id=user_id), *asked])
        language = language_of(user.language if isinstance(user, User) else None)
        messages = [each for each in found if isinstance(each, Notification)] if _is_here(user) else []
        return _write(language, messages)


def _is_here(user: object) -> bool:
    return isinstance(user, User) and user.status != "deleted"


def _write(language: str, messages: Sequence[Notification]) -> str:
    looks = appearance.current()
    title = messages[0].title if len(messages) == 1 else words(language, "page.title" if messages else "page.gone")
    told = "".join(
        f"<h2>{html.escape(each.title)}</h2><p>{html.escape(each.body)}</p>"
        if len(messages) > 1
        else f"<p>{html.escape(each.body)}</p>"
        for each in messages
    )
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    style = f"<style>{_STYLE.format(colour=looks.colour, ink=looks.ink)}</style>"
    return (
        f'<!doctype html><html lang="{language}"><head>{head}{style}</head><body>'
        f"<header>{html.escape(looks.name)}</header><h1>{html.escape(title)}</h1>{told}</body></html>"
    )
