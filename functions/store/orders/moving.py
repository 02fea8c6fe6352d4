"""Orders between their states: who may let one go over to which, and what follows from it.

Every move is written on the condition that the order is as it was read, with its stock, coupons and money in the same
transaction; of two at once one begins anew from what the other left.
"""

from datetime import timedelta

from lyceum.events.store import StoreOrderMoved, StoreOrderReturned
from lyceum.kit import clock
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.event import Message
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Slice, Unit, find, retry_on_conflict
from lyceum.model.store.orders import UNPAID, StoreOrder
from lyceum.rules import audits
from lyceum.rules.sales import coupons
from lyceum.tasks.payments import RefundOrder

from functions.store.orders import stock
from functions.store.orders.schemas import OrderQuery, SetOrderStatus

RELEASED_FOR = timedelta(days=1)
MOVES: dict[str, frozenset[str]] = {
    "held": frozenset({"reserved", "cancelled"}),
    "reserved": frozenset({"cancelled"}),
    "paid": frozenset({"processing", "shipped", "delivered", "cancelled"}),
    "processing": frozenset({"shipped", "delivered", "cancelled"}),
    "shipped": frozenset({"delivered", "cancelled"}),
    "delivered": frozenset({"cancelled"}),
}
"""Where staff may move an order; payment and time move it besides."""
_STILL_HERE = frozenset({"paid", "processing"})
"""States of a paid order whose goods have not left; its buyer may still cancel it."""
_TOLD = frozenset({"reserved", "shipped", "cancelled"})


def show(caller: Principal, order_id: str) -> StoreOrder:
    """Read an order of one's own, or any as staff (1 request); raises NotFound."""
    order = StoreOrder.require(order_id=order_id)
    require_owner(caller, order.user_id, "order", Permission.MANAGE_STORE)
    return order


def listed(user_id: str, query: OrderQuery) -> Slice[StoreOrder]:
    """Read a page of a user's orders, the newest first (1 request)."""
    where = None if query.state is None else StoreOrder.state == query.state
    return find(
        StoreOrder,
        index="gsi1",
        user_id=user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=where,
    )


def move(caller: Principal, order_id: str, wanted: SetOrderStatus) -> StoreOrder:
    """Let an order go over to another state, as staff; in the state it is in already it stays.

    Goods that had left count as stock again once they are said to be back.

    Raises NotFound, RuleViolation WRONG_STATE.
    """

    def work() -> StoreOrder:
        order = StoreOrder.require(order_id=order_id, consistent=True)
        before = str(order.state)
        is_coming_back = wanted.goods_back and bool(order.is_away)
        if before == wanted.state and not is_coming_back:
            return order
        if wanted.state not in MOVES.get(before, frozenset()) and not is_coming_back:
            raise rule_violation("WRONG_STATE", f"An order that is {before} does not become {wanted.state}.")
        unit = Unit()
        if is_coming_back:
            _shelve(unit, order)
        elif wanted.state == "cancelled":
            _cancel(unit, order, caller.user_id, are_goods_back=wanted.goods_back)
        else:
            order.tracking = wanted.tracking or order.tracking
            order.expires_at = clock.now() + RELEASED_FOR if wanted.state == "reserved" else None
            enter(order, wanted.state, caller.user_id)
            unit.replace(order, *_told(order))
        after = {"state": wanted.state, "goodsBack": wanted.goods_back}
        audits.note(
            unit, caller.user_id, None, "order.move", order_id,
            before={"state": before}, after=after, reason=wanted.reason,
        )  # fmt: skip
        unit.commit()
        return order

    return retry_on_conflict(work)


def cancel(caller: Principal, order_id: str) -> StoreOrder:
    """Cancel one's own order: what it reserved is free, and what was paid goes back.

    Raises NotFound, RuleViolation ORDER_LEFT when it is on its way or over.
    """

    def work() -> StoreOrder:
        order = StoreOrder.fetch(order_id=order_id, consistent=True)
        if order is None or order.user_id != caller.user_id:
            raise NotFound("There is no such order.")
        if order.state == "cancelled":
            return order
        if order.state not in {*UNPAID, *_STILL_HERE}:
            raise rule_violation("ORDER_LEFT", "This order can not be cancelled any more.")
        unit = Unit()
        _cancel(unit, order, caller.user_id)
        unit.commit()
        return order

    return retry_on_conflict(work)


def expire(order_id: str) -> None:
    """End an order that nobody paid in time; raises NotFound."""

    def work() -> None:
        order = StoreOrder.require(order_id=order_id, consistent=True)
        if order.state not in UNPAID or order.expires_at is None or order.expires_at > clock.now():
            return
        unit = Unit()
        _let_go(unit, order)
        enter(order, "expired", "time")
        unit.replace(order, StoreOrderMoved(**_moved(order, "cancelled")))
        unit.commit()

    retry_on_conflict(work)


def enter(order: StoreOrder, state: str, by: str) -> None:
    """Write down that an order is in a state from now on."""
    order.state = state
    order.history = [*order.history, {"state": state, "at": clock.iso(clock.now()), "by": by}]


def returned(order: StoreOrder) -> StoreOrderReturned:
    """Return what is told when an order that was paid came to nothing."""
    day = f"{order.paid_at:%Y-%m-%d}" if order.paid_at else f"{clock.now():%Y-%m-%d}"
    return StoreOrderReturned(order_id=order.order_id, user_id=order.user_id, day=day, lines=stock.sold_lines(order))


def _cancel(unit: Unit, order: StoreOrder, by: str, *, are_goods_back: bool = False) -> None:
    before = str(order.state)
    messages: list[Message] = []
    if before in UNPAID:
        _let_go(unit, order)
    else:
        if before in _STILL_HERE or are_goods_back:
            stock.take_back(unit, order)
        else:
            order.is_away = True
        coupons.release(unit, order.coupons, order.user_id)
        if order.refund != "done":
            messages.append(returned(order))
        if order.total and order.payment_id and order.refund is None:
            order.refund = "requested"
            messages.append(RefundOrder(payment_id=order.payment_id, reason="The order was cancelled."))
    enter(order, "cancelled", by)
    told = _told(order) if by != order.user_id else []
    unit.replace(order, *messages, *told)


def _shelve(unit: Unit, order: StoreOrder) -> None:
    """Add to a unit that goods which had left are in the store again."""
    stock.take_back(unit, order)
    order.is_away = None
    unit.replace(order)


def _let_go(unit: Unit, order: StoreOrder) -> None:
    stock.free(unit, order)
    coupons.release(unit, order.coupons, order.user_id)
    order.expires_at = None


def _told(order: StoreOrder) -> list[Message]:
    return [StoreOrderMoved(**_moved(order, order.state))] if order.state in _TOLD else []


def _moved(order: StoreOrder, state: str) -> dict[str, str | None]:
    return {
        "order_id": order.order_id,
        "user_id": order.user_id,
        "state": state,
        "what": order.title,
        "tracking": order.tracking,
    }
