"""Accounts: the person and the sessions on their devices; other domains may read these."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Keys, Moment


class User(Entity, discriminator="user"):
    """A person with a role; `profile` holds the fields of that role."""

    keys = Keys("USER#{user_id}", "PROFILE")
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
    permissions_version = NumberAttribute(default=1)
    language = UnicodeAttribute(default="en")
    time_zone = UnicodeAttribute(default="UTC")
    profile: Any = JSONAttribute(default=dict)


class Session(Entity, discriminator="session"):
    """One sign-in on one device. It is deleted when it ends, and with it its access and refresh tokens are worth nothing."""

    keys = Keys("USER#{user_id}", "SESSION#{session_id}")
    noun = "session"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    device = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)
    last_seen_at = Moment()
    expires_at = Moment()
