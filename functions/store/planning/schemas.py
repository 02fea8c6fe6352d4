"""What staff get of prices and stock."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Listing, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money


class Reason(Schema):
    """What a suggestion follows from: a rule and the figures that it saw."""

    rule: str
    message: str


class VariantPrice(Schema):
    """A price that is suggested for a variant, and why; it is the present one where nothing speaks against it."""

    sku: str
    price: Money
    suggested: Money
    change_percent: float
    margin_percent: float | None = None
    sold_28_days: int
    sold_28_days_before: int
    available: int
    cover_days: int | None = None
    reasons: list[Reason]


class PriceSuggestion(Schema):
    """Prices that are suggested for a product. Nothing changes until somebody sets them."""

    product_id: str
    title: str
    variants: list[VariantPrice]
    as_of: Timestamp


class ReorderQuery(Listing):
    """Which variants to list, those first whose stock ends first.

    - `due`: only those of which it is time to order more, or only others.
    """

    due: Annotated[bool | None, Field(description="Only those that are due, or only others.")] = None


class ReorderView(Schema):
    """When a variant is to be ordered anew, and how many.

    - `dailyDemand`: units a day, of the last 28 days.
    - `reorderPoint`: the stock at which it is time.
    - `quantity`: how many to order now.
    - `coverDays`: for how long there is stock; none where nothing is sold.
    """

    product_id: str
    sku: str
    title: str
    available: int
    daily_demand: float
    lead_days: int
    reorder_point: int
    quantity: int
    cover_days: int | None = None
    is_due: bool
    reasons: list[Reason]
    as_of: Timestamp
