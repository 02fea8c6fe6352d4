"""Access tokens for the callers of tests: made as sign-in makes them, a new one when the clock has moved on."""

from functools import cache

from lyceum.kit import clock
from lyceum.kit.identity import revocations, tokens
from lyceum.kit.identity.principal import Principal
from lyceum.kit.settings import settings

from functions.auth.sign_in import token_signing

_SPAN_SECONDS = 600


def access_token(caller: Principal) -> str:
    """Return a token that proves the caller at this moment; the same one for some minutes."""
    now = int(clock.now().timestamp())
    return _signed(caller, now - now % _SPAN_SECONDS, next(iter(tokens.public_keys())))


def proven(token: str) -> Principal:
    """Return who holds a token, as a function that has just started proves it; raises Unauthenticated."""
    revocations.forget()
    caller = tokens.holder(token)
    revocations.check(caller)
    return caller


@cache
def _signed(caller: Principal, issued_at: int, _key_id: str) -> str:
    claims = {
        "iss": settings().issuer,
        "aud": tokens.AUDIENCE,
        "iat": issued_at,
        "exp": issued_at + _SPAN_SECONDS + 300,
        "sub": caller.user_id,
        "org": caller.tenant,
        "role": caller.role.value,
        "tier": caller.tier,
        "sid": caller.session_id,
        "ver": caller.version,
    }
    return token_signing.sign(claims)
