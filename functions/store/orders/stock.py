"""Stock of variants: reserved by an order, sold by its payment, free again when it comes to nothing.

`available + reserved` is what the store has. Each change is a condition in the transaction of what causes it, so
what is not there is promised to nobody.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.events.store import SoldLine
from lyceum.kit.table import Unit
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import Variant


def reserve(unit: Unit, lines: Iterable[dict[str, Any]], variants: Sequence[Variant]) -> None:
    """Add to a unit that lines are reserved, at the offers that were read; `commit` raises ConditionFailed."""
    for line, variant in zip(lines, variants, strict=True):
        quantity = int(line["quantity"])
        is_as_read = (Variant.offer == int(variant.offer)) & (Variant.available >= quantity)
        _move(unit, line, available=-quantity, reserved=quantity, when=is_as_read)


def free(unit: Unit, order: StoreOrder) -> None:
    """Add to a unit that what an order reserved can be ordered again."""
    for line in order.lines:
        quantity = int(line["quantity"])
        _move(unit, line, available=quantity, reserved=-quantity)


def sell(unit: Unit, order: StoreOrder) -> None:
    """Add to a unit that what an order reserved is sold."""
    for line in order.lines:
        quantity = int(line["quantity"])
        _move(unit, line, reserved=-quantity, sold=quantity)


def sell_late(unit: Unit, order: StoreOrder) -> None:
    """Add to a unit that lines are sold which are not reserved any more; `commit` raises ConditionFailed."""
    for line in order.lines:
        quantity = int(line["quantity"])
        _move(unit, line, available=-quantity, sold=quantity, when=Variant.available >= quantity)


def take_back(unit: Unit, order: StoreOrder) -> None:
    """Add to a unit that what was sold and has not left is back."""
    for line in order.lines:
        quantity = int(line["quantity"])
        _move(unit, line, available=quantity, sold=-quantity)


def sold_lines(order: StoreOrder) -> list[SoldLine]:
    """Return what is told of an order's lines."""
    return [
        SoldLine(product_id=each["product_id"], sku=each["sku"], quantity=int(each["quantity"])) for each in order.lines
    ]


def _move(
    unit: Unit,
    line: dict[str, Any],
    *,
    available: int = 0,
    reserved: int = 0,
    sold: int = 0,
    when: Condition | None = None,
) -> None:
    changes = ((Variant.available, available), (Variant.reserved, reserved), (Variant.sold, sold))
    actions = [attribute.add(change) for attribute, change in changes if change]
    unit.change(Variant.at(product_id=line["product_id"], sku=line["sku"]), *actions, when=when)
