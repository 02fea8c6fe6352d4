"""Messages of platforms, proven by their keys (1EdTech Security Framework 1.0, 5.1.3).

Keys are fetched through the safe client and known for ten minutes; one that is not among them is looked for again once
a minute at most.
"""

import json
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from lyceum.kit import clock
from lyceum.kit.errors import Unauthenticated, Unavailable
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.model.integrations.launches import Platform

from functions.integrations.launches.schemas import LaunchClaims

_FRESH, _AGAIN_AFTER = timedelta(minutes=10), timedelta(minutes=1)
_LEEWAY = timedelta(seconds=60)
_OLDEST = timedelta(minutes=10)
_ALGORITHMS = ["RS256", "ES256"]
_MOST_KNOWN = 50
_MOST_KEYS = 20
_LEAST_RSA_BITS = 2048
_known: OrderedDict[str, tuple[datetime, dict[str, dict[str, Any]]]] = OrderedDict()


def forget() -> None:
    """Forget what is known of keys, as a new process does; for tests."""
    _known.clear()


def claims_of(token: str, platform: Platform, nonce: str) -> LaunchClaims:
    """Read a message whose signature, issuer, audience, time, nonce and deployment hold; raises Unauthenticated."""
    import jwt

    try:
        key = jwt.PyJWK(_key(platform.keys_url, jwt.get_unverified_header(token).get("kid")))
        _check_strength(key)
        raw = jwt.decode(
            token,
            key,
            algorithms=_ALGORITHMS,
            audience=platform.client_id,
            issuer=platform.issuer,
            options={
                "require": ["exp", "iat", "sub", "nonce"],
                "verify_exp": False,  # times are held against the product's own clock
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        claims = LaunchClaims.model_validate(raw)
    except (jwt.PyJWTError, ValidationError, KeyError, TypeError, ValueError):
        raise _refused() from None
    _check(claims, platform, nonce)
    return claims


def _refused() -> Unauthenticated:
    return Unauthenticated("This launch does not hold. Begin again on your platform.")


def _check_strength(key: Any) -> None:
    if key.key_type == "RSA" and key.key.key_size < _LEAST_RSA_BITS:
        raise _refused()


def _check(claims: LaunchClaims, platform: Platform, nonce: str) -> None:
    now = clock.now().timestamp()
    leeway = _LEEWAY.total_seconds()
    is_timely = now < claims.exp + leeway and now - _OLDEST.total_seconds() - leeway < claims.iat < now + leeway
    is_meant = isinstance(claims.aud, str) or len(claims.aud) == 1 or claims.azp == platform.client_id
    is_own = claims.azp in {None, platform.client_id} and claims.deployment_id in set(platform.deployment_ids)
    if not (is_timely and is_meant and is_own and claims.nonce == nonce):
        raise _refused()


def _key(address: str, key_id: str | None) -> dict[str, Any]:
    now = clock.now()
    read_at, keys = _known.get(address, (None, {}))
    age = now - read_at if read_at else None
    is_stale = age is None or age > _FRESH
    if is_stale or (key_id not in keys and age is not None and age > _AGAIN_AFTER):
        keys = _fetched(address)
        _known[address] = now, keys
        _known.move_to_end(address)
        if len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return keys[key_id or ""]


def _fetched(address: str) -> dict[str, dict[str, Any]]:
    try:
        reply = client().call("GET", address, headers={"Accept": "application/json"})
    except OutgoingError:
        raise Unavailable("The keys of the platform can not be read.") from None
    if not reply.is_success or not reply.is_whole:
        raise Unavailable("The keys of the platform can not be read.")
    rows = json.loads(reply.body)["keys"][:_MOST_KEYS]
    return {str(row["kid"]): row for row in rows if row.get("kty") in {"RSA", "EC"} and "kid" in row}
