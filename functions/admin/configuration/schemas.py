"""What callers of flags, roles and settings send and get."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model, model_validator

from lyceum.kit.configuration.limits import SETTINGS, Setting
from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.identity.permissions import Permission, Role
from lyceum.kit.values.text import Line

FlagName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
VariantName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
TenantName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Variant(Request):
    """One of several forms of a feature; of those for whom it is on, its share is its weight among all."""

    name: VariantName
    weight: Annotated[int, Field(ge=0, le=1000)] = 1


class SetFlag(Request):
    """For whom a feature is on.

    The rules are taken in this order: `isEnabled`, the dates, `users` (on whatever follows), `roles`, `tenants`, and
    `percentage`, by a hash that gives each user the same place for ever.
    """

    description: Line | None = None
    is_enabled: bool
    percentage: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] = Decimal(100)
    roles: Annotated[list[Role], Field(max_length=6)] = []
    tenants: Annotated[list[TenantName], Field(max_length=500)] = []
    users: Annotated[list[Id], Field(max_length=500)] = []
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    variants: Annotated[list[Variant], Field(max_length=10)] = []
    version: Annotated[int | None, Field(ge=0, description="As it was read; another one is refused with 412.")] = None

    @model_validator(mode="after")
    def _is_possible(self) -> "SetFlag":
        for moment in (self.starts_at, self.ends_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a time needs its offset from UTC, such as Z")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("a flag ends after it starts")
        names = [each.name for each in self.variants]
        if len(set(names)) < len(names) or "off" in names:
            raise ValueError("variants have different names, and none is called off")
        if names and not sum(each.weight for each in self.variants):
            raise ValueError("one variant at least has a weight")
        return self


class VariantView(Schema):
    """A variant with its weight."""

    name: str
    weight: int


class FlagView(Schema):
    """A feature flag."""

    flag: str
    description: str | None = None
    is_enabled: bool
    percentage: float
    roles: list[str]
    tenants: list[str]
    users: list[str]
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    variants: list[VariantView]
    scope: Annotated[Literal["deployment", "tenant"], Field(description="Whose it is: the operator's, or own.")]
    version: int
    updated_at: Timestamp | None = None


class FlagsQuery(Listing):
    """Which flags.

    - `query`: a part of the name.
    - `isEnabled`: those that are on, or off, alone.
    """

    query: Annotated[str | None, Field(max_length=60)] = None
    is_enabled: bool | None = None


class FlagUsageQuery(Request):
    """Of which days.

    - `days`: so many days (UTC), today the last of them.
    """

    days: Annotated[int, Field(ge=1, le=30)] = 7


class VariantDay(Schema):
    """How often a flag was asked on a day, by the variant that was answered."""

    day: str
    variants: dict[str, int]


class FlagUsage(Schema):
    """Evaluations of a flag by variant."""

    flag: str
    total: dict[str, int]
    days: list[VariantDay]


class SetRole(Request):
    """The permissions of a role in this tenant; none given: as the product ships them."""

    permissions: Annotated[list[Permission] | None, Field(max_length=100)] = None
    reason: Line | None = None
    version: Annotated[int | None, Field(ge=0, description="As it was read; another one is refused with 412.")] = None


class RoleView(Schema):
    """A role with its permissions, and with those that the product ships it with."""

    role: str
    permissions: list[str]
    shipped: list[str]
    is_changed: bool
    may_be_changed: Annotated[bool, Field(description="Whether the caller may change it.")]
    version: int
    updated_at: Timestamp | None = None


class SettingView(Schema):
    """A setting: what holds in this tenant, and where that comes from."""

    name: str
    group: str
    unit: str
    description: str
    value: int
    own: Annotated[int | None, Field(description="The tenant's own value.")] = None
    shipped: Annotated[int, Field(description="What holds where nobody changed it.")]
    ceiling: Annotated[int | None, Field(description="The most that the operator lets a tenant have.")] = None
    least: int
    most: int


class SettingList(Schema):
    """Every setting, by group and name."""

    settings: list[SettingView]
    version: int


def _field(setting: Setting) -> Any:
    about = f"{setting.description} In {setting.unit}."
    return Annotated[int | None, Field(ge=setting.least, le=setting.most, description=about)], None


SettingChanges = create_model(  # fields follow from the settings that there are
    "SettingChanges",
    __base__=Request,
    __doc__="New values; null takes the tenant's own value away, what is left out stays.",
    **{name: _field(setting) for name, setting in SETTINGS.items()},
)


class SetSettings(Request):
    """New values of settings, with a reason for the audit."""

    values: SettingChanges
    reason: Line | None = None
    version: Annotated[int | None, Field(ge=0, description="As it was read; another one is refused with 412.")] = None
