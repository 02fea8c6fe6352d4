"""From one event to a delivery for each webhook that is told of it, in one query and one transaction."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.rules.webhooks import catalogue

from functions.webhooks import deliveries

consumer = Consumer("webhooks-fan-out")
handler = consumer.handler


def tell(event: Event, unit: Unit) -> None:
    """Make the deliveries of an event."""
    wanted = deliveries.listeners(event.name)
    if not wanted:
        return
    payload = catalogue.payload(event)
    for webhook in wanted:
        deliveries.add(unit, deliveries.made(webhook, event.event_id, payload))


for kind in catalogue.TOLD:
    consumer.on(kind)(tell)
