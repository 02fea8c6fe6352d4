"""Clients: registered by administrators, and proven when they ask for tokens."""

import base64
import hmac
import re
from urllib.parse import unquote_plus, urlsplit

from lyceum.kit import ids
from lyceum.kit.errors import Detail, Forbidden, NotFound, Unauthenticated, ValidationFailed
from lyceum.kit.http.exchange import current
from lyceum.kit.identity import revocations, scopes, sealing
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.oauth import OAuthClient

from functions.auth.provider.schemas import ClientProof, ClientView, RegisterClient

MOST_CLIENTS = 100
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
"""A reversed domain name (RFC 8252, 7.1)."""
_PURPOSE = "oauth client"


def register(wanted: RegisterClient) -> ClientView:
    """Register a client; its secret is in the answer and nowhere else.

    Raises ValidationFailed for an address or scope that is none, Forbidden when a tenant has a hundred clients.
    """
    _check(wanted)
    if len(everyone()) >= MOST_CLIENTS:
        raise Forbidden(f"A tenant has {MOST_CLIENTS} clients at most.", code="TOO_MANY_CLIENTS")
    kinds = {"authorization_code", "refresh_token"} if wanted.redirect_uris else set()
    secret = ids.new_secret() if wanted.is_confidential else None
    client = OAuthClient(
        client_id=ids.new_id(),
        name=wanted.name,
        secret_hash=_hash(secret) if secret else None,
        redirect_uris=wanted.redirect_uris,
        scopes=set(wanted.scopes),
        grant_types=kinds | ({"client_credentials"} if wanted.acts_alone else set()),
    )
    after = {"name": client.name, "scopes": sorted(client.scopes), "redirectUris": client.redirect_uris}
    Unit().create(client).create(audit("oauth_client.register", client.client_id, before={}, after=after)).commit()
    return view(client, secret)


def _check(wanted: RegisterClient) -> None:
    wrong = [Detail("redirectUris", f"{each} is no address to lead people back to.") for each in wanted.redirect_uris
             if not is_address(each)]  # fmt: skip
    wrong += [Detail("scopes", f"There is no scope {each}.") for each in wanted.scopes if each not in scopes.SCOPES]
    if wanted.acts_alone and not wanted.is_confidential:
        wrong.append(Detail("actsAlone", "A client acts alone by its secret, and this one has none."))
    if not wanted.redirect_uris and not wanted.acts_alone:
        wrong.append(Detail("redirectUris", "Name an address, or let the client act alone."))
    if wrong:
        raise ValidationFailed("This client can not be registered.", details=wrong)


def is_address(text: str) -> bool:
    """Say whether people may be led back to an address (RFC 8252, 7; RFC 9700, 2.1)."""
    try:
        parts = urlsplit(text)
        is_here = parts.hostname in LOOPBACK
        is_whole = parts.port != 0 and text.isascii() and text.isprintable()
    except ValueError:
        return False
    if not is_whole or any(each in text for each in " #\\") or "@" in parts.netloc:
        return False
    if parts.scheme in {"https", "http"}:
        return bool(parts.hostname) and (parts.scheme == "https" or is_here)
    return bool(_PRIVATE_SCHEME.fullmatch(parts.scheme))


def leads_back_to(client: OAuthClient, address: str) -> bool:
    """Say whether a client registered an address: letter by letter, but for the port on a person's own machine."""
    if not is_address(address):
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
    """Remove a client; within seconds its tokens are worth nothing. Raises NotFound."""
    client = OAuthClient.require(client_id=client_id)
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


def claimed(given: ClientProof) -> tuple[str, str | None]:
    """Return the client id and secret that a request brings: in its header (RFC 6749, 2.3.1), or else in its body.

    Raises Unauthenticated invalid_client for both, or neither.
    """
    scheme, _, encoded = current().headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        if not given.client_id:
            raise wrong_client()
        return given.client_id, given.client_secret
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise wrong_client() from None
    if given.client_secret is not None or (given.client_id or unquote_plus(name)) != unquote_plus(name):
        raise wrong_client()
    return unquote_plus(name)[:200], unquote_plus(secret)


def prove(client: OAuthClient | None, secret: str | None) -> OAuthClient:
    """Return a client that is who it says; raises Unauthenticated invalid_client."""
    if client is None or not client.is_active:
        raise wrong_client()
    good = _hash(secret) if secret is not None else ""
    if client.secret_hash is None:
        if secret is not None:
            raise wrong_client()
    elif not hmac.compare_digest(good, client.secret_hash):
        raise wrong_client()
    return client


def wrong_client() -> Unauthenticated:
    """Return the refusal of a client that is not proven (RFC 6749, 5.2)."""
    current().answer.headers["WWW-Authenticate"] = 'Basic realm="lyceum"'
    return Unauthenticated("This client is not known, or its secret is wrong.", code="invalid_client")


def _hash(secret: str) -> str:
    """Hash a secret; it was made at random, so nobody can try what it might be."""
    return sealing.mark(_PURPOSE, secret)
