"""Orders of the store."""

from lyceum.events.store import StoreOrderMoved
from lyceum.kit.table import Unit

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify

_KINDS = {
    "reserved": kinds.STORE_ORDER_RELEASED,
    "shipped": kinds.STORE_ORDER_SHIPPED,
    "cancelled": kinds.STORE_ORDER_CANCELLED,
}


def tell_of_order(event: StoreOrderMoved, unit: Unit) -> None:
    """Tell a buyer that an order can be paid now, is on its way, or has ended."""
    data = {"orderId": event.order_id, "what": event.what}
    notify(_KINDS[event.state], event, event.user_id, data, unit)
