"""Offers to undo a change of credentials: whoever takes over a session can not take over the account in silence.

The link goes to the proven address or number from before the change, and is good for 72 hours. Its token is sealed, so
none is stored.
"""

from datetime import timedelta
from typing import Any, Literal

from lyceum.kit import clock, context, ids
from lyceum.kit.identity import sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.auth import TwoFactor, UndoOffer
from lyceum.model.users.account import User
from lyceum.tasks.auth import SendUndoLink

from functions.auth.credentials import one_time_codes

Change = Literal["email", "phone", "password", "second_factor"]
GOOD_FOR = timedelta(hours=72)
PATH = "/api/auth/undo"
_PURPOSE = "undo"


def offer(unit: Unit, user: User, what: Change, before: dict[str, Any]) -> None:
    """Let a unit that changes credentials offer to undo it; `user` is as before the change.

    Who has proven neither an address nor a number is told in the inbox alone.
    """
    channel = one_time_codes.channel_of(user)
    if channel is None:
        return
    target = one_time_codes.proven(user)[channel]
    expires = clock.now() + GOOD_FOR
    undo_id = ids.new_id()
    made = UndoOffer(user_id=user.user_id, undo_id=undo_id, what=what, before=before, target=target, expires_at=expires)
    made.ttl = int(expires.timestamp())
    unit.create(made, SendUndoLink(user_id=user.user_id, undo_id=undo_id))


def contact_of(user: User, what: Literal["email", "phone"]) -> dict[str, Any]:
    """Write a user's address or number as an offer keeps it."""
    verified = getattr(user, f"{what}_verified_at")
    return {"contact": getattr(user, what), "verifiedAt": clock.iso(verified) if verified else None}


def factor_of(factor: TwoFactor) -> dict[str, Any]:
    """Write a second factor as an offer keeps it; its secret is encrypted as it is where it stands."""
    return {
        "method": factor.method,
        "secret": factor.secret,
        "lastStep": int(factor.last_step),
        "recoveryHashes": sorted(factor.recovery_hashes or ()),
    }


def link(made: UndoOffer) -> str:
    """Return the address that undoes a change."""
    token = sealing.seal(_PURPOSE, context.tenant(), made.user_id, made.undo_id)
    return f"{settings().api_url}{PATH}?token={token}"


def named_by(token: str) -> tuple[str, str, str]:
    """Return the tenant, user and offer that a link names; raises BrokenSeal for one that was not made here."""
    tenant, user_id, undo_id = sealing.unseal(_PURPOSE, token, 3)
    return tenant, user_id, undo_id
