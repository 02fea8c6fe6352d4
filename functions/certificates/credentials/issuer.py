"""Who issues: each tenant under its own host, by its did:web (did:web method, 3.2), with keys that are never forgotten.

Credentials are signed by one Ed25519 key of the deployment, at KMS where the stage has one (`credential_keys`). The JWT
form is signed by an RSA key of the tenant, whose private half is stored encrypted. The public half of each key that was
ever signed with stays: who replaces the key has another one from then on, and older certificates are proven by theirs.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lyceum.kit import base64url, context
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find_all
from lyceum.model.certificates import IssuerKey

from functions.certificates.credentials import credential_keys, proofs

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SEAL = "issuer key"
_RSA_BITS = 2048
ED25519, RS256 = "Ed25519", "RS256"


@frozen
class SigningKey:
    """The key that credentials are signed with now; `key_id` names it within the issuer."""

    key_id: str
    method: str
    public: bytes
    sign: proofs.Sign

    def stored(self) -> IssuerKey:
        """Return what is kept of it for good."""
        return IssuerKey(key_id=self.key_id, algorithm=ED25519, public=proofs.multikey(self.public))


def host() -> str:
    """Return the host of the current tenant: the deployment's own, or the tenant's below its domain."""
    if context.tenant() == context.MAIN_TENANT:
        return urlsplit(settings().issuer).netloc
    return f"{context.tenant()}.{settings().domain}"


def address(path: str = "") -> str:
    """Return an address below the tenant's host."""
    return f"https://{host()}{path}"


def did() -> str:
    """Return the identifier of the current tenant as an issuer."""
    return f"did:web:{host().replace(':', '%3A')}"


def signing_key() -> SigningKey:
    """Return the deployment's key as the current tenant's."""
    public, sign = credential_keys.present()
    key_id = f"key-{hashlib.sha256(public).hexdigest()[:16]}"
    return SigningKey(key_id, f"{did()}#{key_id}", public, sign)


def keys() -> dict[str, IssuerKey]:
    """Return every key that the tenant ever signed with, by id, and the present one (1 storage request)."""
    known = {key.key_id: key for key in find_all(IssuerKey)}
    present = signing_key()
    return {present.key_id: present.stored()} | known


def public_key(method: str, known: dict[str, IssuerKey]) -> bytes | None:
    """Return the Ed25519 key that a verification method of this issuer names; None for any other."""
    issuer, _, key_id = method.partition("#")
    key = known.get(key_id)
    return proofs.raw_key(key.public) if issuer == did() and key is not None and key.algorithm == ED25519 else None


def published() -> dict[str, IssuerKey]:
    """Return `keys` and the RSA key, so that a copy of them proves tokens of later, too (1 request, 2 at first)."""
    known = keys()
    if _opened(known.values()) is None:
        made = _made()
        known[str(made.key_id)] = made
    return known


def rsa_key() -> tuple[str, "RSAPrivateKey"]:
    """Return id and private half of the tenant's RSA key, which is made when it is first asked for (2 requests).

    One that the present secret can not open is left as a public key, and another one is made.
    """
    found = _opened(find_all(IssuerKey))
    if found is not None:
        return found
    made = _made()
    return str(made.key_id), _private(made)


def _made() -> IssuerKey:
    made = _new_rsa()
    Unit().create(made).commit()
    return made


def _opened(stored: Iterable[IssuerKey]) -> tuple[str, "RSAPrivateKey"] | None:
    for key in stored:
        if key.algorithm != RS256 or not key.sealed:
            continue
        with suppress(sealing.BrokenSeal):
            return str(key.key_id), _private(key)
    return None


def _private(key: IssuerKey) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private: Any = load_pem_private_key(sealing.decrypt(_SEAL, key.sealed).encode(), None)
    return private  # type: ignore[no-any-return]


def _new_rsa() -> IssuerKey:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    numbers = private.public_key().public_numbers()
    jwk = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    digest = hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return IssuerKey(key_id=f"rsa-{digest[:16]}", algorithm=RS256, public=jwk, sealed=sealing.encrypt(_SEAL, pem))


def _number(value: int) -> str:
    return base64url.encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
