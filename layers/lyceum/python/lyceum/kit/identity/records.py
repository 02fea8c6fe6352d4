"""What the kit stores of identity: rights that ended before their tokens do."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

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
