"""What verifiers get of the issuer."""

from typing import Any

from pydantic import Field

from lyceum.kit.http import Schema


class VerificationMethod(Schema):
    """A key by which the issuer's documents are proven (Controlled Identifiers 1.0, 2.2)."""

    id: str
    type: str
    controller: str
    public_key_multibase: str | None = None
    public_key_jwk: dict[str, Any] | None = None


class IssuerDocument(Schema):
    """The issuer as did:web publishes it: every key that certificates were ever signed with."""

    context: list[str] = Field(alias="@context")
    id: str
    verification_method: list[VerificationMethod]
    assertion_method: list[str]
