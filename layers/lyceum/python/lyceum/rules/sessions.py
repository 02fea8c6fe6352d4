"""Sessions."""

from lyceum.kit import clock, context
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity.permissions import acting_role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.tokens import read
from lyceum.kit.table import batch_fetch
from lyceum.model.auth import Session
from lyceum.model.users.account import User


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
