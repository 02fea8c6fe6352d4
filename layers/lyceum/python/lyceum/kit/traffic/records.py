"""What is stored of addresses whose traffic was out of the ordinary."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class WatchedAddress(Entity, discriminator="watched_address"):
    """An address that was warned, is refused for a while, or is never to be; staff who administer see it.

    It goes by itself a week after it means nothing any more.

    - `state`: warned, banned, lifted (by a person, and forgiven) or allowed (never refused until `until`).
    - `strikes`: bans so far; each is longer than the one before.
    - `pattern`: what its traffic looked like.
    - `until`: when the state ends.
    """

    keys = Keys("WATCHED#all", "{address}")
    noun = "ban"

    address = UnicodeAttribute()
    state = UnicodeAttribute()
    strikes = NumberAttribute(default=0)
    pattern = UnicodeAttribute(null=True)
    until = Moment()
