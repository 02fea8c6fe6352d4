"""Sessions: whether callers hold what their token says, proved lately to be the one, and what ends tokens early."""

from dataclasses import replace
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.configuration import admission
from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.identity import api_keys, revocations
from lyceum.kit.identity.permissions import HELD, Role, acting_role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.records import ApiKey, Revocation
from lyceum.kit.table import batch_fetch
from lyceum.model.auth import Session
from lyceum.model.users.account import User

RECENT = timedelta(minutes=5)
"""How long a proof opens what a stolen token must not."""


def recheck(caller: Principal, *, proven: bool = False) -> Principal:
    """Return the caller with the rights of this very moment (1 storage request).

    For acts on others and for what outlives the request: a token tells of rights as they were when it was signed.
    Raises Unauthenticated when session, key or account ended or the rights are others, and Forbidden when the role is
    not held any more or the tenant is suspended; with `proven` also Forbidden CONFIRMATION_REQUIRED, as
    `require_recent_proof` has it. A program proves nothing, so no key makes what outlives it.
    """
    admission.admit(caller.tenant, None, "")
    proof, user = _standing(caller)
    if proven:
        require_recent(proof)
    role = acting_role(Role(user.role), is_verified=user.is_verified)
    if caller.role not in HELD[role]:
        raise Forbidden("Your role does not allow this.")
    return replace(caller, role=role, tier=user.tier)


def _standing(caller: Principal) -> tuple[Session | ApiKey, User]:
    ended = Unauthenticated("Your session has ended. Sign in again.")
    shown = _key_of(caller) or Session.at(user_id=caller.user_id, session_id=caller.session_id)
    proof, user = batch_fetch([shown, User.at(user_id=caller.user_id)], consistent=True)
    if not isinstance(user, User) or user.status_at(clock.now()) != "active":
        raise ended
    if isinstance(proof, ApiKey) and api_keys.is_good(proof, clock.now()):
        return proof, user
    if isinstance(proof, Session) and int(user.permissions_version) == caller.version:
        return proof, user
    raise ended


def _key_of(caller: Principal) -> ApiKey | None:
    return ApiKey.at(key_id=caller.key.key_id) if caller.key else None


def renew_rights(user: User, *, ends_sessions: bool) -> Revocation:
    """Raise a user's permissions version, and return what ends all access tokens from before.

    Both are to be stored in one transaction. Sessions that do not end get a token with the new rights by refreshing.
    """
    before = int(user.permissions_version)
    user.permissions_version = before + 1
    user.refreshable_from = user.permissions_version if ends_sessions else user.refreshable_from or before
    return revocations.of_older_tokens(user.user_id, user.permissions_version)


def require_recent_proof(caller: Principal) -> None:
    """Demand that the caller proved to be the one in the last five minutes (1 storage request).

    For what must not follow from a stolen token: other credentials, another address, the end of the account. Raises
    Forbidden CONFIRMATION_REQUIRED, which `POST /api/auth/confirm` answers, and Unauthenticated when the session ended.
    """
    session = Session.fetch(user_id=caller.user_id, session_id=caller.session_id, consistent=True)
    if session is None:
        raise Unauthenticated("Your session has ended. Sign in again.")
    require_recent(session)


def require_recent(proof: Session | ApiKey) -> None:
    """Demand that a session that was read was proved in the last five minutes; raises as `require_recent_proof`."""
    proved_at = None if isinstance(proof, ApiKey) else proof.proved_at
    if proved_at is None or proved_at < clock.now() - RECENT:
        raise Forbidden("Confirm first that it is you.", code="CONFIRMATION_REQUIRED")
