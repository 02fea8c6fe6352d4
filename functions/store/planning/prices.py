"""Suggested prices: what demand, margin and stock say of the present one. A person sets prices, never this.

Rules, in this order, each with what it saw; per cent of the present price, in whole minor units:

- `DEMAND_UP`: four weeks sold a quarter more than the four before, and stock ends before new stock can come: +5 %.
- `DEMAND_DOWN`: they sold a quarter less, and stock lasts more than 90 days: -10 %.
- `UNSOLD`: nothing was sold in the eight weeks or more that it is there, and there is stock: -15 %.
- `MARGIN`: the price, or what the rules above make of it, is less than cost and a fifth: raised to that.
- `KEEP`: none of these.
"""

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.values.money import Money
from lyceum.model.store.products import ProductDemand, Variant
from lyceum.rules.ledger.rounding import portion

from functions.store.catalogue import products
from functions.store.planning.demand import sold_within
from functions.store.planning.schemas import PriceSuggestion, Reason, VariantPrice

WINDOW_DAYS = 28
_FEW = 5
"""So few units say nothing about demand."""
_LONG_COVER_DAYS = 90
_LEAST_MARGIN_PERCENT = 20


@frozen
class Figures:
    """What a price is judged by: minor units, units of stock, and days; `age_days` is how long it has been there."""

    price: int
    cost: int | None
    sold: int
    sold_before: int
    available: int
    lead_days: int
    age_days: int = 2 * WINDOW_DAYS

    @property
    def cover_days(self) -> int | None:
        """For how many whole days there is stock at the present demand; None where nothing is sold."""
        return self.available * WINDOW_DAYS // self.sold if self.sold else None


def suggest(product_id: str) -> PriceSuggestion:
    """Suggest prices for a product's variants (2 requests); raises NotFound."""
    product, variants = products.read(product_id)
    demand = ProductDemand.fetch(product_id=product_id)
    offered = {each.sku: each for each in variants if each.is_offered}
    rows = [_row(offered[sku], demand, int(product.lead_days)) for sku in product.skus if sku in offered]
    return PriceSuggestion(product_id=product_id, title=product.title, variants=rows, as_of=clock.now())


def judge(seen: Figures) -> tuple[int, list[Reason]]:
    """Return the price that the figures speak for, and by which rules."""
    price, reasons = seen.price, []
    cover = seen.cover_days
    is_known = seen.sold + seen.sold_before >= _FEW
    told = f"{seen.sold} sold in four weeks, {seen.sold_before} in the four before"
    if is_known and seen.sold * 4 >= seen.sold_before * 5 and cover is not None and cover <= seen.lead_days:
        price = portion(seen.price, 105, 100)
        reasons.append(
            Reason(rule="DEMAND_UP", message=f"{told}; stock lasts {cover} days, new comes in {seen.lead_days}")
        )
    elif is_known and seen.sold * 4 <= seen.sold_before * 3 and seen.available and (cover or 10**6) > _LONG_COVER_DAYS:
        price = portion(seen.price, 90, 100)
        reasons.append(Reason(rule="DEMAND_DOWN", message=f"{told}; {seen.available} are left"))
    elif not seen.sold + seen.sold_before and seen.available and seen.age_days >= 2 * WINDOW_DAYS:
        price = portion(seen.price, 85, 100)
        reasons.append(Reason(rule="UNSOLD", message=f"nothing sold in eight weeks; {seen.available} are left"))
    least = 0 if seen.cost is None else -(-seen.cost * (100 + _LEAST_MARGIN_PERCENT) // 100)
    if price < least:
        price = least
        reasons.append(Reason(rule="MARGIN", message=f"cost and {_LEAST_MARGIN_PERCENT} % are {least}"))
    return max(1, price), reasons or [Reason(rule="KEEP", message=told)]


def _row(variant: Variant, demand: ProductDemand | None, lead_days: int) -> VariantPrice:
    today = clock.now().date()
    sold = sold_within(demand, variant.sku, today, WINDOW_DAYS)
    seen = Figures(
        price=int(variant.price),
        cost=None if variant.cost is None else int(variant.cost),
        sold=sold,
        sold_before=sold_within(demand, variant.sku, today, 2 * WINDOW_DAYS) - sold,
        available=int(variant.available),
        lead_days=lead_days,
        age_days=(today - variant.created_at.date()).days,
    )
    price, reasons = judge(seen)
    return VariantPrice(
        sku=variant.sku,
        price=Money(amount=seen.price, currency=variant.currency),
        suggested=Money(amount=price, currency=variant.currency),
        change_percent=round(100 * (price - seen.price) / seen.price, 1),
        margin_percent=None if seen.cost is None else round(100 * (price - seen.cost) / price, 1),
        sold_28_days=seen.sold,
        sold_28_days_before=seen.sold_before,
        available=seen.available,
        cover_days=seen.cover_days,
        reasons=reasons,
    )
