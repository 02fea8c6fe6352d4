"""What administrators say of identity providers, what browsers bring back from them, and what people see of links."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, StringConstraints, field_validator

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.values.text import Line

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
_PATH = re.compile(r"/(?![/\\])[!-~]{0,499}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
MappedRole = Literal["student", "mentor", "instructor"]


def is_path(text: str) -> bool:
    """Say whether a text is a path of this site, and of no other."""
    return bool(_PATH.fullmatch(text)) and "\\" not in text


class SetProvider(Request):
    """How a tenant's people sign in elsewhere.

    - `issuer`: of OpenID Connect, such as `https://accounts.google.com`; of SAML the provider's entity id.
    - `clientSecret`: shown by nobody afterwards; the one that is there stays when it is left out.
    - `domains`: mail domains whose people are sent there when they type their address.
    - `vouchesForDomains`: whether addresses of those domains count as proven though the provider does not say so.
    - `createsAccounts`: whether somebody unknown gets an account.
    - `roleClaim`, `roleMap`: the claim or attribute that says what somebody is, and which role follows from each value;
      staff is never made so.
    - `ssoUrl`, `certificates`: of SAML: where people are sent, and what answers are signed with (PEM or base64 of DER).
    """

    protocol: Literal["oidc", "google", "github", "facebook", "saml"]
    name: Line
    issuer: Annotated[str, StringConstraints(max_length=500)] | None = None
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=2000)] | None = None
    sso_url: Annotated[str, StringConstraints(max_length=1000)] | None = None
    certificates: Annotated[list[Annotated[str, StringConstraints(max_length=10_000)]], Field(max_length=5)] = []
    domains: Annotated[list[Annotated[str, StringConstraints(max_length=253)]], Field(max_length=50)] = []
    vouches_for_domains: bool = False
    creates_accounts: bool = True
    role_claim: Annotated[str, StringConstraints(max_length=300)] | None = None
    role_map: Annotated[dict[Annotated[str, StringConstraints(max_length=300)], MappedRole], Field(max_length=50)] = {}

    @field_validator("domains")
    @classmethod
    def _are_domains(cls, given: list[str]) -> list[str]:
        folded = sorted({each.strip().lower() for each in given})
        if not all(_DOMAIN.fullmatch(each) for each in folded):
            raise ValueError("Write domains like school.example.org.")
        return folded


class CertificateView(Schema):
    """A certificate that a provider signs with, and when it ends."""

    fingerprint: Annotated[str, Field(description="SHA-256, in hexadecimal digits.")]
    ends_at: Timestamp
    ends_soon: Annotated[bool, Field(description="Within 30 days, or it has ended.")]


class ProviderView(Schema):
    """An identity provider as an administrator sees it; its secret is not shown."""

    provider: str
    protocol: str
    name: str
    issuer: str
    client_id: str | None = None
    has_secret: bool
    callback_url: Annotated[str, Field(description="What the provider has to be told.")]
    domains: list[str]
    vouches_for_domains: bool
    creates_accounts: bool
    role_claim: str | None = None
    role_map: dict[str, str]
    certificates: list[CertificateView]


class ProviderList(Schema):
    """The identity providers of a tenant."""

    providers: list[ProviderView]


class WayIn(Schema):
    """A provider that people may sign in with."""

    provider: str
    name: str
    protocol: str
    start_url: str


class WaysIn(Schema):
    """The providers that people may sign in with; those of one's own mail domain come alone, where there are any."""

    providers: list[WayIn]


class HomeQuery(Request):
    """Whose providers.

    - `email`: the address of the person, of which the domain alone is looked at.
    """

    email: EmailStr | None = None


class StartQuery(Request):
    """Where a sign-in ends.

    - `returnTo`: the path of this site to which the browser goes in the end.
    """

    return_to: Annotated[str, StringConstraints(max_length=500)] = "/"

    @field_validator("return_to")
    @classmethod
    def _is_here(cls, given: str) -> str:
        if not is_path(given):
            raise ValueError("Give a path of this site, such as /courses.")
        return given


class CallbackQuery(BaseModel, defer_build=True):
    """What a provider sends along (RFC 6749, 4.1.2; RFC 9207).

    - `code`: stands for what the provider has to say.
    - `state`: as it was sent there.
    - `iss`: who answers.
    - `error`: why there is no code.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    code: Annotated[str, StringConstraints(max_length=4000)] = ""
    state: Annotated[str, StringConstraints(max_length=200)] = ""
    iss: Annotated[str, StringConstraints(max_length=500)] | None = None
    error: Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_]*$")] | None = None


class LinkView(Schema):
    """An identity elsewhere that the account is linked to."""

    provider: str
    provider_name: str
    email: str | None = None
    created_at: Timestamp


class LinkList(Schema):
    """The identities elsewhere that an account is linked to."""

    links: list[LinkView]
