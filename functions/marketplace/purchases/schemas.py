"""What buyers send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.values.money import Money
from lyceum.rules.sales.codes import CouponCode


class BuyOffer(Request):
    """An offer to buy.

    - `provider`: by whom is paid, what one's credit does not pay.
    - `couponCodes`: what takes something off; the house bears it.
    - `expectedAmount`: the price that the buyer saw, less what coupons take off, in minor units; another is refused.
    - `callbackUrl`: where the provider's page leads back to (https).
    """

    provider: Literal["paystack", "flutterwave", "stripe"]
    coupon_codes: Annotated[list[CouponCode], Field(max_length=3)] = []
    expected_amount: Annotated[int, Field(ge=0, le=10**12)] | None = None
    callback_url: Annotated[str, StringConstraints(max_length=500)] | None = None


class PurchaseView(Schema):
    """A purchase: what it costs, what one's credit pays of it, and where the rest is paid.

    - `state`: `paid` when it is one's own now, `created` while it is to be paid at `checkoutUrl`.
    - `reference`: by which the payment is verified (`GET /api/payments/verify/{reference}`).
    """

    payment_id: str
    reference: str
    product_id: str
    what: str
    state: Literal["created", "paid"]
    price: Money
    discount: Money | None = None
    credit_used: Money | None = None
    total: Money
    checkout_url: str | None = None
