"""Orders and reviews of the store."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from lyceum.kit.event import Event


class SoldLine(BaseModel):
    """Units of a variant that were paid for, or given back where the number is negative."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True)

    product_id: str
    sku: str
    quantity: int


class StoreOrderSold(Event):
    """An order of the store was paid and its stock is its buyer's."""

    name: ClassVar[str] = "store_order.sold"
    order_id: str
    user_id: str
    day: str
    lines: list[SoldLine]


class StoreOrderReturned(Event):
    """An order that was paid came to nothing; its lines are what was sold."""

    name: ClassVar[str] = "store_order.returned"
    order_id: str
    user_id: str
    day: str
    lines: list[SoldLine]


class StoreOrderMoved(Event):
    """An order went over to another state that its buyer is told of: reserved (released), shipped or cancelled."""

    name: ClassVar[str] = "store_order.moved"
    order_id: str
    user_id: str
    state: str
    what: str
    tracking: str | None = None


class ProductReviewed(Event):
    """What buyers think of a product has changed: by how many stars, and by how many reviews."""

    name: ClassVar[str] = "product.reviewed"
    product_id: str
    stars: int
    reviews: int
