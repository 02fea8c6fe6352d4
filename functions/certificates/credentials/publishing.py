"""What verifiers read of the issuer: its keys, and its lists of certificates that hold no longer."""

import json

from lyceum.model.certificates import IssuerKey

from functions.certificates.credentials import issuer, status_lists
from functions.certificates.credentials.schemas import IssuerDocument, VerificationMethod

_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


def issuer_document() -> IssuerDocument:
    """Return the issuer's document (DID Core 1.0, 4 and 5; 1 storage request, 2 the first time)."""
    methods = [_method(key) for _, key in sorted(issuer.published().items())]
    return IssuerDocument(
        context=_CONTEXTS,
        id=issuer.did(),
        verification_method=methods,
        assertion_method=[method.id for method in methods],
    )


def status_list(list_id: str) -> str:
    """Return a status list as the JSON of a signed credential (1 storage request); raises NotFound."""
    return json.dumps(status_lists.show(list_id), separators=(",", ":"))


def _method(key: IssuerKey) -> VerificationMethod:
    named = f"{issuer.did()}#{key.key_id}"
    if key.algorithm == issuer.ED25519:
        return VerificationMethod(
            id=named, type="Multikey", controller=issuer.did(), public_key_multibase=str(key.public)
        )
    jwk = {**key.public, "alg": issuer.RS256}
    return VerificationMethod(id=named, type="JsonWebKey", controller=issuer.did(), public_key_jwk=jwk)
