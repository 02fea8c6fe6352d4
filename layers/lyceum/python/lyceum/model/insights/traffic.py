"""What busy addresses did, by the hour."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class CallerHour(Entity, discriminator="caller_hour"):
    """What a busy address did in a tenant in an hour (UTC); gone after a week. Staff who see operations see it.

    - `refused`: answered 4xx, among them `denied` (401, 403) and `limited` (429).
    - `failed`: 5xx.
    - `routes`: the sum of the different routes of its windows of some seconds.
    """

    keys = Keys("CALLERHOUR#{hour}", "{address}")
    noun = "caller"

    hour = UnicodeAttribute()
    address = UnicodeAttribute()
    calls = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    denied = NumberAttribute(default=0)
    limited = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    routes = NumberAttribute(default=0)
    windows = NumberAttribute(default=0)
