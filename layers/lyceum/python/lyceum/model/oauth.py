"""Apps that people let in: clients under `CLIENT#`, codes under `OAUTHCODE#`, what each person allows under `GRANT#`.

Only the function that gives out tokens reads codes and grants.
"""

import hashlib
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

GRANT_SHARDS = 8
"""Among so many partitions the grants of an app are spread, since everybody may let it in at once."""


def granted_shard(user_id: str) -> int:
    """Return where a person's grants stand among those of an app."""
    return hashlib.sha256(user_id.encode()).digest()[0] % GRANT_SHARDS


class OAuthClient(Entity, discriminator="oauth_client"):
    """A program that may ask people to be let in (RFC 6749, section 2); its tenant is that of its key.

    - `secret_hash`: keyed hash of its secret; None for one that can keep none, such as an app on a phone.
    - `redirect_uris`: where people are led back to, each compared letter by letter.
    - `scopes`: the most that it may ask for.
    - `grant_types`: authorization_code, refresh_token, client_credentials.
    - `app_id`: the app that it belongs to; None for one that an administrator registered by itself.
    - `is_active`: off while it is let in nowhere.
    - `installed_at`: of an app, when it was installed; what it was let in to do before is worth nothing.
    - `calls_per_minute`: of an app, its own limit in the tenant.
    """

    keys = Keys("CLIENT#{client_id}", "CLIENT", gsi1=Index("CLIENTS#all", "{client_id}"))
    noun = "client"

    client_id = UnicodeAttribute()
    name = UnicodeAttribute()
    secret_hash = UnicodeAttribute(null=True)
    redirect_uris: Any = JSONAttribute(default=list)
    scopes = UnicodeSetAttribute(null=True)
    grant_types = UnicodeSetAttribute()
    app_id = UnicodeAttribute(null=True)
    is_active = BooleanAttribute(default=True)
    installed_at = Moment(null=True)
    calls_per_minute = NumberAttribute(null=True)


class AuthorizationCode(Entity, discriminator="authorization_code"):
    """What a person allowed a client a minute ago, by the hash of the code that stands for it.

    - `challenge`: of the code verifier (RFC 7636, S256).
    - `grant_id`: of the grant that the code is exchanged for; it is spent when `spent_at` is set.
    - `auth_time`: when the person last proved to be the one, as seconds of Unix time.
    """

    keys = Keys("OAUTHCODE#{code_hash}", "CODE")
    noun = "code"

    code_hash = UnicodeAttribute()
    client_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    grant_id = UnicodeAttribute()
    redirect_uri = UnicodeAttribute()
    challenge = UnicodeAttribute()
    scopes = UnicodeSetAttribute(null=True)
    nonce = UnicodeAttribute(null=True)
    auth_time = NumberAttribute(null=True)
    expires_at = Moment()
    spent_at = Moment(null=True)


class OAuthGrant(Entity, discriminator="oauth_grant"):
    """What a person lets a client do, until it is taken back or not used for so long.

    - `refresh_nonce`, `generation`: what its refresh tokens are made from, as those of sessions are.
    - `permissions_version`: of the person when the grant was made.
    - `shard`: of an installed app's grant, by which those of the app are found when it goes.
    """

    keys = Keys("GRANT#{user_id}", "{grant_id}", gsi1=Index("APPGRANT#{client_id}#{shard}", "{user_id}#{grant_id}"))
    noun = "grant"

    user_id = UnicodeAttribute()
    grant_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    client_name = UnicodeAttribute()
    shard = NumberAttribute(null=True)
    scopes = UnicodeSetAttribute(null=True)
    refresh_nonce = UnicodeAttribute()
    generation = NumberAttribute(default=1)
    rotated_at = Moment()
    permissions_version = NumberAttribute()
    auth_time = NumberAttribute(null=True)
    expires_at = Moment()
