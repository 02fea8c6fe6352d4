"""Signing in: the password check with its delays, and the session that follows."""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from lyceum import clock, ids
from lyceum.errors import Locked, Unauthenticated
from lyceum.model import Credential, LoginName, RefreshToken, Session, User
from lyceum.settings import settings
from lyceum.table import ConditionFailed, Unit, batch_fetch

from auth import passwords, signing
from auth.accounts import fold
from auth.schemas import Account, Login, SignedIn

_FREE_FAILURES = 5
_LONGEST_LOCK_SECONDS = 900


def login(wanted: Login, address: str, user_agent: str | None) -> SignedIn:
    """Sign in by password: three requests to storage at the most, one of them a transaction.

    Raises Unauthenticated in the same words and after the same work whether the account is unknown, the password
    wrong or the account suspended, and Locked after more than five failures, for longer each time (15 minutes at
    the most, so that nobody can be locked out for good).
    """
    user, credential = _find(fold(wanted.identifier))
    now = clock.now()
    if credential and credential.locked_until and credential.locked_until > now:
        raise _locked(credential.locked_until, now)
    good = passwords.matches(credential.password_hash if credential else None, wanted.password.get_secret_value())
    if not good or user is None or credential is None or user.status != "active":
        if credential and not good:
            _count_failure(credential, now)
        raise Unauthenticated("The name or the password is wrong.")
    return _start(user, credential, wanted.device, address, user_agent)


def _find(name: str) -> tuple[User | None, Credential | None]:
    login_name = LoginName.fetch(name=name)
    if login_name is None:
        return None, None
    user, credential = batch_fetch([User.at(user_id=login_name.user_id), Credential.at(user_id=login_name.user_id)])
    return user if isinstance(user, User) else None, credential if isinstance(credential, Credential) else None


def _locked(until: datetime, now: datetime) -> Locked:
    return Locked("Too many failed tries. Wait a little.", retry_after_seconds=int((until - now).total_seconds()) + 1)


def _count_failure(credential: Credential, now: datetime) -> None:
    actions: list[Action] = [Credential.failures.add(1)]
    over = int(credential.failures) + 1 - _FREE_FAILURES
    if over >= 0:
        wait = min(_LONGEST_LOCK_SECONDS, 15 * 2 ** min(over, 10))
        actions.append(Credential.locked_until.set(now + timedelta(seconds=wait)))
    Unit().change(credential, *actions).commit()


def _start(user: User, credential: Credential, device: str | None, address: str, user_agent: str | None) -> SignedIn:
    now = clock.now()
    expires = now + timedelta(seconds=settings().refresh_token_seconds)
    session_id, refresh = ids.new_id(), ids.new_secret()
    ttl = int(expires.timestamp())
    session = Session(
        user_id=user.user_id,
        session_id=session_id,
        device=device,
        address=address,
        user_agent=(user_agent or "")[:300] or None,
        last_seen_at=now,
        expires_at=expires,
        ttl=ttl,
    )
    token = RefreshToken(user_id=user.user_id, session_id=session_id, token_hash=signing.hash_of(refresh), expires_at=expires, ttl=ttl)
    unit = Unit().create(session).create(token)
    unit.change(credential, Credential.failures.set(0), Credential.locked_until.remove(), when=Credential.password_hash == credential.password_hash)
    try:
        unit.commit()
    except ConditionFailed:
        raise Unauthenticated("The name or the password is wrong.") from None
    return SignedIn(
        access_token=signing.access_token(user, session_id),
        expires_in_seconds=settings().access_token_seconds,
        refresh_token=f"{user.user_id}.{session_id}.{refresh}",
        user=Account.model_validate(user),
    )
