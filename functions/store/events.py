"""What follows in the store from payments, refunds, reviews and processed pictures."""

from lyceum.events.content import ContentProcessed
from lyceum.events.payments import OrderPaid, RefundMade
from lyceum.events.store import ProductReviewed, StoreOrderReturned, StoreOrderSold
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.store.catalogue import pictures, reviews
from functions.store.orders import settling
from functions.store.planning import demand

consumer = Consumer("store-events")
handler = consumer.handler


@consumer.on(OrderPaid, outside=True)
def take_payment(event: OrderPaid, _unit: Unit) -> None:
    """Let an order be paid, or send its money back."""
    settling.take(event)


@consumer.on(RefundMade)
def note_refund(event: RefundMade, unit: Unit) -> None:
    """Note that the money of an order went back."""
    settling.refunded(event, unit)


@consumer.on(StoreOrderSold, outside=True)
def count_sale(event: StoreOrderSold, _unit: Unit) -> None:
    """Count what was sold, and let its buyer review it."""
    _fold(event)


@consumer.on(StoreOrderReturned, outside=True)
def count_return(event: StoreOrderReturned, _unit: Unit) -> None:
    """Take off what came back."""
    _fold(event)


def _fold(event: StoreOrderSold | StoreOrderReturned) -> None:
    for number, lines in enumerate(demand.parts_of(event)):
        with consumer.part(event, number) as unit:
            demand.fold(unit, event, lines)


@consumer.on(ProductReviewed)
def count_review(event: ProductReviewed, unit: Unit) -> None:
    """Let the mean of a product follow its reviews."""
    reviews.fold(event, unit)


@consumer.on(ContentProcessed)
def add_picture(event: ContentProcessed, unit: Unit) -> None:
    """Show a processed picture or video with its product."""
    pictures.add(event.upload_id, unit)
