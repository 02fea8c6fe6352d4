"""From an event to a delivery for each webhook that is told of it: a query a batch, a transaction an event."""

from collections.abc import Sequence

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.rules.webhooks import catalogue

from functions.webhooks import deliveries

consumer = Consumer("webhooks-fan-out")
handler = consumer.handler


def tell(events: Sequence[Event]) -> None:
    """Make the deliveries of events of one kind; where nobody is told of it, nothing is written."""
    wanted = deliveries.listeners(events[0].name)
    for event in events if wanted else ():
        payload = catalogue.payload(event)
        with consumer.part(event, 0) as part:
            for webhook in wanted:
                deliveries.add(part, deliveries.made(webhook, event.event_id, payload))


for kind in catalogue.TOLD:
    consumer.gather(kind)(tell)
