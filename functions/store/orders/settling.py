"""What follows for an order from its payment and from money that went back; again, nothing more happens.

Money that comes late is taken while there is stock, and else sent back, as is money for an order that was cancelled or
paid before.
"""

from contextlib import suppress
from datetime import timedelta

from lyceum.events.payments import OrderPaid, RefundMade
from lyceum.events.store import StoreOrderSold
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, retry_on_conflict
from lyceum.kit.table.retrying import is_conflict
from lyceum.model.payments.orders import Payment
from lyceum.model.store.orders import ORDER, PAID, StoreOrder
from lyceum.rules.sales import coupons
from lyceum.rules.sales.order_payments import tries_of
from lyceum.tasks.payments import RefundOrder, VerifyPayment

from functions.store.orders import moving, stock

_TRIES = 8
_ASKED_FOR = timedelta(minutes=5)
_BANK_CHECKED = timedelta(hours=1)
_BANK_AWAITED = timedelta(days=3)


def take(event: OrderPaid) -> None:
    """Let an order be paid, if there is such an order."""
    retry_on_conflict(lambda: _take(event), tries=_TRIES)


def _take(event: OrderPaid) -> None:
    order = StoreOrder.fetch(order_id=event.order_id, consistent=True)
    if order is None or order.payment_id == event.payment_id:
        return
    if order.state in {"reserved", "held"}:
        _sell(order, event, is_late=False)
    elif order.state == "expired":
        _sell_late(order, event)
    else:
        _send_back(event, "This order was paid already." if order.state in PAID else "The order was cancelled.")


def _sell(order: StoreOrder, event: OrderPaid, *, is_late: bool) -> None:
    unit = Unit()
    if is_late:
        stock.sell_late(unit, order)
        for code in order.coupons:
            coupons.count_late(unit, code, order.user_id)
    else:
        stock.sell(unit, order)
    order.payment_id, order.paid_at, order.expires_at = event.payment_id, clock.now(), None
    moving.enter(order, "paid", "payment")
    day = f"{order.paid_at:%Y-%m-%d}"
    sold = StoreOrderSold(order_id=order.order_id, user_id=order.user_id, day=day, lines=stock.sold_lines(order))
    unit.replace(order, sold)
    unit.commit()


def _sell_late(order: StoreOrder, event: OrderPaid) -> None:
    """Sell what is not reserved any more, or send the money back where it is sold out."""
    try:
        _sell(order, event, is_late=True)
    except Exception as error:
        if not is_conflict(error):
            raise
        now = StoreOrder.require(order_id=event.order_id, consistent=True)
        if now.version != int(order.version) - 1:
            raise
        _send_back(event, "The order was not paid in time, and is sold out.")


def _send_back(event: OrderPaid, reason: str) -> None:
    unit = Unit()
    send(unit, RefundOrder(payment_id=event.payment_id, reason=reason))
    unit.commit()


def refunded(event: RefundMade, unit: Unit) -> None:
    """Add to a unit that the money of an order went back as a whole."""
    payment = Payment.fetch(payment_id=event.payment_id, consistent=True)
    if payment is None or not payment.product.startswith(ORDER) or payment.refunded < payment.amount:
        return
    order = StoreOrder.fetch(order_id=payment.product.removeprefix(ORDER), consistent=True)
    if order is not None and order.payment_id == payment.payment_id and order.refund != "done":
        order.refund = "done"
        unit.replace(order, *([moving.returned(order)] if order.state in PAID else []))


def attend(order: StoreOrder) -> None:
    """Do what is due for an order whose time is over: end it, unless a bank is at work on its payment.

    A payment that is open is asked for first, since what its provider told of it may have been lost.
    """
    now = clock.now()
    tries = [each for each in batch_fetch(tries_of(order.order_id), consistent=True) if isinstance(each, Payment)]
    is_banking = any(each.state == "pending" for each in tries)
    unasked = [] if order.asked_at else [each for each in tries if each.state == "created"]
    if is_banking and now < order.created_at + _BANK_AWAITED:
        order.expires_at = now + _BANK_CHECKED
    elif unasked:
        order.expires_at, order.asked_at = now + _ASKED_FOR, now
    else:
        moving.expire(order.order_id)
        return
    unit = Unit()
    send(unit, *(VerifyPayment(payment_id=each.payment_id) for each in unasked))
    unit.amend(order, "expires_at", "due_minute", "asked_at", when=StoreOrder.version == order.version)
    with suppress(ConditionFailed):  # it went over to another state meanwhile
        unit.commit()
