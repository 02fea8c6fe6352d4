"""What callers of the organisation endpoints send and get."""

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, EmailStr, Field, StringConstraints

from lyceum.kit.configuration.limits import SETTINGS
from lyceum.kit.configuration.records import Organization
from lyceum.kit.http.pages import Listing
from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.identity.permissions import Role
from lyceum.kit.tenancy.records import Tenant
from lyceum.kit.values.text import Line
from lyceum.kit.values.time_zones import zone
from lyceum.model.organizations import DomainClaim

Tier = Literal["startup", "business", "enterprise"]
State = Literal["active", "suspended", "importing", "leaving"]
Method = Literal["password", "code", "passkey", "social", "saml", "launch"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")]
"""What a tenant is called by, in its host: 3 to 40 small letters, digits and dashes."""
Title = Annotated[Line, Field(max_length=80)]
Reason = Annotated[Line, Field(min_length=3, max_length=500)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,7})?$")]
Address = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+$", max_length=200)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        raise ValueError("this is no network such as 203.0.113.0/24") from None


def _zone(name: str) -> str:
    if zone(name).key != name:
        raise ValueError("there is no such time zone")
    return name


def _host(text: str) -> str:
    name = text.strip().lower().rstrip(".")
    if not _HOST.fullmatch(name):
        raise ValueError("this is no host such as learn.harbour.org")
    return name


def _setting(name: str) -> str:
    if name not in SETTINGS:
        raise ValueError("there is no such limit")
    return name


Network = Annotated[str, StringConstraints(max_length=60), AfterValidator(_network)]
TimeZone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)]
Host = Annotated[str, StringConstraints(max_length=260), AfterValidator(_host)]
LimitName = Annotated[str, StringConstraints(max_length=60), AfterValidator(_setting)]


class Branding(Request):
    """What an organisation shows of itself; there is no free CSS or HTML.

    - `client`: the address of its own client, where links of mails lead.
    - `logoUploadId`: an upload of its own, an image.
    """

    name: Title | None = None
    colour: Colour | None = None
    accent_colour: Colour | None = None
    client: Address | None = None
    support_email: EmailStr | None = None
    logo_upload_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")] | None = None


class Calendar(Request):
    """How an organisation counts its days: the first day of its week, and of its year as month and day."""

    week_starts: Literal["monday", "saturday", "sunday"] = "monday"
    year_starts: MonthDay = "09-01"


class BrandingView(Schema):
    """What an organisation shows of itself."""

    name: str | None = None
    colour: str | None = None
    accent_colour: str | None = None
    client: str | None = None
    support_email: str | None = None
    logo_upload_id: str | None = None


class CalendarView(Schema):
    """How an organisation counts its days: the first day of its week, and of its year as month and day."""

    week_starts: str = "monday"
    year_starts: str = "09-01"


class FirstAdministrator(Request):
    """Who is invited to run a new organisation, as its super admin."""

    email: EmailStr
    language: Literal["en", "fr"] = "en"


class NewOrganization(Request):
    """An organisation to make.

    - `organizationId`: what it is called by, for good; its host is `{organizationId}.` below the deployment's domain.
    - `unknownAge`: what somebody counts as whose age is not known.
    - `minorContacts`: with whom minors exchange messages.
    - `demoContent`: whether it begins with a small course to look at.
    """

    organization_id: Name
    title: Title
    tier: Tier = "startup"
    first_administrator: FirstAdministrator
    unknown_age: Literal["minor", "adult"] = "minor"
    minor_contacts: Literal["classmates", "staff"] = "classmates"
    demo_content: bool = False


