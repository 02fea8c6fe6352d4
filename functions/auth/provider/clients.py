"""Clients that administrators register by themselves."""

from urllib.parse import urlsplit

from lyceum.kit import ids
from lyceum.kit.errors import Detail, Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import revocations
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.oauth import OAuthClient
from lyceum.rules.apps import oauth

from functions.auth.provider.schemas import ClientView, RegisterClient

MOST_CLIENTS = 100


def register(wanted: RegisterClient) -> ClientView:
    """Register a client; its secret is in the answer and nowhere else.

    Raises ValidationFailed for an address or scope that is none, and Forbidden when a tenant has a hundred clients.
    """
    _check(wanted)
    if len(everyone()) >= MOST_CLIENTS:
        raise Forbidden(f"A tenant has {MOST_CLIENTS} clients at most.", code="TOO_MANY_CLIENTS")
    secret = ids.new_secret() if wanted.is_confidential else None
    client = OAuthClient(
        client_id=ids.new_id(),
        name=wanted.name,
        secret_hash=oauth.hash_of(secret) if secret else None,
        redirect_uris=wanted.redirect_uris,
        scopes=set(wanted.scopes),
        grant_types=oauth.grant_types(wanted.redirect_uris, acts_alone=wanted.acts_alone),
    )
    after = {"name": client.name, "scopes": sorted(client.scopes), "redirectUris": client.redirect_uris}
    Unit().create(client).create(audit("oauth_client.register", client.client_id, before={}, after=after)).commit()
    return view(client, secret)


def _check(wanted: RegisterClient) -> None:
    wrong = oauth.wrong_in(
        wanted.redirect_uris, wanted.scopes, is_confidential=wanted.is_confidential, acts_alone=wanted.acts_alone
    )
    if not wanted.redirect_uris and not wanted.acts_alone:
        wrong.append(Detail("redirectUris", "Name an address, or let the client act alone."))
    if wrong:
        raise ValidationFailed("This client can not be registered.", details=wrong)


def leads_back_to(client: OAuthClient, address: str) -> bool:
    """Say whether a client registered an address: letter by letter, but for the port on a person's own machine."""
    if not oauth.is_address(address):
        return False
    return any(each == address or _less_port(each) == _less_port(address) is not None for each in client.redirect_uris)


def _less_port(address: str) -> tuple[str, ...] | None:
    """Return a loopback address without its port, which programs choose when they start (RFC 8252, 7.3)."""
    parts = urlsplit(address)
    is_literal = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}
    return (str(parts.hostname), parts.path, parts.query) if is_literal else None


def everyone() -> list[OAuthClient]:
    """Return the tenant's clients in the order in which they were registered (1 storage request)."""
    return find(OAuthClient, index="gsi1", limit=MOST_CLIENTS).items


def remove(client_id: str) -> None:
    """Remove a client; within seconds its tokens are worth nothing. Raises NotFound, RuleViolation CLIENT_OF_APP."""
    client = OAuthClient.require(client_id=client_id)
    if client.app_id is not None:
        raise rule_violation("CLIENT_OF_APP", "This client belongs to an app, and goes when the app is uninstalled.")
    unit = Unit().remove(client, when=OAuthClient.pk.exists(), refuse=NotFound("There is no such client."))
    unit.put(revocations.of_session(client_id))
    unit.create(audit("oauth_client.remove", client_id, before={"name": client.name}, after={})).commit()


def view(client: OAuthClient, secret: str | None = None) -> ClientView:
    """Show a client to an administrator."""
    shown = ClientView(
        client_id=client.client_id,
        name=client.name,
        redirect_uris=list(client.redirect_uris),
        scopes=sorted(client.scopes or ()),
        grant_types=sorted(client.grant_types),
        is_confidential=client.secret_hash is not None,
        is_active=client.is_active,
        created_at=client.created_at,
    )
    shown.client_secret = secret
    return shown
