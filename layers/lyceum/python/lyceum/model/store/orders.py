"""Orders of the store, from the cart to the door."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit import clock
from lyceum.kit.table.entity import Entity, Index, Keys, Moment

ORDER = "ORDER#"
"""How products of payments begin that are orders of the store."""
UNPAID = ("reserved", "held")
"""An order whose stock is reserved until it is paid or its time is over."""
PAID = ("paid", "processing", "shipped", "delivered")


class StoreOrder(Entity, discriminator="store_order"):
    """An order with its prices as they were fixed. Its buyer sees it, and staff who administer.

    After erasure it stays as a tax record without its address, naming the buyer by an id that stands for nobody.

    - `state`: held (waits for a look), reserved (waits for its payment), paid, processing, shipped, delivered, expired
      (nobody paid in time), cancelled.
    - `lines`: product_id, sku, title, quantity, price (of one), discount, tax, is_delivered; minor units.
    - `subtotal` less `discount` is `total`, of which `tax` is tax.
    - `coupons`: codes that were counted with it.
    - `address`: where it is sent, where something of it is.
    - `reasons`: why it was held.
    - `history`: state, at and by whom.
    - `payment_id`: the payment that paid it.
    - `refund`: requested, done or failed, of one that was cancelled after.
    - `is_away`: whether its goods had left when it was cancelled, and are not back in the store.
    - `expires_at`: when its stock is free again, found by `due_minute`.
    - `asked_at`: when its payment was asked for.
    """

    keys = Keys(
        "STOREORDER#{order_id}",
        "ORDER",
        gsi1=Index("STOREORDERSOF#{user_id}", "{order_id}"),
        gsi2=Index("STOREORDERDUE#{due_minute}", "{order_id}"),
    )
    noun = "order"

    order_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute(default="reserved")
    currency = UnicodeAttribute()
    lines: Any = JSONAttribute()
    subtotal = NumberAttribute()
    discount = NumberAttribute(default=0)
    tax = NumberAttribute(default=0)
    total = NumberAttribute()
    coupons: Any = JSONAttribute(default=list)
    country = UnicodeAttribute(null=True)
    address: Any = JSONAttribute(null=True)
    tracking = UnicodeAttribute(null=True)
    reasons: Any = JSONAttribute(default=list)
    history: Any = JSONAttribute(default=list)
    payment_id = UnicodeAttribute(null=True)
    refund = UnicodeAttribute(null=True)
    is_away = BooleanAttribute(null=True)
    paid_at = Moment(null=True)
    expires_at = Moment(null=True)
    asked_at = Moment(null=True)
    due_minute = UnicodeAttribute(null=True)

    @property
    def title(self) -> str:
        """What it is, in a line."""
        first, more = str(self.lines[0]["title"]), len(self.lines) - 1
        return f"{first} + {more}" if more else first

    def fill_keys(self) -> None:
        """Write the keys; the minute follows from the time."""
        self.due_minute = clock.minute_bucket(self.expires_at) if self.expires_at else None
        super().fill_keys()
