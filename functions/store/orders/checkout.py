"""Placing an order: two reads, and one transaction that fixes prices, reserves stock, counts coupons, empties the cart.

Whatever changed meanwhile makes the whole begin anew from what is there then, so an order holds together or is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.http import exchange
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.orders import Customer
from lyceum.model.store.carts import Cart, CouponAddress
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import Variant
from lyceum.rules.ledger.rounding import allot, tax_within
from lyceum.rules.sales import coupons
from lyceum.rules.sales.coupons import Discount

from functions.store.carts.cart import line_title, name_of
from functions.store.orders import holds, stock
from functions.store.orders.holds import Circumstances
from functions.store.orders.schemas import PlaceOrder

STORE = "STORE"
"""What coupons name that are for everything in the store."""
RESERVED_FOR = timedelta(minutes=30)
HELD_FOR = timedelta(days=2)
_Used = tuple[str, Coupon | None, CouponUse | None]


@dataclass
class _Desk:
    """Everything that bears on an order, as it was read."""

    cart: Cart
    variants: list[Variant]
    used: list[_Used] = field(default_factory=list)
    shared: list[tuple[str, CouponAddress]] = field(default_factory=list)
    purchases: int = 0


def place(caller: Principal, wanted: PlaceOrder) -> StoreOrder:
    """Order everything in one's cart (2 requests and one transaction).

    Raises RuleViolation CART_EMPTY, ADDRESS_NEEDED and of each coupon that is no good, Conflict OUT_OF_STOCK,
    NOT_OFFERED and PRICE_CHANGED.
    """
    order_id = ids.new_id()
    caller_country = exchange.current().country
    return retry_on_conflict(lambda: _place(caller, order_id, wanted, caller_country), tries=6)


def _place(caller: Principal, order_id: str, wanted: PlaceOrder, caller_country: str | None) -> StoreOrder:
    address = wanted.address.model_dump(exclude_none=True) if wanted.address else None
    mark = holds.mark_of(address)
    desk = _read(caller.user_id, wanted.coupon_codes, mark)
    lines = [_line(*pair) for pair in zip(desk.cart.items, desk.variants, strict=True)]
    if address is None and any(line["is_delivered"] for line in lines):
        raise rule_violation("ADDRESS_NEEDED", "Say where this is to be sent.", field="address")
    discounts = coupons.taken_off(desk.used, _wanted(lines, desk))
    order = _compose(caller.user_id, order_id, lines, discounts)
    _require_shown(order, desk, wanted.expected_total)
    order.address, order.country = address, address["country"] if address else None
    seen = Circumstances(
        caller.user_id, desk.cart.recent, mark, order.country, caller_country, desk.shared, clock.now()
    )
    order.reasons = holds.reasons(seen)
    order.state = "held" if order.reasons else "reserved"
    order.expires_at = seen.now + (HELD_FOR if order.reasons else RESERVED_FOR)
    order.history = [{"state": order.state, "at": clock.iso(seen.now), "by": caller.user_id}]
    unit = Unit().create(order)
    stock.reserve(unit, lines, desk.variants)
    coupons.count(unit, [each.coupon for each in discounts], caller.user_id)
    for _, used in desk.shared:
        unit.save(holds.use(used, caller.user_id))
    desk.cart.items, desk.cart.recent = [], holds.remembered(seen)
    unit.save(desk.cart)
    unit.commit()
    return order


def _read(user_id: str, codes: Sequence[str], mark: str | None) -> _Desk:
    """Read the cart, then everything that its lines and the coupons are about (2 requests)."""
    cart = Cart.fetch(user_id=user_id, consistent=True)
    if cart is None or not cart.items:
        raise rule_violation("CART_EMPTY", "There is nothing in your cart.")
    names: list[Entity] = [name_of(each) for each in cart.items]
    at = {code: [Coupon.at(code=code), CouponUse.at(code=code, user_id=user_id)] for code in codes}
    shared = {code: holds.shared_name(code, mark) for code in codes} if mark else {}
    names += [each for pair in at.values() for each in pair]
    names += list(shared.values())
    names += [Customer.at(user_id=user_id)] if codes else []
    found = {(each.pk, each.sk): each for each in batch_fetch(names, consistent=True) if each is not None}
    variants = []
    for item in cart.items:
        name = name_of(item)
        variant = found.get((name.pk, name.sk))
        if not isinstance(variant, Variant) or not variant.is_offered:
            raise Conflict(f"{item['sku']} is not sold any more.", code="NOT_OFFERED")
        variants.append(variant)
    desk = _Desk(cart, variants)
    for code, (coupon, use) in at.items():
        known, used = found.get((coupon.pk, coupon.sk)), found.get((use.pk, use.sk))
        desk.used.append(
            (code, known if isinstance(known, Coupon) else None, used if isinstance(used, CouponUse) else None)
        )
    for code, each in shared.items():
        earlier = found.get((each.pk, each.sk))
        desk.shared.append((code, earlier if isinstance(earlier, CouponAddress) else each))
    customer = next((each for each in found.values() if isinstance(each, Customer)), None)
    desk.purchases = int(customer.purchases) if customer else 0
    return desk


def _line(item: dict[str, Any], variant: Variant) -> dict[str, Any]:
    quantity = int(item["quantity"])
    if variant.available < quantity:
        left, title = int(variant.available), line_title(variant)
        raise Conflict(f"There are {left} left of {title}.", code="OUT_OF_STOCK")
    return {
        "product_id": variant.product_id,
        "sku": variant.sku,
        "title": line_title(variant),
        "quantity": quantity,
        "price": int(variant.price),
        "currency": variant.currency,
        "tax_percent": variant.tax_percent,
        "is_delivered": bool(variant.is_delivered),
    }


def _wanted(lines: Sequence[dict[str, Any]], desk: _Desk) -> coupons.Wanted:
    amounts: dict[str, int] = {}
    for line in lines:
        name = f"PRODUCT#{line['product_id']}"
        amounts[name] = amounts.get(name, 0) + line["price"] * line["quantity"]
    return coupons.Wanted(amounts, frozenset({STORE}), lines[0]["currency"], desk.purchases)


def _compose(user_id: str, order_id: str, lines: Sequence[dict[str, Any]], discounts: Sequence[Discount]) -> StoreOrder:
    """Write an order down: each line bears its part of what coupons take off, and its tax is of what is left."""
    amounts = [line["price"] * line["quantity"] for line in lines]
    discount = sum(each.amount for each in discounts)
    for line, amount, part in zip(lines, amounts, allot(discount, amounts), strict=True):
        line["discount"] = part
        line["tax"] = tax_within(amount - part, line.pop("tax_percent"))
    currency = str(lines[0]["currency"])
    for line in lines:
        del line["currency"]
    return StoreOrder(
        order_id=order_id,
        user_id=user_id,
        currency=currency,
        lines=list(lines),
        subtotal=sum(amounts),
        discount=discount,
        tax=sum(line["tax"] for line in lines),
        total=sum(amounts) - discount,
        coupons=[each.coupon.code for each in discounts],
    )


def _require_shown(order: StoreOrder, desk: _Desk, expected: int | None) -> None:
    """Refuse an order that costs something else than its buyer saw."""
    if expected is not None:
        is_shown = expected == order.total
    else:
        pairs = zip(desk.cart.items, order.lines, strict=True)
        is_shown = all(int(item["price"]) == line["price"] for item, line in pairs)
    if not is_shown:
        total = Money(amount=int(order.total), currency=order.currency)
        raise Conflict(f"This costs {total} now. Look at your cart again.", code="PRICE_CHANGED")
