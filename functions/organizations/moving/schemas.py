"""What callers send and get about whole organisations."""

from typing import Annotated

from pydantic import Field, StringConstraints

from lyceum.kit.http.schemas import Id, Request, Schema, Timestamp

from functions.organizations.schemas import Name, Reason

Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class ImportCapsule(Request):
    """A capsule to make an organisation from.

    - `organizationId`: what the new organisation is called by.
    - `source`, `capsuleId`: which organisation was packed, and the capsule.
    - `signer`: the thumbprint (RFC 7638) of the key of another deployment that packed it.
    """

    organization_id: Name
    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}$")]
    capsule_id: Id
    signer: Thumbprint | None = None


class DeleteQuery(Request):
    """Why an organisation is deleted."""

    reason: Annotated[Reason, Field(description="Why; it stands in the receipt.")]


class ReceiptView(Schema):
    """What was removed of an organisation.

    - `statement`: the same as a compact JWS (RFC 7515), which names its key.
    """

    organization_id: Annotated[str, Field(validation_alias="tenant_name")]
    reason: str
    items: int
    files: int
    statement: str
    finished_at: Timestamp
