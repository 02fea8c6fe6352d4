"""What callers of the auth endpoints send and get."""

from typing import Annotated, Literal

from pydantic import EmailStr, Field, SecretStr, StringConstraints

from lyceum.http.schema import Request, Schema, Timestamp
from lyceum.text import Line

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,29}$")]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200, description="10 to 200 characters.")]


class Register(Request):
    """A new account."""

    email: EmailStr
    username: Username
    password: Password
    first_name: Line
    last_name: Line
    role: Literal["student", "mentor", "instructor"] = "student"
    language: Literal["en", "fr"] = "en"


class Login(Request):
    """Sign in by e-mail address or username."""

    identifier: Annotated[str, StringConstraints(min_length=3, max_length=254, strip_whitespace=True)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    device: Annotated[str | None, StringConstraints(max_length=100)] = None


class Account(Schema):
    """An account as its owner sees it."""

    user_id: str
    email: str | None = None
    username: str
    first_name: str
    last_name: str
    role: str
    tier: str
    status: str
    is_verified: bool
    language: str
    time_zone: str
    created_at: Timestamp


class SignedIn(Schema):
    """Tokens of a new session; the refresh token is also set as a cookie."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name
    access_token: str
    expires_in_seconds: int
    refresh_token: str
    user: Account


class SessionView(Schema):
    """The session that the request belongs to."""

    session_id: str
    device: str | None = None
    last_seen_at: Timestamp
    expires_at: Timestamp


class Me(Account):
    """The signed-in user with what the role allows and the session."""

    permissions: list[str]
    session: SessionView


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
