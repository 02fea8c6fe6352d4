"""What clients, and those who register them, send to the authorization server and get.

Names are as the standards have them where a standard names them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.identity.scopes import SCOPES
from lyceum.kit.values.text import Line

Short = Annotated[str, StringConstraints(max_length=200)]
Address = Annotated[str, StringConstraints(max_length=2000)]
Token = Annotated[str, StringConstraints(max_length=4000)]
ScopeName = Annotated[str, Field(json_schema_extra={"enum": list(SCOPES)}, max_length=40)]


class StandardRequest(BaseModel, defer_build=True):
    """A request of a standard that bids to ignore what is not known (RFC 6749, 3.1 and 3.2)."""

    model_config = ConfigDict(extra="ignore", str_max_length=8000, defer_build=True)


class AuthorizationRequest(StandardRequest):
    """How a client asks to be let in (RFC 6749, 4.1.1; RFC 7636, 4.3; OpenID Connect Core 1.0, 3.1.2.1).

    - `client_id`: the client that asks.
    - `redirect_uri`: where the person is led back to; exactly one of those that the client registered.
    - `response_type`: `code`, and nothing else.
    - `scope`: what it wants to do, with spaces between.
    - `state`: comes back as it is.
    - `code_challenge`: the S256 hash of a secret of the client, base64url without padding.
    - `code_challenge_method`: `S256`, and nothing else.
    - `nonce`: comes back in the ID token.
    """

    client_id: Short = ""
    redirect_uri: Address = ""
    response_type: Short = ""
    scope: Annotated[str, StringConstraints(max_length=1000)] = ""
    state: Annotated[str, StringConstraints(max_length=1000)] | None = None
    code_challenge: Short = ""
    code_challenge_method: Short = ""
    nonce: Annotated[str, StringConstraints(max_length=500)] | None = None


class Decision(AuthorizationRequest):
    """What the person decides about a client's request, which is sent along as it came."""

    decision: Literal["allow", "deny"]


class WantedRight(Schema):
    """Something that a client wants to do, in words."""

    scope: str
    words: str


class ConsentAsked(Schema):
    """What the person is asked; with `redirectTo` alone there is nothing to ask, and the browser is led back there."""

    client_id: str | None = None
    client_name: str | None = None
    wants: list[WantedRight] = []
    signed_in_as: str | None = None
    redirect_to: str | None = None


class LedBack(Schema):
    """Where the browser is led, with a code or with the reason why there is none."""

    redirect_to: str


class ClientProof(StandardRequest):
    """How a client without an Authorization header says who it is (RFC 6749, 2.3.1)."""

    client_id: Short | None = None
    client_secret: Short | None = None


class TokenRequest(ClientProof):
    """A request for tokens (RFC 6749, 4.1.3, 4.4.2 and 6; RFC 7636, 4.5).

    - `grant_type`: authorization_code, refresh_token or client_credentials.
    - `code`, `redirect_uri`, `code_verifier`: of the first.
    - `refresh_token`: of the second.
    - `scope`: less than was granted, of the last two.
    """

    grant_type: Short = ""
    code: Token | None = None
    redirect_uri: Address | None = None
    code_verifier: Short | None = None
    refresh_token: Token | None = None
    scope: Annotated[str, StringConstraints(max_length=1000)] | None = None


class GivenToken(ClientProof):
    """A token to look at or to end (RFC 7009, 2.1; RFC 7662, 2.1)."""

    token: Token = ""
    token_type_hint: Short | None = None


class StandardAnswer(BaseModel, defer_build=True):
    """An answer of a standard; what has no value is left out."""

    model_config = ConfigDict(defer_build=True)


class Tokens(StandardAnswer):
    """Tokens (RFC 6749, 5.1; OpenID Connect Core 1.0, 3.1.3.3)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name
    expires_in: Annotated[int, Field(description="Seconds.")]
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None


class Introspection(StandardAnswer):
    """What a token is worth now (RFC 7662, 2.2)."""

    active: bool
    scope: str | None = None
    client_id: str | None = None
    token_type: str | None = None
    exp: int | None = None
    sub: str | None = None
    iss: str | None = None


class RevokedToken(StandardAnswer):
    """A token is worth nothing any more, or never was (RFC 7009, 2.2)."""


class UserInfo(StandardAnswer):
    """Who somebody is, as far as the scopes say (OpenID Connect Core 1.0, 5.1 and 5.4)."""

    sub: str
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    preferred_username: str | None = None
    locale: str | None = None
    zoneinfo: str | None = None
    email: str | None = None
    email_verified: bool | None = None


class Discovery(StandardAnswer):
    """What clients need to know of the authorization server (OpenID Connect Discovery 1.0, section 3; RFC 8414)."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    subject_types_supported: list[str]
    claims_supported: list[str]
    authorization_response_iss_parameter_supported: bool


class RegisterClient(Request):
    """A client to register.

    - `redirectUris`: https addresses, those of this machine (`http://127.0.0.1/...`, any port), or of a private scheme
      such as `org.example.app:/back`.
    - `isConfidential`: whether it can keep a secret; an app in a browser or on a phone can not.
    - `actsAlone`: whether it may act without a person, by its secret, and read what everybody may.
    """

    name: Line
    redirect_uris: Annotated[list[Address], Field(max_length=20)] = []
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=40)]
    is_confidential: bool = True
    acts_alone: bool = False


class ClientView(Schema):
    """A client; its secret is shown once, when it is registered."""

    client_id: str
    name: str
    redirect_uris: list[str]
    scopes: list[str]
    grant_types: list[str]
    is_confidential: bool
    is_active: bool
    created_at: Timestamp
    client_secret: str | None = None


class ClientList(Schema):
    """The clients of a tenant."""

    clients: list[ClientView]


class GrantView(Schema):
    """A client that the person let in."""

    grant_id: str
    client_id: str
    client_name: str
    scopes: list[str]
    created_at: Timestamp
    last_used_at: Timestamp


class GrantList(Schema):
    """The clients that a person let in."""

    grants: list[GrantView]
