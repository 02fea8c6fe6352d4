"""Events of workers that write nothing else: such as the message to themselves that goes on with the next slice."""

from lyceum.kit import clock
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.event import Event
from lyceum.kit.table import Unit

_KEPT_SECONDS = 24 * 3600


def tell(unit: Unit, *events: Event) -> None:
    """Let a unit of work carry events on items of their own, which go by themselves a day later."""
    last_second = int(clock.now().timestamp()) + _KEPT_SECONDS
    for event in events:
        unit.create(OutboxItem(event_id=event.event_id, ttl=last_second), event)
