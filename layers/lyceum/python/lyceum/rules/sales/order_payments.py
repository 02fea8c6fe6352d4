"""The payments of an order of the store: a few tries, each known by the order and its number."""

from lyceum.kit import ids
from lyceum.model.payments.orders import Payment

MOST_TRIES = 5


def tries_of(order_id: str) -> list[Payment]:
    """Name the payments that an order may have, to read them; the first try comes first."""
    return [
        Payment.at(payment_id=ids.related_id(order_id, "payment", str(number))) for number in range(1, MOST_TRIES + 1)
    ]
