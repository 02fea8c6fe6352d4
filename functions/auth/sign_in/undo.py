"""Undoing a change of credentials by the link that was sent to an address from before it.

The page that the link opens changes nothing, since mail scanners follow links; its button sends the POST.
"""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from lyceum.events.users import UserRenamed
from lyceum.kit import clock, context
from lyceum.kit.errors import BadRequest, Conflict, Gone
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import words
from lyceum.messages.pages import page
from lyceum.model.audit import audit
from lyceum.model.auth import Credential, TwoFactor, UndoOffer
from lyceum.model.users.account import User
from lyceum.rules import sign_in_names
from lyceum.rules.sessions import renew_rights

from functions.auth.credentials import undo_offers
from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets
from functions.auth.sign_in import sessions


def confirmation_page(token: str) -> str:
    """Return the page with the button.

    Raises BadRequest for a link that was not made here, Gone for one that is over.
    """
    with _opened(token) as (user, made, _):
        text = f"<p>{words(user.language, f'undo.{made.what}')}</p><p>{words(user.language, 'undo.explanation')}</p>"
        button = f"<button>{words(user.language, 'undo.button')}</button>"
        form = f'<form method="post" action="?token={html.escape(token)}">{button}</form>'
        return page(user.language, "undo.title", text + form)


def carry_out(token: str) -> str:
    """Put back what was before a change, end every session, and return a page that says so.

    Offers that went to other addresses end too: whoever made the change may have got them. Raises BadRequest for a link
    that was not made here, Gone for one that is over, Conflict when somebody else has the address by now.
    """
    with _opened(token) as (user, made, user_secrets):
        unit = Unit()
        unit.remove(made, when=UndoOffer.pk.exists(), refuse=_over())
        for other in user_secrets.offers:
            if other.target != made.target and other.undo_id != made.undo_id:
                unit.remove(other)
        events = _put_back(unit, user, made)
        for key in user_secrets.sessions:
            sessions.end(unit, user.user_id, key.session_id, "undone")
        unit.put(renew_rights(user, ends_sessions=True)).replace(user, *events)
        unit.create(audit(f"{made.what}.undo", user.user_id, before={}, after={})).commit()
        return page(user.language, "undo.done", f"<p>{words(user.language, 'undo.next')}</p>")


@contextmanager
def _opened(token: str) -> Iterator[tuple[User, UndoOffer, UserSecrets]]:
    try:
        tenant, user_id, undo_id = undo_offers.named_by(token)
    except sealing.BrokenSeal:
        raise BadRequest("This link is not valid.") from None
    with context.working(replace(context.current(), tenant=tenant, actor=user_id)):
        user_secrets = read_user_secrets(user_id)
        made = next((each for each in user_secrets.offers if each.undo_id == undo_id), None)
        user = User.fetch(user_id=user_id, consistent=True)
        if made is None or user is None or user.status == "deleted":
            raise _over()
        yield user, made, user_secrets


def _over() -> Gone:
    return Gone("This link is over, or was used already.")


def _put_back(unit: Unit, user: User, made: UndoOffer) -> list[UserRenamed]:
    before = made.before
    match made.what:
        case "email" | "phone" as what:
            taken = Conflict("Another account has this address or number by now.", code="ACCOUNT_EXISTS")
            sign_in_names.swap(unit, user.user_id, getattr(user, what), before["contact"], taken)
            verified = clock.parse(before["verifiedAt"]) if before["verifiedAt"] else None
            setattr(user, what, before["contact"])
            setattr(user, f"{what}_verified_at", verified)
            user.wanted_email = user.wanted_phone = user.phone_changed_at = None
            return [UserRenamed(user_id=user.user_id)]
        case "password":
            unit.put(Credential(user_id=user.user_id, password_hash=before["hash"], changed_at=clock.now()))
        case _ if before:
            factor = TwoFactor(
                user_id=user.user_id,
                method=before.get("method", "totp"),
                secret=before["secret"],
                is_confirmed=True,
                last_step=before["lastStep"],
            )
            factor.recovery_hashes = set(before["recoveryHashes"]) or None
            unit.put(factor)
        case _:
            unit.remove(TwoFactor.at(user_id=user.user_id))
    return []
