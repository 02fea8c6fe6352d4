"""Payments, subscriptions, what they give a right to, and the ledger."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from lyceum.kit.event import Event


class PaymentConfirmed(Event):
    """Money arrived; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "payment.confirmed"
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str


class PaymentFailed(Event):
    """A buyer's payment was declined; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "payment.failed"
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str


class OrderConfirmed(Event):
    """Something was given that cost nothing: by coupons, credit or a voucher."""

    name: ClassVar[str] = "order.confirmed"
    order_id: str
    user_id: str
    what: str


class OrderPaid(Event):
    """The money for an order of the store arrived, or it cost nothing; minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "order.paid"
    order_id: str
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str


class OrderPending(Event):
    """A payment is on its way and takes longer, such as a bank transfer."""

    name: ClassVar[str] = "order.pending"
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str


class OrderCancelled(Event):
    """Nobody paid in time, and the order is over."""

    name: ClassVar[str] = "order.cancelled"
    payment_id: str
    user_id: str
    what: str


class RefundMade(Event):
    """Money went back to a buyer; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "refund.made"
    refund_id: str
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str


class SubscriptionRenewed(Event):
    """A subscription was paid for one more period."""

    name: ClassVar[str] = "subscription.renewed"
    subscription_id: str
    payment_id: str
    user_id: str
    plan: str
    amount_minor: int
    currency: str
    ends_at: datetime


class SubscriptionFailed(Event):
    """A renewal was not paid; it is tried again at `retries_at`, or the subscription has ended when there is none."""

    name: ClassVar[str] = "subscription.failed"
    subscription_id: str
    user_id: str
    plan: str
    amount_minor: int
    currency: str
    retries_at: datetime | None = None
    access_ends_at: datetime | None = None


class SubscriptionEnded(Event):
    """A subscription is over."""

    name: ClassVar[str] = "subscription.ended"
    subscription_id: str
    user_id: str
    plan: str
    reason: str


class EntitlementChanged(Event):
    """What somebody may use until when has changed; `tier` is that of a plan, None of anything else."""

    name: ClassVar[str] = "entitlement.changed"
    user_id: str
    product: str
    tier: str | None = None
    ends_at: datetime | None = None


class PayoutSent(Event):
    """Commission was paid out; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "payout.sent"
    payout_id: str
    user_id: str
    amount_minor: int
    currency: str


class PlanExpiring(Event):
    """A user's plan ends in so many days, 0 on the day itself; told once for each of 30, 7, 1 and 0."""

    name: ClassVar[str] = "plan.expiring"
    user_id: str
    plan: str
    ends_at: datetime
    days_left: int


class PostedLeg(BaseModel):
    """One side of an entry: an account of the chart, and minor units with debits positive and credits negative."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True)

    account: str
    amount: int
    currency: str


class LedgerPosted(Event):
    """An entry was booked; it names accounts of the chart, and nobody's own."""

    name: ClassVar[str] = "ledger.posted"
    subject_id: str
    cause: str
    legs: list[PostedLeg]
