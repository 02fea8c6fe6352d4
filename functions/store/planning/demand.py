"""How products sell: what orders sold and what came back, by day, and whose it is now."""

from collections.abc import Sequence
from datetime import date, timedelta

from lyceum.events.store import SoldLine, StoreOrderReturned, StoreOrderSold
from lyceum.kit import clock
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.store.products import Product, ProductDemand, Purchase

KEPT_DAYS = 90
TOGETHER = 20
"""Products of one transaction, each with three writes."""
_MOST_ORDERS = 20


def parts_of(event: StoreOrderSold | StoreOrderReturned) -> list[list[SoldLine]]:
    """Return an event's lines in parts that a transaction can hold, a product's together."""
    by_product: dict[str, list[SoldLine]] = {}
    for line in event.lines:
        by_product.setdefault(line.product_id, []).append(line)
    products = list(by_product.values())
    return [
        [line for lines in products[start : start + TOGETHER] for line in lines]
        for start in range(0, len(products), TOGETHER)
    ]


def fold(unit: Unit, event: StoreOrderSold | StoreOrderReturned, lines: Sequence[SoldLine]) -> None:
    """Add to a unit what lines change of demand, sales and who may review (1 request)."""
    sign = 1 if isinstance(event, StoreOrderSold) else -1
    named = list(dict.fromkeys(line.product_id for line in lines))
    found = batch_fetch([each for name in named for each in _names(event.user_id, name)], consistent=True)
    known = {each.product_id for each in found if isinstance(each, Product)}
    demands = {each.product_id: each for each in found if isinstance(each, ProductDemand)}
    purchases = {each.product_id: each for each in found if isinstance(each, Purchase)}
    for name in filter(known.__contains__, named):
        own = [line for line in lines if line.product_id == name]
        demand = demands.get(name) or ProductDemand(product_id=name)
        _count(demand, event.day, own, sign)
        unit.save(demand)
        unit.change(Product.at(product_id=name), Product.sales.add(sign * sum(line.quantity for line in own)))
        purchase = purchases.get(name) or Purchase(user_id=event.user_id, product_id=name)
        _own(unit, purchase, event.order_id, sign)


def _names(user_id: str, product_id: str) -> tuple[Entity, ...]:
    return (
        Product.at(product_id=product_id),
        ProductDemand.at(product_id=product_id),
        Purchase.at(user_id=user_id, product_id=product_id),
    )


def _own(unit: Unit, purchase: Purchase, order_id: str, sign: int) -> None:
    others = [each for each in purchase.orders if each != order_id]
    purchase.orders = [*others, order_id][-_MOST_ORDERS:] if sign > 0 else others
    if purchase.orders:
        unit.save(purchase)
    elif purchase.version:
        unit.remove(purchase, when=Purchase.version == purchase.version)


def _count(demand: ProductDemand, day: str, lines: Sequence[SoldLine], sign: int) -> None:
    oldest = f"{clock.now() - timedelta(days=KEPT_DAYS):%Y-%m-%d}"
    days = {name: dict(units) for name, units in demand.days.items() if name >= oldest}
    if day >= oldest:
        units = days.setdefault(day, {})
        for line in lines:
            units[line.sku] = max(0, units.get(line.sku, 0) + sign * line.quantity)
    demand.days = days


def sold_within(demand: ProductDemand | None, sku: str, last: date, days: int) -> int:
    """Return how many units of a variant were sold in so many days that end with `last`."""
    first, until = f"{last - timedelta(days=days - 1):%Y-%m-%d}", f"{last:%Y-%m-%d}"
    kept = demand.days if demand else {}
    return sum(int(units.get(sku, 0)) for day, units in kept.items() if first <= day <= until)
