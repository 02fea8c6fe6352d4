"""What callers send and get of subscriptions."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money
from lyceum.kit.values.text import Line

from functions.payments.offers.schemas import PlanId
from functions.payments.orders.schemas import Expected, PaymentView, Terms

SubscriptionState = Literal["incomplete", "trialing", "active", "past_due", "ended"]


class Subscribe(Terms):
    """A plan to subscribe to; where it can be tried, the trial begins at once and nothing is paid."""

    plan_id: PlanId


class SubscriptionView(Schema):
    """A subscription: its plan, what a period costs, and what comes next.

    - `state`: incomplete (its first payment is awaited), trialing, active, past_due (a payment failed and is tried
      again), ended.
    - `accessEndsAt`: until when the plan may be used as things stand, grace included.
    - `nextChargeAt`: when is charged next; none for one that ends.
    - `attempt`: how often the payment of the next period has failed.
    - `isRenewable`: whether the provider can charge again by itself; otherwise each period is paid by its owner.
    """

    subscription_id: str
    plan_id: str
    title: str
    product: str
    tier: str
    interval: Literal["month", "term", "year"]
    state: SubscriptionState
    provider: str
    price: Money
    trial_ends_at: Timestamp | None = None
    current_period_start: Timestamp | None = None
    current_period_end: Timestamp | None = None
    next_charge_at: Timestamp | None = None
    access_ends_at: Timestamp | None = None
    cancel_at_period_end: bool = False
    next_plan_id: str | None = None
    attempt: int = 0
    is_renewable: bool = False
    ended_at: Timestamp | None = None
    end_reason: str | None = None
    created_at: Timestamp


class SubscriptionStart(Schema):
    """A subscription with its first payment, if one is due; the buyer pays at the payment's `checkoutUrl`."""

    subscription: SubscriptionView
    payment: PaymentView | None = None


class CurrentPlan(Schema):
    """One's own subscription, and all plans that may be used.

    - `subscription`: the one that goes on, or the last one that ended.
    """

    subscription: SubscriptionView | None = None
    plans: list["HeldPlan"] = []


class HeldPlan(Schema):
    """A plan that may be used until a time."""

    plan: str
    tier: str | None = None
    ends_at: Timestamp | None = None
    is_renewed: bool = False


class CancelSubscription(Request):
    """When a subscription is to end: with what is paid, or now."""

    when: Literal["period_end", "now"] = "period_end"
    reason: Line | None = None


class ChangeSubscription(Request):
    """Another plan. A dearer one begins now, for its price less what is left of this one; a cheaper one comes next.

    - `expectedAmount`: what the owner saw; another amount is refused.
    """

    plan_id: PlanId
    expected_amount: Expected | None = None
    callback_url: Annotated[str | None, Field(max_length=500)] = None


CurrentPlan.model_rebuild()
