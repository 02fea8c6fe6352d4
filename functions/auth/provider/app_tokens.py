"""Tokens of apps: access tokens (RFC 9068), ID tokens (OpenID Connect Core 1.0, 2), refresh tokens that rotate."""

import base64
import hashlib
import hmac
from typing import Any, NamedTuple

from lyceum.kit import clock, context, ids
from lyceum.kit.identity import scopes, sealing, tokens
from lyceum.kit.identity.permissions import HELD, Role, acting_role
from lyceum.kit.identity.principal import KeyRights, Principal
from lyceum.kit.settings import settings
from lyceum.model.oauth import OAuthClient, OAuthGrant
from lyceum.model.users.account import User

from functions.auth.provider import endpoints
from functions.auth.provider.schemas import Tokens
from functions.auth.sign_in import token_signing

_REFRESH = "oauth refresh"
_ID_TOKEN_SECONDS = 600


class RefreshName(NamedTuple):
    """What a refresh token says: whose, of which grant, and how often it was rotated before."""

    user_id: str
    grant_id: str
    generation: int


def of_grant(grant: OAuthGrant, person: User, client: OAuthClient, narrowed: frozenset[str] | None = None) -> Tokens:
    """Make an access token of a grant, for fewer scopes where it is narrowed, and its present refresh token."""
    given = narrowed if narrowed is not None else frozenset(grant.scopes or ())
    role = acting_role(Role(person.role), is_verified=person.is_verified)
    claims = {
        "sub": person.user_id,
        "role": (role if role in HELD[scopes.HIGHEST_ROLE] else scopes.HIGHEST_ROLE).value,
        "tier": person.tier,
        "sid": grant.grant_id,
        "ver": int(person.permissions_version),
    }
    return _tokens(client, claims, given, refresh_token=refresh_token(grant))


def of_client(client: OAuthClient, given: frozenset[str]) -> Tokens:
    """Make an access token for a client that acts for nobody: as a student whom nobody knows."""
    claims = {"sub": client.client_id, "role": Role.STUDENT.value, "tier": "free", "sid": ids.new_id(), "ver": 1}
    return _tokens(client, claims, given)


def of_key(program: Principal, key: KeyRights) -> Tokens:
    """Make an access token that stands for an API key; what it may do is looked up of the key whenever it is used."""
    now, lasts = int(clock.now().timestamp()), settings().access_token_seconds
    claims = {
        "iss": settings().issuer,
        "aud": tokens.AUDIENCE,
        "iat": now,
        "exp": now + lasts,
        "jti": ids.new_id(),
        "org": program.tenant,
        "sub": program.user_id,
        "role": program.role.value,
        "tier": program.tier,
        "sid": program.session_id,
        "ver": program.version,
        "key": key.key_id,
    }
    given = " ".join(sorted(permission.value for permission in key.scopes))
    return Tokens(access_token=token_signing.sign(claims), expires_in=lasts, scope=given)


def _tokens(client: OAuthClient, claims: dict[str, Any], given: frozenset[str], **more: str) -> Tokens:
    now, lasts = int(clock.now().timestamp()), settings().access_token_seconds
    common = {
        "iss": settings().issuer,
        "aud": tokens.AUDIENCE,
        "iat": now,
        "exp": now + lasts,
        "jti": ids.new_id(),
        "org": context.tenant(),
        "client_id": client.client_id,
        "scope": scopes.write(given),
    }
    if client.calls_per_minute is not None:
        common["cpm"] = int(client.calls_per_minute)
    token = token_signing.sign({**common, **claims})
    return Tokens(access_token=token, expires_in=lasts, scope=common["scope"], **more)


def id_token(grant: OAuthGrant, access_token: str, nonce: str | None) -> str:
    """Tell a client who let it in; it is no access token, since its audience is the client."""
    now = int(clock.now().timestamp())
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": endpoints.issuer(),
        "aud": grant.client_id,
        "sub": grant.user_id,
        "iat": now,
        "exp": now + _ID_TOKEN_SECONDS,
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
    }
    optional = {"auth_time": int(grant.auth_time) if grant.auth_time else None, "nonce": nonce}
    return token_signing.sign(claims | {name: value for name, value in optional.items() if value is not None})


def refresh_token(grant: OAuthGrant, generation: int | None = None) -> str:
    """Make the refresh token of a grant's generation, by default the current one."""
    parts = grant.user_id, grant.grant_id, str(int(grant.generation if generation is None else generation))
    return ".".join([*parts, sealing.mark(_REFRESH, *parts, grant.refresh_nonce)])


def read_refresh_token(token: str) -> RefreshName | None:
    """Read what a refresh token says of itself; None for a text of another form."""
    parts = token.split(".")
    is_named = len(parts) == 4 and token.isascii() and parts[0].isalnum() and parts[1].isalnum()
    if not is_named or not parts[2].isdigit() or len(parts[2]) > 9:
        return None
    return RefreshName(parts[0], parts[1], int(parts[2]))


def is_genuine(token: str, named: RefreshName, grant: OAuthGrant) -> bool:
    """Say whether a token was made from this very grant, in whatever generation."""
    return hmac.compare_digest(token.encode(), refresh_token(grant, named.generation).encode())
