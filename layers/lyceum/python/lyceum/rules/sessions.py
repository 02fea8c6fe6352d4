"""Sessions: who holds a token, and whether its user proved lately to be the one."""

from datetime import timedelta

from lyceum.kit import clock, context
from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.identity.permissions import acting_role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.tokens import read
from lyceum.kit.table import batch_fetch
from lyceum.model.auth import Session
from lyceum.model.users.account import User

RECENT = timedelta(minutes=5)
"""How long a proof opens what a stolen token must not."""


def verify(token: str) -> Principal:
    """Prove who holds a token: it is ours and in time, and its session and user still stand (1 storage request)."""
    claims = read(token)
    with context.working(context.RequestContext(claims.org, claims.sub, usage=context.current().usage)):
        session, user = batch_fetch(
            [Session.at(user_id=claims.sub, session_id=claims.sid), User.at(user_id=claims.sub)]
        )
    if not isinstance(session, Session) or not isinstance(user, User):
        raise Unauthenticated("Your session has ended. Sign in again.")
    if user.status_at(clock.now()) != "active" or int(user.permissions_version) != claims.ver:
        raise Unauthenticated("Your session has ended. Sign in again.")
    role = acting_role(claims.role, is_verified=user.is_verified)
    return Principal(claims.sub, claims.org, role, claims.tier, claims.sid, claims.ver)


def require_recent_proof(caller: Principal) -> None:
    """Demand that the caller proved to be the one in the last five minutes (1 storage request).

    For what must not follow from a stolen token: other credentials, another address, the end of the account. Raises
    Forbidden CONFIRMATION_REQUIRED, which `POST /api/auth/confirm` answers, and Unauthenticated when the session ended.
    """
    session = Session.fetch(user_id=caller.user_id, session_id=caller.session_id, consistent=True)
    if session is None:
        raise Unauthenticated("Your session has ended. Sign in again.")
    if session.proved_at is None or session.proved_at < clock.now() - RECENT:
        raise Forbidden("Confirm first that it is you.", code="CONFIRMATION_REQUIRED")
