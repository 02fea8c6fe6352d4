"""What every API stores: calls counted for limits, and answers for a repeated request."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class RateLimitWindow(Entity, discriminator="rate_limit_window"):
    """How often a subject called a route in one window of time."""

    keys = Keys("RATE#{subject}", "{route}#{window}")
    noun = "rate limit window"

    subject = UnicodeAttribute()
    route = UnicodeAttribute()
    window = UnicodeAttribute()
    calls = NumberAttribute(default=0)


class IdempotencyRecord(Entity, discriminator="idempotency_record"):
    """The answer that a request with an Idempotency-Key got; while `state` is `running` it is still being made.

    - `role`: that of the caller then; None for an anonymous one
    - `answer`: the body, or the id of what was made where that is shown anew
    """

    keys = Keys("IDEM#{subject}", "{route}#{idempotency_key}")
    noun = "idempotency record"

    subject = UnicodeAttribute()
    route = UnicodeAttribute()
    idempotency_key = UnicodeAttribute()
    body_hash = UnicodeAttribute()
    role = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    locked_until = NumberAttribute(default=0)
    status = NumberAttribute(null=True)
    answer = UnicodeAttribute(null=True)
