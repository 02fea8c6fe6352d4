"""The JWT form of a credential (Open Badges 3.0, 8.2; VC-JOSE-COSE 1.0, 3.1.1), signed RS256 with the tenant's key."""

import json
from collections.abc import Mapping
from typing import Any

from lyceum.kit import base64url

from functions.certificates.credentials import issuer

_TYPE = "vc+jwt"


def sign(credential: Mapping[str, Any]) -> str:
    """Return a credential as compact JWS, without its embedded proof (2 storage requests the first time, then 1)."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    key_id, private = issuer.rsa_key()
    header = {"alg": "RS256", "typ": _TYPE, "kid": f"{issuer.did()}#{key_id}", "iss": issuer.did()}
    claims = {name: value for name, value in credential.items() if name != "proof"}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url.encode(private.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def read(token: str, public: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential of a JWS that a JWK proves; raises ValueError for any other."""
    import jwt

    try:
        raw = jwt.PyJWS().decode(token, jwt.PyJWK({**public, "alg": "RS256"}), algorithms=["RS256"])
        return dict(json.loads(raw))
    except (jwt.PyJWTError, TypeError, ValueError, RecursionError):
        raise ValueError("this is no credential that the key has signed") from None


def _part(value: Mapping[str, Any]) -> str:
    return base64url.encode(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
