"""What callers send to sign in, and what they get of their sessions."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request, Schema

from functions.auth.schemas import (
    Account,
    DeviceName,
    DeviceToken,
    Identifier,
    OldPassword,
    Password,
    SealedToken,
    SixDigits,
)


class Login(Request):
    """Sign in by e-mail address, phone number, username or school id, with a password."""

    identifier: Identifier
    password: OldPassword
    join_code: Annotated[
        str | None,
        StringConstraints(max_length=20),
        Field(description="Of a pupil's card, with the PIN as the password."),
    ] = None
    device: DeviceName = None
    device_token: DeviceToken = None


class CodeWanted(Request):
    """Whom a one-time code is for."""

    identifier: Identifier


class CodeLogin(Request):
    """Sign in with a one-time code."""

    identifier: Identifier
    code: SixDigits
    device: DeviceName = None
    device_token: DeviceToken = None


class SecondStep(Request):
    """The code that finishes a sign-in: of the authenticator, from the message, or a recovery code."""

    challenge_token: SealedToken
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)]
    device_token: DeviceToken = None


class LaunchLogin(Request):
    """The ticket that a launch from a learning platform left in the address, good once and for two minutes."""

    ticket: Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
    device: DeviceName = None
    device_token: DeviceToken = None


class Refresh(Request):
    """A refresh token, for clients that do not keep cookies."""

    refresh_token: SealedToken | None = None


class GivenCode(Request):
    """A one-time code and the name it was sent for."""

    identifier: Identifier
    code: SixDigits


class NewPassword(Request):
    """A new password, allowed by a ticket or by the current password."""

    new_password: Password
    ticket: SealedToken | None = None
    current_password: OldPassword | None = None


class Confirmation(Request):
    """One proof that it is still the same person: the password, or a code of the authenticator or a recovery code."""

    password: OldPassword | None = None
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise ValueError("Send the password or a code.")
        return self


class SignedIn(Schema):
    """Tokens of a session; the refresh token and the device token are also set as cookies."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name
    access_token: str
    expires_in_seconds: int
    refresh_token: str
    device_token: str | None = None
    user: Account


class Challenged(Schema):
    """A sign-in that needs a second step: send the challenge token with a code, or with a passkey."""

    challenge_token: str
    methods: list[Literal["totp", "recovery", "email", "sms", "passkey"]]
    expires_in_seconds: int


class Ticket(Schema):
    """The right to set one new password."""

    ticket: str
    expires_in_seconds: int


class Ended(Schema):
    """How many sessions ended."""

    ended: int


class JsonWebKey(Schema):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JsonWebKeys(Schema):
    """The public keys of access tokens."""

    keys: list[JsonWebKey]
