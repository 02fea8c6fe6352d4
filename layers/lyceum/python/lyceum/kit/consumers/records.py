"""What consumers store: which messages have had their effect, and messages that no other item carries."""

from typing import Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from lyceum.kit import clock
from lyceum.kit.event import Message
from lyceum.kit.table.entity import Entity, Keys

SEEN_SECONDS = 30 * 24 * 3600
_OUTBOX_SECONDS = 24 * 3600


class ProcessedEvent(Entity, discriminator="processed_event"):
    """A consumer has done what one message asks of it.

    It is kept for 30 days, longer than a message lives that is redriven once: that is at most 4 days in a queue and 14
    in its dead-letter queue; moved back, its days are counted anew.

    - `fold_id`: the fold that counts the message, where it is done only together with that (`Aggregator`).
    - `is_void`: of the proof of a fold: it was given up, and is never done.
    """

    keys = Keys("SEEN#{consumer}#{event_id}", "SEEN")
    noun = "marker"

    consumer = UnicodeAttribute()
    event_id = UnicodeAttribute()
    fold_id = UnicodeAttribute(null=True)
    is_void = BooleanAttribute(null=True)


class OutboxItem(Entity, discriminator="outbox_item"):
    """Carries a message where no other item is stored; it goes by its TTL a day later."""

    keys = Keys("OUT#{event_id}", "OUT")
    noun = "outbox item"

    event_id = UnicodeAttribute()

    @classmethod
    def of(cls, message: Message) -> Self:
        """Return the item for a message, to be written with it."""
        return cls(event_id=message.event_id, ttl=int(clock.now().timestamp()) + _OUTBOX_SECONDS)
