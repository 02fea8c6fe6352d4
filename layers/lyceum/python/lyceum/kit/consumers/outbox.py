"""Messages of workers that write nothing else, such as the task to themselves that goes on with the next page."""

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.event import Message
from lyceum.kit.table import Unit


def send(unit: Unit, *messages: Message) -> None:
    """Let a unit of work carry messages on items of their own, which go by themselves a day later."""
    for message in messages:
        unit.create(OutboxItem.of(message), message)
