"""What the kit stores of identity: rights that ended before their tokens do, and keys of programs."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Revocation(Entity, discriminator="revocation"):
    """A session that ended, or a user whose rights changed; kept until every token from before has expired.

    - bucket: the five minutes in which it was written
    - subject: id of the session or of the user
    - lowest_version: of a user, the permissions version that tokens must have at least; None for a session
    """

    keys = Keys("REVOKED#{bucket}", "{ended_at}#{subject}")
    noun = "revocation"

    bucket = UnicodeAttribute()
    ended_at = Moment()
    subject = UnicodeAttribute()
    lowest_version = NumberAttribute(null=True)


class ApiKey(Entity, discriminator="api_key"):
    """A key by which a program acts for somebody, within some of their permissions. Administrators read it.

    Erasure: it ends with its owner's account, and its item goes thirty days later.

    - `owner_id`, `owner_role`, `owner_version`: for whom it acts, and with which rights they had it.
    - `digest`: SHA-256 of its secret, which is stored nowhere.
    - `former_digest`: of the one before, good until `former_until`.
    - `scopes`: names of permissions.
    - `calls_per_minute`: its own limit.
    - `must_sign`: it is good with signed requests alone.
    """

    keys = Keys("APIKEY#all", "{key_id}")
    noun = "API key"

    key_id = UnicodeAttribute()
    label = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    owner_role = UnicodeAttribute()
    owner_version = NumberAttribute()
    digest = UnicodeAttribute()
    former_digest = UnicodeAttribute(null=True)
    former_until = Moment(null=True)
    scopes: ListAttribute[str] = ListAttribute()
    calls_per_minute = NumberAttribute()
    must_sign = BooleanAttribute(default=False)
    expires_at = Moment(null=True)
    revoked_at = Moment(null=True)
    revoked_reason = UnicodeAttribute(null=True)


class ApiKeyUse(Entity, discriminator="api_key_use"):
    """When a key was last used, to the hour; every function notes it, and none but its administration writes keys."""

    keys = Keys("APIKEYUSE#all", "{key_id}")
    noun = "use"

    key_id = UnicodeAttribute()
    last_used_at = Moment()
