"""Messages of workers that write nothing else, such as the task to themselves that goes on with the next page."""

from lyceum.kit import clock
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.event import Message
from lyceum.kit.table import Unit

_KEPT_SECONDS = 24 * 3600


def send(unit: Unit, *messages: Message) -> None:
    """Let a unit of work carry messages on items of their own, which go by themselves a day later."""
    last_second = int(clock.now().timestamp()) + _KEPT_SECONDS
    for message in messages:
        unit.create(OutboxItem(event_id=message.event_id, ttl=last_second), message)
