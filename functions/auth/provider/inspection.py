"""What clients may learn of their own tokens, and how they end them (RFC 7662 and RFC 7009)."""

from lyceum.kit import clock, context
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import Principal, revocations, scopes, tokens
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.oauth import OAuthClient, OAuthGrant
from lyceum.model.users.account import User
from lyceum.rules.apps import oauth

from functions.auth.provider import app_tokens, grants
from functions.auth.provider.schemas import GivenToken, Introspection, UserInfo

_INACTIVE = Introspection(active=False)


def introspect(given: GivenToken) -> Introspection:
    """Say what a token of the client is worth now; of another's it learns nothing (at most 2 storage requests).

    Raises Unauthenticated invalid_client, also for a client without a secret.
    """
    client = _proven(given)
    if client.secret_hash is None:
        raise oauth.wrong_client()
    holder = _holder(given.token, client)
    if holder is not None:
        return _of_access_token(given.token, holder)
    grant = _grant(given.token, client)
    if grant is None or app_tokens.refresh_token(grant) != given.token:
        return _INACTIVE
    return Introspection(
        active=True,
        scope=scopes.write(frozenset(grant.scopes or ())),
        client_id=client.client_id,
        token_type="refresh_token",  # noqa: S106 - a kind of token
        exp=int(grant.expires_at.timestamp()),
        sub=grant.user_id,
        iss=settings().issuer,
    )


def revoke(given: GivenToken) -> None:
    """End the grant that a token of the client belongs to, or nothing (at most 2 reads and 1 transaction).

    Raises Unauthenticated invalid_client.
    """
    client = _proven(given)
    holder = _holder(given.token, client)
    if holder is not None:
        grants.end(Unit(), holder.user_id, holder.session_id).commit()
    elif grant := _grant(given.token, client):
        grants.end(Unit(), grant.user_id, grant.grant_id).commit()


def who(caller: Principal) -> UserInfo:
    """Tell who the caller is, to an app as far as its scopes go (1 storage request)."""
    person = User.require(user_id=caller.user_id)
    told = UserInfo(sub=person.user_id)
    given = caller.scopes if caller.scopes is not None else frozenset(scopes.PERSONAL)
    if "profile" in given:
        told.name = f"{person.first_name} {person.last_name}"
        told.given_name, told.family_name = person.first_name, person.last_name
        told.preferred_username, told.locale, told.zoneinfo = person.username, person.language, person.time_zone
    if "email" in given and person.email:
        told.email, told.email_verified = person.email, person.email_verified_at is not None
    return told


def _proven(given: GivenToken) -> OAuthClient:
    client_id, secret = oauth.claimed(given.client_id, given.client_secret)
    return oauth.prove(OAuthClient.fetch(client_id=client_id), secret)


def _holder(token: str, client: OAuthClient) -> Principal | None:
    """Return whom an access token of the client stands for while it holds."""
    try:
        holder = tokens.holder(token)
        revocations.check(holder)
    except Unauthenticated:
        return None
    return holder if holder.client_id == client.client_id and holder.tenant == context.tenant() else None


def _of_access_token(token: str, holder: Principal) -> Introspection:
    return Introspection(
        active=True,
        scope=scopes.write(holder.scopes or frozenset()),
        client_id=holder.client_id,
        token_type="Bearer",  # noqa: S106 - a scheme's name
        exp=tokens.read(token).exp,
        sub=holder.user_id,
        iss=settings().issuer,
    )


def _grant(token: str, client: OAuthClient) -> OAuthGrant | None:
    """Return the grant that a refresh token of the client, spent or not, was made from."""
    named = app_tokens.read_refresh_token(token)
    grant = OAuthGrant.fetch(user_id=named.user_id, grant_id=named.grant_id, consistent=True) if named else None
    if named is None or grant is None or grant.client_id != client.client_id:
        return None
    return grant if app_tokens.is_genuine(token, named, grant) and grant.expires_at > clock.now() else None
