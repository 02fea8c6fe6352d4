"""What people let clients do: begun by a code, renewed by refresh tokens, taken back.

A code and a refresh token are each good once. One that comes back later was stolen, from the client or by it, and ends
the grant (RFC 9700, 4.14.2). A refresh token whose answer was lost is answered again for twenty seconds.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import NoReturn

from aws_lambda_powertools import Logger

from lyceum.kit import base64url, clock, context, ids
from lyceum.kit.configuration import limits
from lyceum.kit.errors import BadRequest, NotFound, Unauthenticated
from lyceum.kit.identity import Principal, api_keys, revocations, scopes
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find
from lyceum.model.audit import audit
from lyceum.model.oauth import AuthorizationCode, OAuthClient, OAuthGrant, granted_shard
from lyceum.model.users.account import User
from lyceum.rules.apps import oauth

from functions.auth.provider import app_tokens, consent
from functions.auth.provider.app_tokens import RefreshName
from functions.auth.provider.schemas import GrantView, TokenRequest, Tokens

_GRACE = timedelta(seconds=20)
_MOST_SHOWN = 100
logger = Logger()


def exchange(request: TokenRequest) -> Tokens:
    """Answer a request for tokens; raises Unauthenticated invalid_client, or BadRequest with the standard's code."""
    match request.grant_type:
        case "authorization_code":
            return _by_code(request)
        case "refresh_token":
            return _by_refresh_token(request)
        case "client_credentials":
            return _by_client(request)
    raise BadRequest("This grant type is not known.", code="unsupported_grant_type")


def _by_code(request: TokenRequest) -> Tokens:
    """Exchange a code (2 reads and 1 transaction)."""
    client_id, secret = oauth.claimed(request.client_id, request.client_secret)
    names = [OAuthClient.at(client_id=client_id), AuthorizationCode.at(code_hash=consent.hash_of(request.code or ""))]
    client, code = batch_fetch(names, consistent=True)
    proven = oauth.prove(client if isinstance(client, OAuthClient) else None, secret)
    if not isinstance(code, AuthorizationCode) or code.client_id != proven.client_id:
        _refuse()
    if code.spent_at is not None:
        _end_for_reuse(code.user_id, code.grant_id, "code")
    verifier = (request.code_verifier or "").encode("ascii", "replace")
    challenge = base64url.encode(hashlib.sha256(verifier).digest())
    if (
        code.expires_at <= clock.now()
        or request.redirect_uri != code.redirect_uri
        or len(verifier) < 43
        or not hmac.compare_digest(challenge, code.challenge)
    ):
        _refuse()
    person = _standing(User.fetch(user_id=code.user_id, consistent=True))
    grant = _begin(code, proven, person)
    answer = app_tokens.of_grant(grant, person, proven)
    if scopes.OPENID in (grant.scopes or ()):
        answer.id_token = app_tokens.id_token(grant, answer.access_token, code.nonce)
    return answer


def _begin(code: AuthorizationCode, client: OAuthClient, person: User) -> OAuthGrant:
    now = clock.now()
    grant = OAuthGrant(
        user_id=person.user_id,
        grant_id=code.grant_id,
        client_id=client.client_id,
        client_name=client.name,
        shard=granted_shard(person.user_id) if client.app_id is not None else None,
        scopes=code.scopes,
        refresh_nonce=ids.new_secret(16),
        rotated_at=now,
        permissions_version=person.permissions_version,
        auth_time=code.auth_time,
        expires_at=now + timedelta(seconds=limits.value("refresh_token_seconds")),
    )
    grant.ttl = int(grant.expires_at.timestamp())
    spent = AuthorizationCode.spent_at.set(now)
    unit = Unit().change(code, spent, when=AuthorizationCode.spent_at.does_not_exist()).create(grant)
    act = audit("app.allow", person.user_id, before={}, after={"client": client.client_id, "scopes": _sorted(grant)})
    act.actor_id = person.user_id
    try:
        unit.create(act).commit()
    except ConditionFailed:  # another exchange of the code came first
        _end_for_reuse(code.user_id, code.grant_id, "code")
    return grant


def _sorted(grant: OAuthGrant) -> list[str]:
    return sorted(grant.scopes or ())


def _by_refresh_token(request: TokenRequest) -> Tokens:
    """Exchange a refresh token (1 read and 1 write)."""
    client_id, secret = oauth.claimed(request.client_id, request.client_secret)
    named = app_tokens.read_refresh_token(request.refresh_token or "") or RefreshName("-", "-", 0)
    client, grant, person = batch_fetch(
        [
            OAuthClient.at(client_id=client_id),
            OAuthGrant.at(user_id=named.user_id, grant_id=named.grant_id),
            User.at(user_id=named.user_id),
        ],
        consistent=True,
    )
    proven = oauth.prove(client if isinstance(client, OAuthClient) else None, secret)
    if not isinstance(grant, OAuthGrant) or grant.client_id != proven.client_id:
        _refuse()
    if proven.installed_at is not None and grant.created_at < proven.installed_at:
        _refuse()
    if not app_tokens.is_genuine(request.refresh_token or "", named, grant) or grant.expires_at <= clock.now():
        _refuse()
    user = _standing(person if isinstance(person, User) else None)
    if int(grant.permissions_version) < int(user.refreshable_from or 0):
        _refuse()
    narrowed = _narrowed(request, frozenset(grant.scopes or ()))
    return app_tokens.of_grant(_rotated(grant, named.generation), user, proven, narrowed)


