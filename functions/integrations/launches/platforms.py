"""Learning platforms and the tool's own key: registered, found, and shown to each other."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict, Unauthenticated, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.integrations.launches import Platform, ToolKey

from functions.integrations.launches.schemas import NewPlatform, PlatformView

MOST = 20
_SEALED = "lti tool key"
_KEY_BITS = 2048
_EXPONENT = 65537
_LIFETIME_SECONDS = 300


def id_of(issuer: str, client_id: str) -> str:
    """Return the id of a platform, which follows from what it calls itself and this tool."""
    return hashlib.sha256(f"{issuer}\0{client_id}".encode()).hexdigest()[:26].upper()


def every() -> list[Platform]:
    """Return the platforms of the organisation (1 storage request)."""
    return find(Platform, limit=MOST * 2).items


def create(wanted: NewPlatform) -> Platform:
    """Register a platform, with the first one the tool's key; raises Conflict, RuleViolation.

    The rules: PLATFORM_ADDRESS_REFUSED, TOO_MANY_PLATFORMS.
    """
    for address in (wanted.authorization_url, wanted.token_url, wanted.keys_url):
        try:
            client().read(address)
        except AddressRefused as refusal:
            raise rule_violation("PLATFORM_ADDRESS_REFUSED", str(refusal)) from refusal
    if len(every()) >= MOST:
        raise rule_violation("TOO_MANY_PLATFORMS", f"There are {MOST} platforms at most.")
    platform = Platform(platform_id=id_of(wanted.issuer, wanted.client_id), **wanted.model_dump())
    unit = Unit().create(platform, refuse=Conflict("This platform is registered already."))
    if not tool_keys():
        unit.create(_new_key())
    unit.create(audit("lti_platform.create", platform.platform_id, before={}, after={})).commit()
    return platform


def remove(platform_id: str) -> None:
    """Remove a platform, whose launches are refused from then on; accounts stay. Raises NotFound."""
    platform = Platform.require(platform_id=platform_id)
    Unit().remove(platform).create(audit("lti_platform.remove", platform_id, before={}, after={})).commit()


def meant(issuer: str, client_id: str | None) -> Platform:
    """Return the platform that begins a launch (1 storage request); raises Unauthenticated for one that is unknown."""
    if client_id is not None:
        found = [Platform.fetch(platform_id=id_of(issuer, client_id))]
    else:
        found = [each for each in every() if each.issuer == issuer]
    if len(found) != 1 or found[0] is None:
        raise Unauthenticated("This platform is not registered.")
    return found[0]


def view(platform: Platform, origin: str) -> PlatformView:
    """Show a platform, with the addresses of this tool at the host that was asked."""
    names = ("platform_id", "label", "issuer", "client_id", "deployment_ids", "created_at")
    return PlatformView(
        **{name: getattr(platform, name) for name in names},
        login_url=f"{api_at(origin)}/login",
        launch_url=f"{api_at(origin)}/launch",
        tool_keys_url=f"{api_at(origin)}/jwks",
    )


def origin(host: str) -> str:
    """Return the address of the host that was asked, which is one of the tenant's."""
    return f"{settings().api_url.partition('://')[0]}://{host}"


def api_at(origin: str) -> str:
    """Return where platforms call this tool at an origin: below the path that the API has in the local stack."""
    return f"{origin}{urlsplit(settings().api_url).path.rstrip('/')}/api/lti"


def tool_keys() -> list[ToolKey]:
    """Return the keys of the tool (1 storage request)."""
    return find(ToolKey, limit=10).items


def public_keys() -> list[dict[str, str]]:
    """Return the public halves of the tool's keys as JWKs (RFC 7517; RSA for RS256)."""
    from jwt.algorithms import RSAAlgorithm

    found = []
    for key in tool_keys():
        public: Any = _private(key).public_key()
        jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
        found.append({"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": key.key_id, "alg": "RS256", "use": "sig"})
    return found


def signed(claims: dict[str, Any]) -> str:
    """Sign claims as the tool, good for five minutes; raises Unauthenticated where there is no key."""
    import jwt

    keys = tool_keys()
    if not keys:
        raise Unauthenticated("This tool has no key yet.")
    now = int(clock.now().timestamp())
    stamped = {"iat": now, "exp": now + _LIFETIME_SECONDS, "jti": ids.new_id(), **claims}
    return jwt.encode(stamped, _private(keys[-1]), algorithm="RS256", headers={"kid": keys[-1].key_id})


def _new_key() -> ToolKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(_EXPONENT, _KEY_BITS)
    text = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return ToolKey(key_id=ids.new_id(), private_key=sealing.encrypt(f"{_SEALED} {context.tenant()}", text))


def _private(key: ToolKey) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = sealing.decrypt(f"{_SEALED} {context.tenant()}", key.private_key)
    return load_pem_private_key(text.encode(), password=None)
