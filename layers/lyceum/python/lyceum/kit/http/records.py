"""RateLimitWindow, IdempotencyRecord."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class RateLimitWindow(Entity, discriminator="rate_window"):
    """How often a subject called a route in one window of time."""

    keys = Keys("RATE#{subject}", "{route}#{window}")
    noun = "rate window"

    subject = UnicodeAttribute()
    route = UnicodeAttribute()
    window = UnicodeAttribute()
    calls = NumberAttribute(default=0)


class IdempotencyRecord(Entity, discriminator="kept_answer"):
    """The answer that a request with an Idempotency-Key got; while `state` is `running` it is still being made."""

    keys = Keys("IDEM#{subject}", "{route}#{idempotency_key}")
    noun = "kept answer"

    subject = UnicodeAttribute()
    route = UnicodeAttribute()
    idempotency_key = UnicodeAttribute()
    body_hash = UnicodeAttribute()
    state = UnicodeAttribute()
    locked_until = NumberAttribute(default=0)
    status = NumberAttribute(null=True)
    answer = UnicodeAttribute(null=True)
