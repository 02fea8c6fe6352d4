"""API keys: what they look like, and whom a program acts for that shows one.

A key is `lyk_live_{tenant}_{key id}_{secret}_{checksum}`. The secret has 256 random bits, so its SHA-256 is stored and
nothing slower is needed. The checksum lets scanners of source text tell a key from a word, and a mistyped one fail
before storage is asked. What was looked up of a key is known to a process for ten seconds, found or not; another secret
than the known one is looked up at once, since the key may have been rotated.
"""

import hashlib
import hmac
import secrets
import string
import zlib
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timedelta

from lyceum.kit import clock, context
from lyceum.kit.errors import Unauthenticated, Unavailable
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import request_signatures
from lyceum.kit.identity.permissions import Permission, Role
from lyceum.kit.identity.principal import KeyRights, Principal
from lyceum.kit.identity.records import ApiKey, ApiKeyUse
from lyceum.kit.identity.request_signatures import Sent
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.kit.telemetry import collector

PREFIX = "lyk_live_"
FRESH = timedelta(seconds=10)
"""How old what a function knows of a key may be before it asks again."""
NOTED_EVERY = timedelta(hours=1)
"""How often the use of a key is written down at most."""
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_LENGTH = 43
_CHECKSUM_LENGTH = 6
_MOST_KNOWN = 1000
_MOST_CHARACTERS = 200
_PERMISSIONS = {permission.value: permission for permission in Permission}


@frozen
class ShownKey:
    """A key as a program shows it, well-formed; whether it is good is not said."""

    tenant: str
    key_id: str
    secret: str


_known: OrderedDict[tuple[str, str], tuple[datetime, ApiKey | None]] = OrderedDict()


def new_secret() -> str:
    """Return an unguessable secret: 43 letters and digits, 256 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


def digest_of(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def write(tenant: str, key_id: str, secret: str) -> str:
    """Write a key as its program shows it."""
    body = f"{PREFIX}{tenant}_{key_id}_{secret}"
    return f"{body}_{_checksum(body)}"


def read(token: str) -> ShownKey:
    """Read a key; raises Unauthenticated for what is none."""
    body, _, checksum = token.rpartition("_")
    parts = body.removeprefix(PREFIX).split("_")
    is_short = len(token) <= _MOST_CHARACTERS and token.isascii()
    if not is_short or len(parts) != 3 or not hmac.compare_digest(checksum, _checksum(body)):
        raise _refused()
    tenant, key_id, secret = parts
    if not (tenant.replace("-", "").isalnum() and key_id.isalnum() and secret.isalnum()):
        raise _refused()
    return ShownKey(tenant, key_id, secret)


def holder(token: str, sent: Sent | None = None) -> Principal:
    """Return whom a program acts for by its key, with the scopes of the key (at most 2 requests, counted apart).

    Raises Unauthenticated for a key that is not one, was revoked or has expired, and for a request whose signature does
    not hold.
    """
    shown = read(token)
    key = _look_up(shown)
    if key is not None and not _matches(key, shown.secret):
        key = _look_up(shown, afresh=True)
    if key is None or not is_good(key, clock.now()) or not _matches(key, shown.secret):
        raise _refused()
    request_signatures.check(sent, shown.secret, is_demanded=bool(key.must_sign))
    return _program(shown, key)


def named(tenant: str, key_id: str) -> Principal:
    """Return whom a program acts for by a key that it proved before; raises Unauthenticated as `holder` does."""
    shown = ShownKey(tenant, key_id, "")
    key = _look_up(shown)
    if key is None or not is_good(key, clock.now()):
        raise _refused()
    return _program(shown, key)


def _program(shown: ShownKey, key: ApiKey) -> Principal:
    scopes = frozenset(_PERMISSIONS[name] for name in key.scopes if name in _PERMISSIONS)
    rights = KeyRights(shown.key_id, scopes, int(key.calls_per_minute))
    role, version = Role(key.owner_role), int(key.owner_version)
    return Principal(str(key.owner_id), shown.tenant, role, "free", f"key-{shown.key_id}", version, key=rights)


def is_good(key: ApiKey, moment: datetime) -> bool:
    """Say whether a key is neither revoked nor expired at a moment."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > moment)


def forget() -> None:
    """Forget what is known, as a new process does; for snapshots and tests."""
    _known.clear()


def _matches(key: ApiKey, secret: str) -> bool:
    digest = digest_of(secret)
    is_former = key.former_digest is not None and key.former_until is not None and key.former_until > clock.now()
    former = str(key.former_digest) if is_former else ""
    return hmac.compare_digest(digest, str(key.digest)) or hmac.compare_digest(digest, former)


def _look_up(shown: ShownKey, *, afresh: bool = False) -> ApiKey | None:
    name, now = (shown.tenant, shown.key_id), clock.now()
    at, key = _known.get(name, (None, None))
    is_fresh = not afresh and at is not None and at <= now < at + FRESH
    collector.tally("cache.api_keys.hit" if is_fresh else "cache.api_keys.miss")
    if not is_fresh:
        with context.working(context.RequestContext(shown.tenant)):
            key = ApiKey.fetch(key_id=shown.key_id)
            if key is not None and is_good(key, now) and _matches(key, shown.secret):
                _note_use(shown.key_id, now)
        _known[name] = now, key
    _known.move_to_end(name)
    if len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return key


def _note_use(key_id: str, now: datetime) -> None:
    """Write down that a key is used, once an hour; that it can not be written keeps nobody out."""
    is_due = ApiKeyUse.last_used_at.does_not_exist() | (ApiKeyUse.last_used_at <= now - NOTED_EVERY)
    use = ApiKeyUse.at(key_id=key_id)
    with suppress(ConditionFailed, Unavailable):
        Unit().change(use, ApiKeyUse.last_used_at.set(now), when=is_due, or_create=True).commit()


def _checksum(body: str) -> str:
    number, text = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        text = _ALPHABET[place] + text
    return text


def _refused() -> Unauthenticated:
    return Unauthenticated("This API key is not valid.")
