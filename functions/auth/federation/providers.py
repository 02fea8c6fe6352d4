"""The identity providers of a tenant, as administrators set them."""

import base64
import hashlib
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lyceum.kit import clock
from lyceum.kit.configuration import admission
from lyceum.kit.errors import Detail, Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.federation import IdentityProvider

from functions.auth.federation import calls, openid
from functions.auth.federation.schemas import CertificateView, ProviderView, SetProvider, WayIn
from functions.auth.provider import endpoints
from functions.auth.saml import encryption

MOST_PROVIDERS = 20
_SOON = timedelta(days=30)
_PRESETS: dict[str, dict[str, Any]] = {
    "github": {
        "issuer": "https://github.com",
        "authorization": "https://github.com/login/oauth/authorize",
        "token": "https://github.com/login/oauth/access_token",
        "userinfo": "https://api.github.com/user",
        "emails": "https://api.github.com/user/emails",
    },
    "facebook": {
        "issuer": "https://www.facebook.com",
        "authorization": "https://www.facebook.com/dialog/oauth",
        "token": "https://graph.facebook.com/oauth/access_token",
        "userinfo": "https://graph.facebook.com/me",
    },
}
_HTTPS = re.compile(r"https://[!-~]+")
_GOOGLE = "https://accounts.google.com"


def set_provider(name: str, wanted: SetProvider) -> ProviderView:
    """Set a provider up, or change it; an OpenID issuer is asked where its endpoints are.

    Raises ValidationFailed for what is missing or wrong, BadRequest or Unavailable for an issuer that does not answer
    as one, and Forbidden when a tenant has twenty.
    """
    before = IdentityProvider.fetch(provider=name, consistent=True)
    if before is None and len(every()) >= MOST_PROVIDERS:
        raise Forbidden(f"A tenant has {MOST_PROVIDERS} providers at most.", code="TOO_MANY_PROVIDERS")
    made = IdentityProvider(
        provider=name,
        protocol="oidc" if wanted.protocol == "google" else wanted.protocol,
        name=wanted.name,
        client_id=wanted.client_id,
        domains=set(wanted.domains) or None,
        vouches_for_domains=wanted.vouches_for_domains,
        creates_accounts=wanted.creates_accounts,
        role_claim=wanted.role_claim,
        role_map=dict(wanted.role_map),
    )
    unit = Unit()
    if wanted.protocol == "saml":
        _describe_saml(made, wanted)
        encryption.have_key(unit)
    else:
        _describe_oauth(made, wanted, before)
    shown = {"protocol": made.protocol, "issuer": made.issuer, "domains": wanted.domains, "roleMap": made.role_map}
    was = {"protocol": before.protocol, "issuer": before.issuer} if before else {}
    unit.put(made).create(audit("identity_provider.set", name, before=was, after=shown)).commit()
    return view(made)


def _describe_oauth(made: IdentityProvider, wanted: SetProvider, before: IdentityProvider | None) -> None:
    kept = before.client_secret if before and before.protocol == made.protocol else None
    secret = wanted.client_secret
    made.client_secret = sealing.encrypt(openid.SECRET_PURPOSE, secret.get_secret_value()) if secret else kept
    issuer = _GOOGLE if wanted.protocol == "google" else wanted.issuer
    missing = [name for name, value in {"clientId": made.client_id, "clientSecret": made.client_secret}.items()
               if not value]  # fmt: skip
    if wanted.protocol == "oidc" and not issuer:
        missing.append("issuer")
    if missing:
        raise ValidationFailed("Some fields are missing.", details=[Detail(each, "Give this.") for each in missing])
    preset = dict(_PRESETS.get(wanted.protocol) or discover(issuer or ""))
    made.issuer, made.endpoints = preset.pop("issuer"), preset


def discover(issuer: str) -> dict[str, Any]:
    """Ask an issuer where its endpoints are (OpenID Connect Discovery 1.0, 4); raises BadRequest or Unavailable."""
    told = calls.ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if not isinstance(told, dict) or told.get("issuer") != issuer:
        raise calls.refused()
    names = {"authorization": "authorization_endpoint", "token": "token_endpoint", "jwks": "jwks_uri"}
    found: dict[str, Any] = {name: told.get(theirs) for name, theirs in names.items()}
    found["userinfo"] = told.get("userinfo_endpoint")
    if not all(_may_be_called(found[name]) for name in names) or (found["userinfo"] and not _may_be_called(
        found["userinfo"]
    )):  # fmt: skip
        raise calls.refused()
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    found["secret_by"] = "post" if "client_secret_post" in methods else "basic"
    found["names_itself"] = told.get("authorization_response_iss_parameter_supported") is True
    return {"issuer": issuer, **found}


