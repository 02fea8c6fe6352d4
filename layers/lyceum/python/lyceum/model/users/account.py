"""Accounts: the person and the sessions on their devices; other domains may read these."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment
from lyceum.kit.values.text import normalise

_SORT_CHARACTERS = 200
"""Of a name in an index key, which may have 1024 bytes."""


class User(Entity, discriminator="user"):
    """A person with a role.

    - `status`: active, suspended or deleted; a suspension ends by itself at `suspended_until` (ask `status_at`).
    - `permissions_version`: a rise ends every access token from before.
    - `refreshable_from`: the lowest permissions version whose sessions can be refreshed; None: the present one.
    - `email_verified_at`, `phone_verified_at`: when its owner proved the address or number; None while nobody did.
    - `wanted_email`, `wanted_phone`: become `email` and `phone` when they are proven.
    - `phone_changed_at`: when another number took the place of one; for a while it resets no password.
    - `is_verified`: whether an administrator vouched for a mentor or instructor (at `verified_at`); others need none.
    - `last_login_at`: when a session was last begun.
    - `profile`: the fields of the role, `preferences`: what the person chose; both as in `lyceum.rules.profiles`.
    - `avatar`: the variants of the upload `avatar_id`.
    - `purge_at`: when what is left of a deleted account goes.
    """

    keys = Keys(
        "USER#{user_id}",
        "PROFILE",
        gsi1=Index("USERS#all", "{sort_name}#{user_id}"),
        gsi2=Index("USERS#{role}", "{sort_name}#{user_id}"),
    )
    noun = "user"

    user_id = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    email_verified_at = Moment(null=True)
    phone = UnicodeAttribute(null=True)
    phone_verified_at = Moment(null=True)
    phone_changed_at = Moment(null=True)
    school_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    role = UnicodeAttribute()
    tier = UnicodeAttribute(default="free")
    status = UnicodeAttribute(default="active")
    is_verified = BooleanAttribute(default=False)
    verified_at = Moment(null=True)
    last_login_at = Moment(null=True)
    permissions_version = NumberAttribute(default=1)
    refreshable_from = NumberAttribute(null=True)
    language = UnicodeAttribute(default="en")
    time_zone = UnicodeAttribute(default="UTC")
    has_own_zone = BooleanAttribute(null=True)
    profile: Any = JSONAttribute(default=dict)
    preferences: Any = JSONAttribute(default=dict)
    sort_name = UnicodeAttribute(null=True)
    wanted_email = UnicodeAttribute(null=True)
    wanted_phone = UnicodeAttribute(null=True)
    avatar_id = UnicodeAttribute(null=True)
    avatar: Any = JSONAttribute(default=list)
    suspended_until = Moment(null=True)
    suspension_reason = UnicodeAttribute(null=True)
    deleted_at = Moment(null=True)
    purge_at = Moment(null=True)

    def fill_keys(self) -> None:
        """Write the keys; lists of people are in the order of their last names."""
        self.sort_name = normalise(f"{self.last_name} {self.first_name}")[:_SORT_CHARACTERS]
        super().fill_keys()

    def zone_for(self, place: str | None) -> str:
        """Name the time zone in which somebody reads a time: the chosen one, or that of the place where none is."""
        is_chosen = self.has_own_zone or self.time_zone != "UTC"
        return str(self.time_zone if is_chosen or place is None else place)

    def status_at(self, moment: datetime) -> str:
        """Return the state at a time: a suspension that has ended by then is none."""
        is_over = self.status == "suspended" and self.suspended_until is not None and self.suspended_until <= moment
        return "active" if is_over else str(self.status)
