"""When to order more of what: worked out each night from demand and lead time, and listed by whose stock ends first.

With a mean demand of `d` units a day over 28 days and a lead time of `L` days, the reorder point is demand during the
lead time and a safety stock of half as much again, at least one unit while anything is sold: ceil(1.5 x d x L). The
quantity covers the lead time and four weeks beyond it.
"""

from collections.abc import Iterable
from datetime import datetime

from lyceum.kit.table import Slice, Unit, find, find_all, remove_many
from lyceum.model.store.products import ACTIVE, Product, ProductDemand, ReorderPoint, Variant

from functions.store.carts.cart import line_title
from functions.store.catalogue import products
from functions.store.planning.demand import sold_within
from functions.store.planning.prices import WINDOW_DAYS
from functions.store.planning.schemas import Reason, ReorderQuery, ReorderView

_NEVER_DAYS = 99_999
_BEYOND_DAYS = 28


def work_out(at: datetime) -> None:
    """Work every variant's reorder point out anew, and forget those of what is not sold any more."""
    for product in find_all(Product, index="gsi1", state=ACTIVE):
        _, variants = products.read(product.product_id)
        demand = ProductDemand.fetch(product_id=product.product_id)
        unit = Unit()
        for variant in variants:
            if variant.is_offered:
                unit.put(point_of(variant, demand, int(product.lead_days), at))
        unit.commit()
    remove_many(_outdated(at))


def _outdated(at: datetime) -> Iterable[ReorderPoint]:
    return [each for each in find_all(ReorderPoint) if each.worked_out_at < at]


def point_of(variant: Variant, demand: ProductDemand | None, lead_days: int, at: datetime) -> ReorderPoint:
    """Return the reorder point of a variant as its figures are now."""
    sold = sold_within(demand, variant.sku, at.date(), WINDOW_DAYS)
    available = int(variant.available)
    point = -(-3 * sold * lead_days // (2 * WINDOW_DAYS))
    point = max(1, point) if sold else 0
    is_due = bool(sold) and available <= point
    target = point - (-sold * _BEYOND_DAYS // WINDOW_DAYS)
    cover = min(_NEVER_DAYS, available * WINDOW_DAYS // sold) if sold else _NEVER_DAYS
    reasons = [{"rule": "DEMAND", "message": f"{sold} sold in {WINDOW_DAYS} days"}]
    reasons.append({"rule": "LEAD_TIME", "message": f"new stock comes in {lead_days} days"})
    if is_due:
        reasons.append({"rule": "BELOW_POINT", "message": f"{available} are left, {point} is the point"})
    return ReorderPoint(
        product_id=variant.product_id,
        sku=variant.sku,
        title=line_title(variant),
        available=available,
        daily_milli=sold * 1000 // WINDOW_DAYS,
        lead_days=lead_days,
        point=point,
        quantity=max(0, target - available) if is_due else 0,
        cover_days=cover,
        is_due=is_due,
        reasons=reasons,
        worked_out_at=at,
    )


def listed(query: ReorderQuery) -> Slice[ReorderPoint]:
    """Read a page of variants as they were worked out last, those first whose stock ends first (1 request)."""
    where = None if query.due is None else ReorderPoint.is_due == query.due
    return find(ReorderPoint, index="gsi1", limit=query.limit, after=query.start_key(), where=where)


def view(found: ReorderPoint) -> ReorderView:
    """Show a reorder point."""
    return ReorderView(
        product_id=found.product_id,
        sku=found.sku,
        title=found.title,
        available=int(found.available),
        daily_demand=int(found.daily_milli) / 1000,
        lead_days=int(found.lead_days),
        reorder_point=int(found.point),
        quantity=int(found.quantity),
        cover_days=None if found.cover_days >= _NEVER_DAYS else int(found.cover_days),
        is_due=bool(found.is_due),
        reasons=[Reason.model_validate(each) for each in found.reasons],
        as_of=found.worked_out_at,
    )
