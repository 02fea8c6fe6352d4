"""Challenges that passkeys sign: each is for one purpose, once, for five minutes, and for a tenant's own site."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from lyceum.kit import base64url, clock, context, ids
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.federation import PasskeyChallenge

from functions.auth.provider import endpoints

GOOD_FOR = timedelta(minutes=5)
Purpose = Literal["register", "login"]


def begin(purpose: Purpose, user_id: str | None = None) -> bytes:
    """Make a challenge (1 write)."""
    challenge = ids.new_secret().encode()
    expires = clock.now() + GOOD_FOR
    kept = PasskeyChallenge(
        challenge_hash=_hash(challenge), purpose=purpose, user_id=user_id, expires_at=expires,
        ttl=int(expires.timestamp()),
    )  # fmt: skip
    Unit().create(kept).commit()
    return challenge


def find(client_data: str, purpose: Purpose, user_id: str | None = None) -> tuple[PasskeyChallenge, bytes]:
    """Return the challenge that a browser answered (1 storage request); raises RuleViolation for one that is over."""
    challenge = _read(client_data).get("challenge")
    try:
        given = base64url.decode(challenge) if isinstance(challenge, str) else b""
    except ValueError:
        raise wrong() from None
    kept = PasskeyChallenge.fetch(challenge_hash=_hash(given), consistent=True)
    if kept is None or kept.purpose != purpose or kept.user_id != user_id or kept.expires_at <= clock.now():
        raise wrong()
    return kept, given


def spend(unit: Unit, kept: PasskeyChallenge) -> None:
    """Let a unit use a challenge up."""
    unit.remove(kept, when=PasskeyChallenge.pk.exists(), refuse=wrong())


def relying_party() -> str:
    """Return the current tenant's own host, to which its passkeys are bound (WebAuthn Level 3, 5.1.2)."""
    domain, tenant = settings().domain, context.tenant()
    return domain if tenant == context.MAIN_TENANT else f"{tenant}.{domain}"


def origins(client_data: str) -> Sequence[str]:
    """Return the origins that passkeys of the tenant are used on; on a developer's machine that of any port."""
    party = relying_party()
    hosts = {party, *(urlsplit(each).hostname or "" for each in (endpoints.issuer(), endpoints.base()))}
    known = sorted(f"https://{host}" for host in hosts if host == party or host.endswith(f".{party}"))
    origin = _read(client_data).get("origin")
    if settings().is_local and isinstance(origin, str) and urlsplit(origin).hostname == party:
        known.append(origin)
    return known


def wrong() -> RuleViolation:
    """Return the refusal of a passkey, whatever is wrong with it."""
    return rule_violation("PASSKEY_WRONG", "This passkey does not fit, or too much time passed. Begin again.")


def _read(client_data: str) -> dict[str, Any]:
    try:
        read = json.loads(base64url.decode(client_data))
    except (ValueError, RecursionError):
        raise wrong() from None
    return read if isinstance(read, dict) else {}


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