class ChangeOrganization(Request):
    """What is to be other about an organisation; what is left out stays.

    - `tier`: is given by the operator alone.
    - `limits`: values of its settings by name, null for the usual one; ceilings of the operator hold.
    - `addresses`: networks from which each role is admitted; a role with none comes from anywhere.
    - `signInMethods`: the ways in which people sign in; an empty list for all. `social` are OpenID providers, GitHub
      and Facebook, `launch` is from a learning platform. Without password and code a provider has to be set up.
    """

    title: Title | None = None
    tier: Tier | None = None
    branding: Branding | None = None
    languages: Annotated[list[Language], Field(max_length=20)] | None = None
    time_zone: TimeZone | None = None
    calendar: Calendar | None = None
    limits: Annotated[dict[LimitName, int | None], Field(max_length=len(SETTINGS))] | None = None
    addresses: dict[Role, Annotated[list[Network], Field(max_length=50)]] | None = None
    sign_in_methods: Annotated[list[Method], Field(max_length=6)] | None = None
    unknown_age: Literal["minor", "adult"] | None = None
    minor_contacts: Literal["classmates", "staff"] | None = None


class Suspend(Request):
    """Why an organisation is closed."""

    reason: Reason


class DomainView(Schema):
    """A domain: what its records in the name system have to say, and whether they do.

    - `failure`: why the last look found no proof.
    """

    host: str
    state: Literal["pending", "active"]
    records: list["DomainRecord"]
    failure: str | None = None
    checked_at: Timestamp | None = None
    proven_at: Timestamp | None = None


class DomainRecord(Schema):
    """A record of the name system."""

    type: Literal["TXT", "CNAME"]
    name: str
    value: str


class OrganizationRow(Schema):
    """An organisation in the list of all."""

    organization_id: str
    title: str | None = None
    tier: Tier
    state: State
    created_at: Timestamp | None = None

    @classmethod
    def of(cls, tenant: Tenant) -> "OrganizationRow":
        """Show a row of the list."""
        return cls(
            organization_id=tenant.tenant_name,
            title=tenant.title,
            tier=tenant.tier,
            state=tenant.state,
            created_at=tenant.created_at,
        )


class OrganizationView(OrganizationRow):
    """An organisation with its settings. `version` goes into If-Match."""

    branding: BrandingView
    languages: list[str]
    time_zone: str
    calendar: CalendarView
    limits: dict[str, int]
    addresses: dict[str, list[str]]
    sign_in_methods: list[str]
    unknown_age: str
    minor_contacts: str
    domains: list[str]
    version: int

    @classmethod
    def whole(
        cls, tenant: Tenant, own: Organization, limits: dict[str, int], claims: list[DomainClaim]
    ) -> "OrganizationView":
        """Show all of an organisation."""
        return cls(
            **OrganizationRow.of(tenant).model_dump(),
            branding=BrandingView(**own.branding),
            languages=list(own.languages),
            time_zone=own.time_zone,
            calendar=CalendarView(**own.calendar),
            limits=limits,
            addresses=own.addresses,
            sign_in_methods=list(own.sign_in_methods),
            unknown_age=tenant.unknown_age,
            minor_contacts=tenant.minor_contacts,
            domains=[claim.host for claim in claims if claim.state == "active"],
            version=int(own.version),
        )


class PublicOrganization(Schema):
    """What everybody may know of the organisation of a host."""

    organization_id: str
    branding: BrandingView
    languages: list[str]
    time_zone: str
    calendar: CalendarView
    sign_in_methods: list[str]


class OrganizationQuery(Listing):
    """Which page of the organisations."""


class ClaimDomain(Request):
    """A host that an organisation wants to go by; the same call again looks whether it is proven."""

    host: Host


class UsageQuery(Request):
    """How many days (UTC) back, today among them."""

    days: Annotated[int, Field(ge=1, le=31, description="Days, today among them.")] = 7


class UsageDay(Schema):
    """The calls of a day."""

    day: str
    calls: int
    failed: int
    cost_usd: float


class UsageView(Schema):
    """What an organisation used and what that costs at list price.

    - `storedBytes`: of its files, `filesUsd`: what they cost a month.
    - `prices`: USD for each unit, of the day `asOf`.
    """

    organization_id: str
    days: list[UsageDay]
    calls: int
    people: int
    answer_bytes: int
    storage_units: float
    stored_files: int
    stored_bytes: int
    cost_usd: float
    files_usd: float
    prices: dict[str, float]
    as_of: str
