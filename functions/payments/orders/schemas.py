"""What callers send and get of payments, refunds and receipts."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, same_as
from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line
from lyceum.rules.sales.codes import CouponCode

from functions.payments.offers.schemas import Minor, PlanId, ProviderName

ReferralCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{8}$", to_upper=True)]
PaymentState = Literal[
    "created", "pending", "paid", "failed", "cancelled", "held", "partly_refunded", "refunded", "disputed"
]
Expected = Annotated[int, Field(ge=0, le=10**12)]
"""The amount that the buyer saw, in minor units."""


class Terms(Request):
    """What every order says.

    - `provider`: by whom is paid.
    - `currency`, `country`: which price is asked for.
    - `couponCodes`: at most three.
    - `referralCode`: of the link that led here.
    - `expectedAmount`: what the buyer saw; another price is refused.
    - `callbackUrl`: where the provider's page leads back to (https).
    """

    provider: ProviderName
    currency: Currency
    country: Country | None = None
    coupon_codes: Annotated[list[CouponCode], Field(max_length=3)] = []
    referral_code: ReferralCode | None = None
    expected_amount: Expected | None = None
    callback_url: Annotated[str, StringConstraints(max_length=500)] | None = None

    @model_validator(mode="after")
    def _names_each_coupon_once(self) -> Self:
        if len(set(self.coupon_codes)) < len(self.coupon_codes):
            raise ValueError("name each coupon once")
        return self


class InitializePayment(Terms):
    """An order: one plan (for one period, not renewed), one course, a period of one's own subscription, or credit.

    - `creditAmount`: minor units to put on one's credit, which pays lessons.
    - `seats`: more than one are PINs of the plan to hand on, and the buyer gets none of them.
    """

    plan_id: PlanId | None = None
    course_id: Id | None = None
    subscription_id: Id | None = None
    credit_amount: Annotated[int, Field(ge=1, le=10**9)] | None = None
    seats: Annotated[int, Field(ge=1, le=500)] = 1

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        things = (self.plan_id, self.course_id, self.subscription_id, self.credit_amount)
        if sum(each is not None for each in things) != 1:
            raise ValueError("name a plan, a course, a subscription or credit")
        if (self.subscription_id or self.credit_amount) and (self.coupon_codes or self.seats > 1):
            raise ValueError("a subscription is paid at the price that was agreed, and credit is worth what is paid")
        return self


class PayOrder(Request):
    """How an order of the store is paid.

    - `expectedAmount`: what the buyer saw, in minor units; another total is refused.
    - `callbackUrl`: where the provider's page leads back to (https).
    """

    provider: ProviderName
    expected_amount: Expected | None = None
    callback_url: Annotated[str, StringConstraints(max_length=500)] | None = None


class LineView(Schema):
    """A line of an order: minor units of its currency; what is taken off is negative."""

    kind: Literal["item", "discount", "proration", "credit"]
    text: str
    amount: int


class PaymentView(Schema):
    """A payment: what it is for, what it costs line by line, and how it stands.

    - `checkoutUrl`: where the buyer pays, while that can be done.
    - `total`: what is asked for; `tax` is the part of the price that is tax.
    """

    payment_id: str
    reference: str
    provider: str
    state: PaymentState
    status: Annotated[PaymentState | None, same_as("state")] = None
    purpose: Literal["checkout", "first", "renewal", "change", "offer"]
    what: str
    plan_id: str | None = None
    offer_id: str | None = None
    subscription_id: str | None = None
    seats: int = 1
    lines: list[LineView]
    total: Money
    tax: Money | None = None
    refunded: Money | None = None
    channel: str | None = None
    failure: str | None = None
    checkout_url: str | None = None
    access_ends_at: Timestamp | None = None
    receipt_number: int | None = None
    created_at: Timestamp
    paid_at: Timestamp | None = None


class VerifiedPayment(PaymentView):
    """A payment as its provider says it stands; `pins` are those of seats that were bought."""

    pins: list[str] | None = None


class PaymentsQuery(Listing):
    """Which payments to list.

    - `state`: only those in this state.
    """

    state: Annotated[PaymentState | None, Field(description="Only payments in this state.")] = None


class WebhookTaken(Schema):
    """The provider's message is kept, and is acted upon once."""

    received: bool = True


class MakeRefund(Request):
    """Money to send back.

    - `amount`: minor units; without it, all that is left of the payment.
    - `endsAccess`: whether what was bought goes too; without it, when all of the money has
      gone back, at once or in parts.
    """

    amount: Minor | None = None
    reason: Line
    ends_access: bool | None = None


class RefundView(Schema):
    """A refund on its way."""

    refund_id: str
    payment_id: str
    amount: Money
    state: Literal["requested", "sent", "done", "failed"]
    reason: str | None = None
    ends_access: bool = False
    created_at: Timestamp


class WriteReceipt(Request):
    """In which language to write a receipt; English where there are no words in it."""

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"


class ReceiptView(Schema):
    """A receipt: its number in the tenant, who sold what to whom, and the tax of it.

    - `buyer`: the buyer's name, while there is such an account.
    """

    number: int
    payment_id: str
    reference: str
    seller: str
    buyer: str | None = None
    issued_at: Timestamp
    paid_at: Timestamp
    lines: list[LineView]
    total: Money
    tax: Money | None = None
    tax_name: str | None = None
    tax_percent: str | None = None
    provider: str
    channel: str | None = None
