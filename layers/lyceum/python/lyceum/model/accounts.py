"""Accounts: the person, the names they sign in by, their secrets and their sessions.

`USER#` is what other domains may read. Secrets live under `CRED#` and sign-in names under `LOGIN#`; only the auth
function's role reads those.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Keys, Moment


class User(Entity, discriminator="user"):
    """A person with a role; `profile` holds the fields of that role."""

    keys = Keys("USER#{user_id}", "PROFILE")
    noun = "user"

    user_id = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
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
    """One sign-in on one device; revoking it ends its access and refresh tokens."""

    keys = Keys("USER#{user_id}", "SESSION#{session_id}")
    noun = "session"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    device = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)
    last_seen_at = Moment()
    expires_at = Moment()
    revoked_at = Moment(null=True)


class LoginName(Entity, discriminator="login_name"):
    """A name that signs one user in: e-mail address or username. It exists once a tenant, which keeps it unique."""

    keys = Keys("LOGIN#{name}", "LOGIN")
    noun = "sign-in name"

    name = UnicodeAttribute()
    user_id = UnicodeAttribute()


class Credential(Entity, discriminator="credential"):
    """A user's password hash (argon2id) and the failed tries since the last good one."""

    keys = Keys("CRED#{user_id}", "PASSWORD")
    noun = "credential"

    user_id = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    failures = NumberAttribute(default=0)
    locked_until = Moment(null=True)
    changed_at = Moment()


class RefreshToken(Entity, discriminator="refresh_token"):
    """The one live refresh token of a session, by its SHA-256; the spent one is kept to notice its reuse."""

    keys = Keys("CRED#{user_id}", "REFRESH#{session_id}")
    noun = "refresh token"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    token_hash = UnicodeAttribute()
    spent_hash = UnicodeAttribute(null=True)
    expires_at = Moment()
