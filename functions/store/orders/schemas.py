"""What callers send and get of orders."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Money
from lyceum.kit.values.text import Line
from lyceum.rules.sales.codes import CouponCode

OrderState = Literal["held", "reserved", "paid", "processing", "shipped", "delivered", "expired", "cancelled"]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()-]{5,24}$")]


class Address(Request):
    """Where an order is sent."""

    name: Line
    line1: Line
    line2: Line | None = None
    city: Line
    region: Line | None = None
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 -]{2,12}$")] | None = None
    country: Country
    phone: Phone | None = None


class PlaceOrder(Request):
    """An order of everything in the cart.

    - `address`: where it is sent, where something of it is.
    - `couponCodes`: at most three.
    - `expectedTotal`: what the buyer saw, in minor units; another total is refused. Without it, each line must still
      cost what it did when it was put into the cart.
    """

    address: Address | None = None
    coupon_codes: Annotated[list[CouponCode], Field(max_length=3)] = []
    expected_total: Annotated[int, Field(ge=0, le=10**14)] | None = None

    @model_validator(mode="after")
    def _names_each_coupon_once(self) -> Self:
        if len(set(self.coupon_codes)) < len(self.coupon_codes):
            raise ValueError("name each coupon once")
        return self


class OrderLine(Schema):
    """A line of an order with its price as it was fixed; `discount` is its part of what coupons took off."""

    product_id: str
    sku: str
    title: str
    quantity: int
    price: Money
    discount: Money
    total: Money


class HoldReason(Schema):
    """Why an order is held: a rule, and what it saw."""

    rule: Literal["VELOCITY", "MANY_ADDRESSES", "COUNTRY_MISMATCH", "COUPON_SHARED"]
    message: str


class Step(Schema):
    """When an order went over to a state."""

    state: OrderState
    at: Timestamp


class SentTo(Schema):
    """Where an order is sent."""

    name: str
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postal_code: str | None = None
    country: str
    phone: str | None = None


class OrderView(Schema):
    """An order.

    - `total`: what is to be paid, of which `tax` is tax.
    - `expiresAt`: until when its stock is kept without payment.
    - `paymentId`: the payment that paid it.
    - `refund`: of an order that was cancelled after it was paid.
    - `reasons`: why it is held, for staff alone.
    - `isAway`: whether goods of an order that was cancelled are not back yet, for staff alone.
    """

    order_id: str
    user_id: str
    state: OrderState
    lines: list[OrderLine]
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    coupons: list[str] = []
    address: SentTo | None = None
    tracking: str | None = None
    reasons: list[HoldReason] | None = None
    is_away: bool | None = None
    history: list[Step] = []
    payment_id: str | None = None
    refund: Literal["requested", "done"] | None = None
    created_at: Timestamp
    paid_at: Timestamp | None = None
    expires_at: Timestamp | None = None


class OrderQuery(Listing):
    """Which orders to list.

    - `state`: only those in this state.
    """

    state: Annotated[OrderState | None, Field(description="Only orders in this state.")] = None


class SetOrderStatus(Request):
    """The state that an order goes over to.

    - `state`: reserved (lets a held one be paid), processing, shipped, delivered or cancelled.
    - `tracking`: the carrier's number of one that is shipped.
    - `reason`: why it is cancelled or let go.
    - `goodsBack`: with `cancelled`, that goods which had left are back in the store, so that stock rises by them; said
      when they come, also of an order that was cancelled before.
    """

    state: Literal["reserved", "processing", "shipped", "delivered", "cancelled"]
    tracking: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 /-]{3,60}$")] | None = None
    reason: Line | None = None
    goods_back: bool = False

    @model_validator(mode="after")
    def _comes_back_cancelled(self) -> Self:
        if self.goods_back and self.state != "cancelled":
            raise ValueError("goods come back of an order that is cancelled")
        return self