def _may_be_called(address: Any) -> bool:
    try:
        return isinstance(address, str) and bool(client().read(address))
    except AddressRefused:
        return False


def _describe_saml(made: IdentityProvider, wanted: SetProvider) -> None:
    wrong = [Detail(name, "Give this.") for name, value in {"issuer": wanted.issuer, "ssoUrl": wanted.sso_url,
             "certificates": wanted.certificates}.items() if not value]  # fmt: skip
    if wanted.sso_url and not _HTTPS.fullmatch(wanted.sso_url):
        wrong.append(Detail("ssoUrl", "Give an address that begins with https."))
    certificates = [_der(each) for each in wanted.certificates]
    if None in certificates:
        wrong.append(Detail("certificates", "Give X.509 certificates, in PEM or in base64 of DER."))
    if wrong:
        raise ValidationFailed("Some fields are missing or wrong.", details=wrong)
    made.issuer, made.endpoints, made.certificates = str(wanted.issuer), {"sso": wanted.sso_url}, certificates


def _der(text: str) -> str | None:
    """Return a certificate in base64 of DER, or None for what is none."""
    from cryptography.x509 import load_der_x509_certificate

    lines = [line for line in text.strip().splitlines() if "-----" not in line]
    try:
        der = base64.b64decode("".join("".join(lines).split()), validate=True)
        load_der_x509_certificate(der)
    except ValueError:
        return None
    return base64.b64encode(der).decode()


def remove(name: str) -> None:
    """Remove a provider; nobody signs in by it any more.

    Raises NotFound, and RuleViolation SIGN_IN_LOCKS_OUT for the last one where people come in by providers alone.
    """
    left = {each.way_in for each in every() if each.provider != name} | {"password", "code"}
    if not any(admission.is_method(way) for way in left):
        raise rule_violation("SIGN_IN_LOCKS_OUT", "Nobody would come in any more.")
    found = IdentityProvider.at(provider=name)
    unit = Unit().remove(found, when=IdentityProvider.pk.exists(), refuse=NotFound("There is no such provider."))
    unit.create(audit("identity_provider.remove", name, before={}, after={})).commit()


def every() -> list[IdentityProvider]:
    """Return the tenant's providers (1 storage request)."""
    return find(IdentityProvider, limit=MOST_PROVIDERS).items


def ways_in(email: str | None) -> list[WayIn]:
    """Return what people may sign in with; somebody of a provider's mail domain by that one alone."""
    domain = (email or "").rpartition("@")[2].lower()
    found = [each for each in every() if admission.is_method(each.way_in)]
    own = [each for each in found if domain and domain in (each.domains or ())]
    return [
        WayIn(
            provider=each.provider,
            name=each.name,
            protocol=each.protocol,
            start_url=f"/api/auth/social/{each.provider}/start?{urlencode({'returnTo': '/'})}",
        )
        for each in own or found
    ]


def view(provider: IdentityProvider) -> ProviderView:
    """Show a provider to an administrator."""
    is_saml = provider.protocol == "saml"
    return ProviderView(
        provider=provider.provider,
        protocol=provider.protocol,
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        has_secret=provider.client_secret is not None,
        callback_url=f"{endpoints.base()}/api/saml/acs" if is_saml else openid.callback_url(provider.provider),
        domains=sorted(provider.domains or ()),
        vouches_for_domains=provider.vouches_for_domains,
        creates_accounts=provider.creates_accounts,
        role_claim=provider.role_claim,
        role_map=provider.role_map,
        certificates=[_certificate(each) for each in provider.certificates],
    )


def _certificate(text: str) -> CertificateView:
    from cryptography.x509 import load_der_x509_certificate

    der = base64.b64decode(text)
    ends: datetime = load_der_x509_certificate(der).not_valid_after_utc
    soon = ends <= clock.now() + _SOON
    return CertificateView(fingerprint=hashlib.sha256(der).hexdigest(), ends_at=ends, ends_soon=soon)