def _rotated(grant: OAuthGrant, generation: int) -> OAuthGrant:
    now = clock.now()
    if generation == int(grant.generation):
        expires = now + timedelta(seconds=limits.value("refresh_token_seconds"))
        actions = [OAuthGrant.generation.add(1), OAuthGrant.rotated_at.set(now), OAuthGrant.expires_at.set(expires)]
        actions.append(OAuthGrant.ttl.set(int(expires.timestamp())))
        try:
            Unit().change(grant, *actions, when=OAuthGrant.generation == generation).commit()
        except ConditionFailed:  # another request with this token came first
            grant = OAuthGrant.fetch(user_id=grant.user_id, grant_id=grant.grant_id, consistent=True) or _refuse()
        else:
            grant.generation = generation + 1
            return grant
    if generation != int(grant.generation) - 1 or now - grant.rotated_at > _GRACE:
        _end_for_reuse(grant.user_id, grant.grant_id, "refresh_token")
    return grant


def _narrowed(request: TokenRequest, granted: frozenset[str]) -> frozenset[str]:
    wanted = scopes.read(request.scope or "") - {scopes.OFFLINE} or granted
    if not wanted <= granted:
        raise BadRequest("This is more than was granted.", code="invalid_scope")
    return wanted


def _by_client(request: TokenRequest) -> Tokens:
    """Let a client act alone (1 read): it reads what everybody may, and writes nothing."""
    client_id, secret = oauth.claimed(request.client_id, request.client_secret)
    if secret is not None and secret.startswith(api_keys.PREFIX):
        return _by_key(client_id, secret)
    client = oauth.prove(OAuthClient.fetch(client_id=client_id), secret)
    if "client_credentials" not in client.grant_types or client.secret_hash is None:
        raise BadRequest("This client does not act alone.", code="unauthorized_client")
    return app_tokens.of_client(client, _narrowed(request, frozenset(client.scopes or ()) & set(scopes.READING)))


def _by_key(client_id: str, secret: str) -> Tokens:
    """Let a program have a token for its API key (1 read at most): the key's id is the client's, the key its secret.

    So systems that speak OAuth alone reach what a key opens: the directory (SCIM), rosters, statements.
    """
    try:
        program = api_keys.holder(secret)
    except Unauthenticated:
        raise oauth.wrong_client() from None
    if program.key is None or program.key.key_id != client_id or program.tenant != context.tenant():
        raise oauth.wrong_client()
    return app_tokens.of_key(program, program.key)


def _standing(person: User | None) -> User:
    if person is None or person.status_at(clock.now()) != "active":
        _refuse()
    return person


def _refuse() -> NoReturn:
    raise BadRequest("This code or token is not good, or not any more.", code="invalid_grant")


def _end_for_reuse(user_id: str, grant_id: str, what: str) -> NoReturn:
    end(Unit(), user_id, grant_id).commit()
    logger.warning("code or refresh token of an app reused", extra={"user": user_id, "what": what})
    _refuse()


def end(unit: Unit, user_id: str, grant_id: str, *, refuse: NotFound | None = None) -> Unit:
    """Add the end of a grant and of its access tokens to the unit; with `refuse` the grant has to be there."""
    when = OAuthGrant.pk.exists() if refuse else None
    unit.remove(OAuthGrant.at(user_id=user_id, grant_id=grant_id), when=when, refuse=refuse)
    return unit.put(revocations.of_session(grant_id))


def take_back(caller: Principal, grant_id: str) -> None:
    """End one of the caller's grants; raises NotFound when there is none with this id."""
    unit = end(Unit(), caller.user_id, grant_id, refuse=NotFound("There is no such grant."))
    unit.create(audit("app.withdraw", caller.user_id, before={}, after={"grant": grant_id})).commit()


def of_person(caller: Principal) -> list[GrantView]:
    """List the grants of the caller that hold, the latest first (1 storage request)."""
    found = find(OAuthGrant, user_id=caller.user_id, descending=True, limit=_MOST_SHOWN).items
    return [
        GrantView(
            grant_id=grant.grant_id,
            client_id=grant.client_id,
            client_name=grant.client_name,
            scopes=_sorted(grant),
            created_at=grant.created_at,
            last_used_at=grant.rotated_at,
        )
        for grant in found
        if grant.expires_at > clock.now()
    ]
