"""Sessions: begun by a sign-in, kept alive by refreshing, ended by their user or by a limit."""

from datetime import timedelta
from typing import Literal, NamedTuple

from lyceum.events.auth import LoginSuspicious, SessionRevoked, SessionStarted
from lyceum.kit import clock, ids
from lyceum.kit.configuration import limits
from lyceum.kit.errors import NotFound, Unauthenticated
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal, revocations
from lyceum.kit.settings import settings
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.auth import Device, RefreshKey, Session
from lyceum.model.users.account import User

from functions.auth.client_context import ClientContext, short_hash
from functions.auth.credentials.user_secrets import UserSecrets
from functions.auth.schemas import Account, SessionView
from functions.auth.sign_in import risk, token_signing
from functions.auth.sign_in.schemas import SignedIn

_MOST_SESSIONS = {"free": 5}
_MOST_SESSIONS_PAID = 15
_MOST_DEVICES = 20
_DEVICE_KEPT = timedelta(days=365)
_DEVICE_NOTED_ANEW = timedelta(days=7)
"""A known device on the same network is written again after so long, and not with each sign-in."""
MOST_SESSIONS = max(_MOST_SESSIONS_PAID, *_MOST_SESSIONS.values())
"""No user has more sessions than this, so all of them can be ended in one transaction."""
_Reason = Literal["signed_out", "revoked", "limit", "password", "proof", "reuse", "undone"]


class Begun(NamedTuple):
    """A session that has begun: what its refresh tokens are made from, and the token by which its device is known."""

    key: RefreshKey
    device_token: str

    @property
    def refresh_token(self) -> str:
        """The first refresh token."""
        return token_signing.refresh_token(self.key)


def start(
    user: User, user_secrets: UserSecrets, client: ClientContext, device: str | None, unit: Unit, unusual: list[str]
) -> SignedIn:
    """Begin a session as `begin` does, and sign its first access token."""
    begun = begin(user, user_secrets, client, device, unit, unusual)
    return signed_in(user, begun.key, device_token=begun.device_token)


def begin(
    user: User, user_secrets: UserSecrets, client: ClientContext, device: str | None, unit: Unit, unusual: list[str]
) -> Begun:
    """Begin a session in one transaction with the writes that are in the unit already.

    The oldest session ends when the plan allows no more. Raises Unauthenticated when the password was changed or the
    second factor used at the same moment.
    """
    now = clock.now()
    expires = now + timedelta(seconds=limits.value("refresh_token_seconds"))
    key = RefreshKey(
        user_id=user.user_id,
        session_id=ids.new_id(),
        nonce=ids.new_secret(16),
        rotated_at=now,
        expires_at=expires,
        permissions_version=user.permissions_version,
        ttl=int(expires.timestamp()),
    )
    session = Session(
        user_id=user.user_id,
        session_id=key.session_id,
        device=device,
        address=client.address,
        user_agent=client.user_agent,
        proved_at=now,
        last_seen_at=now,
        expires_at=expires,
        ttl=key.ttl,
    )
    events = [SessionStarted(user_id=user.user_id, session_id=key.session_id, device=device)]
    suspicion = (
        [LoginSuspicious(user_id=user.user_id, reasons=unusual, device=device)]
        if risk.score(unusual) >= risk.NOTICE_FROM
        else []
    )
    unit.create(session, *events, *suspicion).create(key)
    is_current = User.permissions_version == user.permissions_version
    unit.change(user, User.last_login_at.set(now), when=is_current)
    user.last_login_at = now
    allowed = _MOST_SESSIONS.get(user.tier, _MOST_SESSIONS_PAID)
    for old in user_secrets.sessions[: max(0, len(user_secrets.sessions) - allowed + 1)]:
        end(unit, user.user_id, old.session_id, "limit")
    token = _remember_device(user_secrets, client, unit)
    try:
        unit.commit()
    except ConditionFailed:
        raise Unauthenticated("Sign in again.") from None
    return Begun(key, token)


def _remember_device(user_secrets: UserSecrets, client: ClientContext, unit: Unit) -> str:
    """Note that the user signed in on this device; returns the token that it keeps."""
    known = user_secrets.device(client.device_hash)
    token = client.device_token if known and client.device_token else ids.new_secret(16)
    now = clock.now()
    if known and _is_noted(known, client):
        return token
    device = Device(
        user_id=user_secrets.user_id,
        token_hash=short_hash(token),
        network=client.network,
        country=client.country,
        last_seen_at=now,
    )
    device.ttl = int((now + _DEVICE_KEPT).timestamp())
    unit.put(device)
    if known is None:
        for oldest in user_secrets.devices[: max(0, len(user_secrets.devices) - _MOST_DEVICES + 1)]:
            unit.remove(oldest)
    return token


def _is_noted(known: Device, client: ClientContext) -> bool:
    """Say whether a device was noted lately, and where it is now."""
    is_there = (known.network, known.country) == (client.network, client.country)
    return is_there and bool(known.last_seen_at > clock.now() - _DEVICE_NOTED_ANEW)


def end(unit: Unit, user_id: str, session_id: str, reason: _Reason, *, refuse: NotFound | None = None) -> None:
    """Add the end of a session and of its access tokens to the unit; with `refuse` the session has to be there."""
    session = Session.at(user_id=user_id, session_id=session_id)
    unit.remove(session, when=Session.pk.exists() if refuse else None, refuse=refuse)
    unit.remove(RefreshKey.at(user_id=user_id, session_id=session_id))
    ended = SessionRevoked(user_id=user_id, session_id=session_id, reason=reason)
    unit.put(revocations.of_session(session_id), ended)


def page(caller: Principal, query: Listing) -> Page[SessionView]:
    """Return the caller's sessions, the latest first (1 storage request)."""
    found = find(Session, user_id=caller.user_id, descending=True, limit=query.limit, after=query.start_key())
    return query.page(found, lambda session: _view(session, caller))


def _all_of(user_id: str) -> list[Session]:
    now = clock.now()
    return [session for session in find(Session, user_id=user_id, descending=True).items if session.expires_at > now]


def _view(session: Session, caller: Principal) -> SessionView:
    view = SessionView.model_validate(session)
    view.is_current = session.session_id == caller.session_id
    return view


def revoke(caller: Principal, session_id: str, reason: _Reason) -> None:
    """End one of the caller's sessions; raises NotFound when there is none with this id."""
    unit = Unit()
    end(unit, caller.user_id, session_id, reason, refuse=NotFound("There is no such session."))
    unit.commit()


def revoke_others(caller: Principal) -> int:
    """End every session of the caller but this one; returns how many there were."""
    others = [session for session in _all_of(caller.user_id) if session.session_id != caller.session_id]
    unit = Unit()
    for session in others:
        end(unit, caller.user_id, session.session_id, "revoked")
    unit.commit()
    return len(others)


def signed_in(user: User, key: RefreshKey, device_token: str | None = None) -> SignedIn:
    """Answer with an access token and the current refresh token of a session."""
    return SignedIn(
        access_token=token_signing.access_token(user, key.session_id),
        expires_in_seconds=settings().access_token_seconds,
        refresh_token=token_signing.refresh_token(key),
        device_token=device_token,
        user=Account.model_validate(user),
    )
