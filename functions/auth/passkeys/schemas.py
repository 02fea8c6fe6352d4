"""What browsers and the passkey routes send each other (WebAuthn Level 3, 5.1)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.values.text import Line

from functions.auth.schemas import DeviceName, DeviceToken, SealedToken

Encoded = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=20_000)]
CredentialId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1400}$")]


class Standard(BaseModel, defer_build=True):
    """A part of what a browser gives, of which what is not known is ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


class Attestation(Standard):
    """What an authenticator says of a new credential (5.2.1), in base64url."""

    clientDataJSON: Encoded  # noqa: N815 - the standard's name
    attestationObject: Encoded  # noqa: N815
    transports: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], Field(max_length=10)] = []


class Assertion(Standard):
    """What an authenticator says when it is asked (5.2.2), in base64url."""

    clientDataJSON: Encoded  # noqa: N815
    authenticatorData: Encoded  # noqa: N815
    signature: Encoded
    userHandle: Encoded  # noqa: N815


class NewCredential(Standard):
    """A `PublicKeyCredential` that was created, as its `toJSON()` writes it."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: Attestation


class UsedCredential(Standard):
    """A `PublicKeyCredential` that was used, as its `toJSON()` writes it."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: Assertion


class RegisterPasskey(Request):
    """A new passkey, and what its owner calls it."""

    name: Line
    credential: NewCredential


class UsePasskey(Request):
    """A passkey that signs in, or finishes the sign-in of a challenge token."""

    credential: UsedCredential
    challenge_token: SealedToken | None = None
    device: DeviceName = None
    device_token: DeviceToken = None


class PasskeyOptions(Schema):
    """What a browser hands to `navigator.credentials`, by `parseCreationOptionsFromJSON` or its sister."""

    public_key: dict[str, Any]
    expires_in_seconds: int


class PasskeyView(Schema):
    """A passkey as its owner sees it."""

    credential_id: str
    name: str
    is_synced: bool
    created_at: Timestamp
    last_used_at: Timestamp | None = None


class PasskeyList(Schema):
    """The passkeys of an account."""

    passkeys: list[PasskeyView]
