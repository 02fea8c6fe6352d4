"""What the kit itself stores: effects done, requests counted, answers kept for a repeated request."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit import clock
from lyceum.kit.event import Message
from lyceum.kit.table.entity import Entity, Keys

_DAY_SECONDS = 24 * 3600


class ProcessedEvent(Entity, discriminator="seen"):
    """A consumer has done what one event asks of it; kept for 30 days, longer than an event lives that is redriven once.

    A message is at most 4 days in a queue and 14 in its dead-letter queue; moved back, its days are counted anew.
    """

    keys = Keys("SEEN#{consumer}#{event_id}", "SEEN")
    noun = "marker"

    consumer = UnicodeAttribute()
    event_id = UnicodeAttribute()


class OutboxItem(Entity, discriminator="outgoing"):
    """Carries an event where no other item is stored; it goes by its TTL a day later."""

    keys = Keys("OUT#{event_id}", "OUT")
    noun = "outgoing event"

    event_id = UnicodeAttribute()

    @classmethod
    def of(cls, event: Message) -> "OutboxItem":
        """Return the item for an event, to be written with `Unit.put(OutboxItem.of(event), event)`."""
        return cls(event_id=event.event_id, ttl=int(clock.now().timestamp()) + _DAY_SECONDS)
