"""What the kit itself stores: effects done, requests counted, answers kept for a repeated request."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum import clock
from lyceum.events.base import Event
from lyceum.table.entity import Entity, Keys

_DAY_SECONDS = 24 * 3600


class Seen(Entity, discriminator="seen"):
    """A consumer has done what one event asks of it; kept for 30 days, longer than an event lives that is redriven once.

    A message is at most 4 days in a queue and 14 in its dead-letter queue; moved back, its days are counted anew.
    """

    keys = Keys("SEEN#{consumer}#{event_id}", "SEEN")
    noun = "marker"

    consumer = UnicodeAttribute()
    event_id = UnicodeAttribute()


class RateWindow(Entity, discriminator="rate_window"):
    """How often a subject called a route in one window of time."""

    keys = Keys("RATE#{subject}", "{route}#{window}")
    noun = "rate window"

    subject = UnicodeAttribute()
    route = UnicodeAttribute()
    window = UnicodeAttribute()
    calls = NumberAttribute(default=0)


class KeptAnswer(Entity, discriminator="kept_answer"):
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


class Outgoing(Entity, discriminator="outgoing"):
    """Carries an event where no other item is stored; it goes by its TTL a day later."""

    keys = Keys("OUT#{event_id}", "OUT")
    noun = "outgoing event"

    event_id = UnicodeAttribute()

    @classmethod
    def of(cls, event: Event) -> "Outgoing":
        """Return the item for an event, to be written with `Unit.put(Outgoing.of(event), event)`."""
        return cls(event_id=event.event_id, ttl=int(clock.now().timestamp()) + _DAY_SECONDS)
