"""Refreshing a session: each refresh token is good once, and one that comes back later ends its session.

Two requests with one token may cross when an answer is lost on a bad line. So for a short while after a rotation the
spent token is answered with the same successor, which follows from the key's nonce and generation.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from aws_lambda_powertools import Logger

from lyceum.events.auth import SessionContinued
from lyceum.kit import clock, metrics
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch
from lyceum.model.auth import RefreshKey, Session
from lyceum.model.users.account import User

from functions.auth.client_context import ClientContext
from functions.auth.sign_in import sessions, token_signing
from functions.auth.sign_in.schemas import SignedIn

GRACE = timedelta(seconds=20)
_ENDED = "Your session has ended. Sign in again."
logger = Logger()


class _LiveSession(NamedTuple):
    key: RefreshKey
    session: Session
    user: User


def refresh_session(token: str, client: ClientContext) -> SignedIn:
    """Answer a refresh token with new tokens (1 read and 1 transaction).

    Raises Unauthenticated for a token that is not ours, whose session has ended, or that was spent more than 20 seconds
    ago; the last ends the session (RFC 9700, 4.14.2).
    """
    named = token_signing.read_refresh_token(token)
    live = _read(named.user_id, named.session_id)
    if not token_signing.is_genuine(token, live.key):
        raise Unauthenticated(_ENDED)
    if named.generation == int(live.key.generation):
        try:
            return _rotate(live, client)
        except ConditionFailed:  # another request with this token came first
            live = _read(named.user_id, named.session_id)
    return _again(live, named.generation)


def _read(user_id: str, session_id: str) -> _LiveSession:
    names = [
        RefreshKey.at(user_id=user_id, session_id=session_id),
        Session.at(user_id=user_id, session_id=session_id),
        User.at(user_id=user_id),
    ]
    key, session, user = batch_fetch(names, consistent=True)
    if not (isinstance(key, RefreshKey) and isinstance(session, Session) and isinstance(user, User)):
        raise Unauthenticated(_ENDED)
    is_current = int(key.permissions_version) >= int(user.refreshable_from or user.permissions_version)
    now = clock.now()
    if key.expires_at <= now or user.status_at(now) != "active" or not is_current:
        raise Unauthenticated(_ENDED)
    return _LiveSession(key, session, user)


def _rotate(live: _LiveSession, client: ClientContext) -> SignedIn:
    key, session, user = live
    now = clock.now()
    expires = _expiry(session, now)
    ttl = int(expires.timestamp())
    rotated = [
        RefreshKey.generation.add(1),
        RefreshKey.rotated_at.set(now),
        RefreshKey.expires_at.set(expires),
        RefreshKey.ttl.set(ttl),
    ]
    seen = [
        Session.last_seen_at.set(now),
        Session.address.set(client.address),
        Session.expires_at.set(expires),
        Session.ttl.set(ttl),
    ]
    is_new_day = session.last_seen_at.date() != now.date()
    continued = [SessionContinued(user_id=user.user_id, session_id=key.session_id)] if is_new_day else []
    unit = Unit().change(key, *rotated, when=RefreshKey.generation == int(key.generation))
    unit.change(session, *seen, events=continued)
    unit.commit()
    key.generation = int(key.generation) + 1
    return sessions.signed_in(user, key)


def _expiry(session: Session, now: datetime) -> datetime:
    latest = (session.created_at or now) + timedelta(seconds=limits.value("session_max_seconds"))
    return min(now + timedelta(seconds=limits.value("refresh_token_seconds")), latest)


def _again(live: _LiveSession, generation: int) -> SignedIn:
    key, _, user = live
    if generation == int(key.generation) - 1 and clock.now() - key.rotated_at <= GRACE:
        return sessions.signed_in(user, key)
    unit = Unit()
    sessions.end(unit, user.user_id, key.session_id, "reuse")
    unit.commit()
    metrics.count("RefreshReuse")
    logger.warning("refresh token reused", extra={"user": user.user_id})
    raise Unauthenticated(_ENDED)
