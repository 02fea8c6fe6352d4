"""Orders as their buyers and staff see them."""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.values.money import Money
from lyceum.model.store.orders import StoreOrder

from functions.store.orders.schemas import HoldReason, OrderLine, OrderView, SentTo, Step


def order(found: StoreOrder, *, is_staff: bool = False) -> OrderView:
    """Show an order; staff also see why it is held."""

    def money(amount: float) -> Money:
        return Money(amount=int(amount), currency=found.currency)

    def line(kept: dict[str, Any]) -> OrderLine:
        amount = kept["price"] * kept["quantity"]
        return OrderLine(
            product_id=kept["product_id"],
            sku=kept["sku"],
            title=kept["title"],
            quantity=kept["quantity"],
            price=money(kept["price"]),
            discount=money(kept["discount"]),
            total=money(amount - kept["discount"]),
        )

    return OrderView(
        order_id=found.order_id,
        user_id=found.user_id,
        state=found.state,
        lines=[line(each) for each in found.lines],
        subtotal=money(found.subtotal),
        discount=money(found.discount),
        tax=money(found.tax),
        total=money(found.total),
        coupons=list(found.coupons),
        address=SentTo.model_validate(found.address) if found.address else None,
        tracking=found.tracking,
        reasons=[HoldReason.model_validate(each) for each in found.reasons] if is_staff and found.reasons else None,
        is_away=bool(found.is_away) or None if is_staff else None,
        history=[Step(state=each["state"], at=clock.parse(each["at"])) for each in found.history],
        payment_id=found.payment_id,
        refund=found.refund,
        created_at=found.created_at,
        paid_at=found.paid_at,
        expires_at=found.expires_at,
    )
