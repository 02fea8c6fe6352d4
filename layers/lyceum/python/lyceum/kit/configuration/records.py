"""What is stored of a tenant's configuration: one partition, so that one request reads all of it."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Exact, Keys, Moment

_PARTITION = "CONFIG#all"


class RoleSet(Entity, discriminator="role_set"):
    """The permissions that a role has in a tenant, in place of those that the product ships with."""

    keys = Keys(_PARTITION, "ROLE#{role}")
    noun = "role"

    role = UnicodeAttribute()
    permissions: Any = JSONAttribute(default=list)
    reason = UnicodeAttribute(null=True)


class FeatureFlag(Entity, discriminator="feature_flag"):
    """For whom a feature is on.

    - `is_enabled`: off for everybody while it is false.
    - `percentage`: of users, from 0 to 100 with two decimals; a higher one keeps those who were in.
    - `roles`, `tenants`: whom alone it may be on for; empty for all.
    - `users`: ids of those for whom it is on whatever the other rules say.
    - `starts_at`, `ends_at`: when it is on; None for no bound.
    - `variants`: names with weights, for those for whom it is on; empty for `on` alone.
    """

    keys = Keys(_PARTITION, "FLAG#{flag}")
    noun = "feature flag"

    flag = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    is_enabled = BooleanAttribute(default=False)
    percentage = Exact(default=100)
    roles: Any = JSONAttribute(default=list)
    tenants: Any = JSONAttribute(default=list)
    users: Any = JSONAttribute(default=list)
    variants: Any = JSONAttribute(default=list)
    starts_at = Moment(null=True)
    ends_at = Moment(null=True)


class SettingValues(Entity, discriminator="setting_values"):
    """The settings that a tenant has values of its own for, by name."""

    keys = Keys(_PARTITION, "SETTINGS")
    noun = "settings"

    values: Any = JSONAttribute(default=dict)


class Organization(Entity, discriminator="organization"):
    """What an organisation says of itself and how its door stands; a tenant without one is as the product ships it.

    - `state`: `active`; `suspended`, `importing` and `leaving` let nobody in.
    - `tier`: startup, business or enterprise, which bounds its API keys.
    - `branding`: names, colours, addresses for help, and the upload of the logo, as `GET /api/organization` shows it.
    - `addresses`: networks (CIDR) by role; a role that is not named comes from anywhere.
    - `sign_in_methods`: the ways to sign in; empty for all.
    """

    keys = Keys(_PARTITION, "ORGANIZATION")
    noun = "organisation"

    state = UnicodeAttribute(default="active")
    tier = UnicodeAttribute(default="startup")
    branding: Any = JSONAttribute(default=dict)
    languages: ListAttribute[str] = ListAttribute(default=list)
    time_zone = UnicodeAttribute(default="UTC")
    calendar: Any = JSONAttribute(default=dict)
    addresses: Any = JSONAttribute(default=dict)
    sign_in_methods: ListAttribute[str] = ListAttribute(default=list)
