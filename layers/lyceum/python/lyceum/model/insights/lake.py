"""What is known of the lake's days."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class LakeDay(Entity, discriminator="lake_day"):
    """How many events the lake has of a day (UTC), and which folded figures said something else then.

    It is noted each time the day is put together, and names nobody. Staff who see operations may be shown it.
    """

    keys = Keys("LAKEDAY#all", "{day}")
    noun = "day"

    day = UnicodeAttribute()
    events = NumberAttribute(default=0)
    differences: Any = JSONAttribute(default=list)
    verified_at = Moment()
