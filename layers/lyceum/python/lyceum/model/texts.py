"""Text messages sent, counted a day: they cost money, and some are asked for by those who earn by receiving them."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class TextsSent(Entity, discriminator="texts_sent"):
    """How many text messages went out on a day (UTC) to an account, a block of numbers or all of the tenant.

    - `subject`: `account-{id}`, `block-{hash}` or `tenant`; it names no number.
    """

    keys = Keys("TEXTS#{subject}", "{day}")
    noun = "count of texts"

    subject = UnicodeAttribute()
    day = UnicodeAttribute()
    sent = NumberAttribute(default=0)
