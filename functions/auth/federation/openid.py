"""Sign-in by OpenID Connect (Core 1.0, 3.1), and by GitHub and Facebook, which speak OAuth 2.0 alone."""

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from lyceum.kit import base64url, clock, ids
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.identity import sealing
from lyceum.model.federation import IdentityProvider, SignInState

from functions.auth.federation import calls, on_the_way
from functions.auth.federation.people import Person
from functions.auth.federation.schemas import CallbackQuery
from functions.auth.provider import endpoints

SECRET_PURPOSE = "identity provider"  # noqa: S105 - what a secret is for
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures by a private key; a shared secret or none at all signs nobody in (RFC 8725, 3.1)."""
_SCOPES = {"oidc": "openid profile email", "github": "read:user user:email", "facebook": "email public_profile"}
_LEEWAY_SECONDS = 60
_KEYS_KEPT = timedelta(minutes=10)
_MOST_PROVIDERS = 50
_keys: OrderedDict[str, tuple[datetime, dict[str, Any]]] = OrderedDict()


def callback_url(provider: str) -> str:
    """Return where a provider leads browsers back to; each has its own, so that none answers for another."""
    return f"{endpoints.base()}/api/auth/social/{provider}/callback"


def start(provider: IdentityProvider, return_to: str, answer: AnswerHeaders) -> str:
    """Return the address to which a browser is sent (1 write)."""
    verifier, nonce = ids.new_secret(48), ids.new_secret(16)
    state = on_the_way.begin(answer, provider.provider, return_to, verifier=verifier, nonce=nonce)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_url(provider.provider),
        "scope": _SCOPES[provider.protocol],
        "state": state,
        "code_challenge": base64url.encode(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        **({"nonce": nonce} if provider.protocol == "oidc" else {}),
    }
    address = str(provider.endpoints["authorization"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def finish(provider: IdentityProvider, query: CallbackQuery, sent: SignInState) -> Person:
    """Return whom a provider vouches for; raises BadRequest where it does not, Unavailable where it is silent."""
    named = query.iss is not None or provider.endpoints.get("names_itself")
    if named and query.iss != provider.issuer:
        raise calls.refused()
    tokens = _exchange(provider, query.code, str(sent.verifier))
    readers: dict[str, Callable[[], Person]] = {
        "oidc": lambda: _by_id_token(provider, tokens, str(sent.nonce)),
        "github": lambda: _by_github(provider, tokens),
        "facebook": lambda: _by_facebook(provider, tokens),
    }
    return readers[provider.protocol]()


def _exchange(provider: IdentityProvider, code: str, verifier: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(provider.provider),
        "code_verifier": verifier,
        "client_id": str(provider.client_id),
    }
    secret = sealing.decrypt(SECRET_PURPOSE, provider.client_secret or "")
    headers = {}
    if provider.endpoints.get("secret_by") == "basic":
        pair = f"{quote(str(provider.client_id), safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_secret"] = secret
    answer = calls.ask("POST", provider.endpoints["token"], form=form, headers=headers)
    if not isinstance(answer, dict) or "error" in answer:
        raise calls.refused()
    return answer


def _by_id_token(provider: IdentityProvider, tokens: dict[str, Any], nonce: str) -> Person:
    claims = read_id_token(provider, tokens.get("id_token"), nonce)
    if "email" not in claims and provider.endpoints.get("userinfo"):
        told = _with_token(provider.endpoints["userinfo"], tokens)
        if told.get("sub") == claims["sub"]:
            claims = {**told, **claims}
    roles = claims.get(provider.role_claim or "", [])
    names = (_text(claims, "given_name"), _text(claims, "family_name"))
    first, last = names if any(names) else _halves(_text(claims, "name"))
    return Person(
        subject=claims["sub"],
        email=_proven_email(provider, claims),
        first_name=first,
        last_name=last,
        roles=[str(each) for each in (roles if isinstance(roles, list) else [roles])][:50],
    )


def read_id_token(provider: IdentityProvider, token: Any, nonce: str) -> dict[str, Any]:
    """Check an ID token (OpenID Connect Core 1.0, 3.1.3.7) and return its claims; raises BadRequest."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise calls.refused()
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(provider, header),
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            options={
                "require": ["exp", "iat", "sub", "iss", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError):
        raise calls.refused() from None
    now, audience = clock.now().timestamp(), claims["aud"]
    times = claims["iat"], claims["exp"]
    if not all(isinstance(each, int | float) for each in times) or not (
        times[0] - _LEEWAY_SECONDS <= now < times[1] + _LEEWAY_SECONDS
    ):
        raise calls.refused()
    is_ours = claims.get("azp", provider.client_id) == provider.client_id
    is_only = not isinstance(audience, list) or len(audience) == 1 or "azp" in claims
    if claims.get("nonce") != nonce or not is_ours or not is_only or not 0 < len(str(claims["sub"])) <= 255:
        raise calls.refused()
    return claims


def _key(provider: IdentityProvider, header: dict[str, Any]) -> Any:
    """Return the key that a token names, or the only one that the provider publishes; an unknown one is looked up."""
    import jwt

    address = str(provider.endpoints["jwks"])
    for is_fresh in (False, True):
        published = _published(address, is_fresh=is_fresh).get("keys", [])
        public = [each for each in published if each.get("use", "sig") == "sig" and each.get("kty") != "oct"]
        fitting = [each for each in public if each.get("kid") == header["kid"]] if "kid" in header else public
        if len(fitting) == 1:
            return jwt.PyJWK(fitting[0], algorithm=header["alg"])
    raise calls.refused()


def _published(address: str, *, is_fresh: bool) -> dict[str, Any]:
    now = clock.now()
    at, found = _keys.get(address, (None, {}))
    if at is None or is_fresh or abs(now - at) > _KEYS_KEPT:
        answer = calls.ask("GET", address)
        found = answer if isinstance(answer, dict) else {}
        _keys[address] = now, found
        if len(_keys) > _MOST_PROVIDERS:
            _keys.popitem(last=False)
    return found


def forget() -> None:
    """Forget the providers' keys, as a new process does; for tests."""
    _keys.clear()


def _proven_email(provider: IdentityProvider, claims: dict[str, Any]) -> str | None:
    email = _text(claims, "email").strip()
    domain = email.rpartition("@")[2].lower()
    is_vouched = bool(provider.vouches_for_domains) and domain in (provider.domains or ())
    is_proven = claims.get("email_verified") in {True, "true"} or is_vouched
    return email if is_proven and "@" in email and len(email) <= 254 else None


def _by_github(provider: IdentityProvider, tokens: dict[str, Any]) -> Person:
    """Read who somebody is at GitHub; an address counts that is its primary one and verified there."""
    told = _with_token(provider.endpoints["userinfo"], tokens)
    addresses = _with_token(provider.endpoints["emails"], tokens)
    email = next(
        (
            str(each["email"])
            for each in (addresses if isinstance(addresses, list) else [])
            if each.get("primary") is True and each.get("verified") is True
        ),
        None,
    )
    first, last = _halves(_text(told, "name") or _text(told, "login"))
    return Person(_subject(told, "id"), email, first, last)


def _by_facebook(provider: IdentityProvider, tokens: dict[str, Any]) -> Person:
    """Read who somebody is at Facebook, whose addresses are never said to be proven."""
    told = _with_token(f"{provider.endpoints['userinfo']}?fields=id,first_name,last_name", tokens)
    return Person(_subject(told, "id"), None, _text(told, "first_name"), _text(told, "last_name"))


def _with_token(address: str, tokens: dict[str, Any]) -> Any:
    return calls.ask("GET", address, headers={"Authorization": f"Bearer {tokens.get('access_token', '')}"})


def _subject(told: Any, name: str) -> str:
    if not isinstance(told, dict) or not isinstance(told.get(name), str | int) or not told[name]:
        raise calls.refused()
    return str(told[name])


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _halves(name: str) -> tuple[str, str]:
    first, _, last = name.strip().partition(" ")
    return first, last
