"""Clients of the authorization server: where they may lead people back to, and how each proves who it is."""

import base64
import hashlib
import hmac
import re
from urllib.parse import unquote_plus, urlsplit

from lyceum.kit.errors import Detail, Unauthenticated
from lyceum.kit.http.exchange import current
from lyceum.kit.identity import scopes
from lyceum.model.oauth import OAuthClient

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
"""A reversed domain name (RFC 8252, 7.1)."""
_PURPOSE = "oauth client"


def wrong_in(
    redirect_uris: list[str], asked_scopes: list[str], *, is_confidential: bool, acts_alone: bool
) -> list[Detail]:
    """Return what keeps a client from being made: addresses that are none, scopes that there are not, no secret."""
    wrong = [Detail("redirectUris", f"{each} is no address to lead people back to.") for each in redirect_uris
             if not is_address(each)]  # fmt: skip
    wrong += [Detail("scopes", f"There is no scope {each}.") for each in asked_scopes if each not in scopes.SCOPES]
    if acts_alone and not is_confidential:
        wrong.append(Detail("actsAlone", "A client acts alone by its secret, and this one has none."))
    return wrong


def grant_types(redirect_uris: list[str], *, acts_alone: bool) -> set[str]:
    """Return the ways in which a client gets tokens."""
    kinds = {"authorization_code", "refresh_token"} if redirect_uris else set()
    return kinds | ({"client_credentials"} if acts_alone else set())


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


def claimed(client_id: str | None = None, client_secret: str | None = None) -> tuple[str, str | None]:
    """Return the client id and secret that a request brings: in its header (RFC 6749, 2.3.1), or else those given.

    Raises Unauthenticated invalid_client for both, or neither.
    """
    scheme, _, encoded = current().headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        if not client_id:
            raise wrong_client()
        return client_id, client_secret
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise wrong_client() from None
    if client_secret is not None or (client_id or unquote_plus(name)) != unquote_plus(name):
        raise wrong_client()
    return unquote_plus(name)[:200], unquote_plus(secret)


def prove(client: OAuthClient | None, secret: str | None) -> OAuthClient:
    """Return a client that is who it says; raises Unauthenticated invalid_client."""
    if client is None or not client.is_active:
        raise wrong_client()
    good = hash_of(secret) if secret is not None else ""
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


def hash_of(secret: str) -> str:
    """Hash a secret; it has 256 random bits, so nobody can try what it might be and no key is needed."""
    return hashlib.sha256(f"{_PURPOSE}\0{secret}".encode()).hexdigest()
