"""How a subscription goes on: by a payment, by one that failed, and to its end. All of it is added to a unit."""

from datetime import datetime

from lyceum.events.payments import SubscriptionEnded, SubscriptionFailed
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.subscriptions import LiveSubscription, Subscription

from functions.payments.settlement.periods import DUNNING, GRACE, TRIAL_GRACE, end_of

UNPAID = "unpaid"


def fits(subscription: Subscription, payment: Payment) -> bool:
    """Say whether a payment is for the period that comes next; one that is not was paid twice or too late."""
    if subscription.state == "ended" and subscription.end_reason != UNPAID:
        return False
    return bool(payment.generation == subscription.generation and payment.period == subscription.periods + 1)


def pay(subscription: Subscription, payment: Payment, now: datetime) -> datetime:
    """Go on with the period that was paid, under the plan that was paid for; return until when it may be used."""
    if payment.purpose == "change":
        subscription.generation = int(subscription.generation) + 1
        subscription.periods, subscription.anchor_at = 0, now
        subscription.trial_ends_at = None
    elif subscription.anchor_at is None or subscription.state == "ended":
        trial = subscription.trial_ends_at
        subscription.anchor_at = trial if trial and trial > now and subscription.state != "ended" else now
        subscription.periods = 0
        subscription.generation = int(subscription.generation) + (subscription.state == "ended")
    elif _interval(subscription, payment) != subscription.interval:
        subscription.anchor_at, subscription.periods = subscription.period_end, 0
        subscription.generation = int(subscription.generation) + 1
    start = end_of(subscription.anchor_at, _interval(subscription, payment), int(subscription.periods))
    subscription.interval = _interval(subscription, payment)
    subscription.periods = int(subscription.periods) + 1
    subscription.period_start = start
    subscription.period_end = end_of(subscription.anchor_at, subscription.interval, int(subscription.periods))
    for name in ("plan_id", "tier", "title", "tax_name", "tax_percent", "provider"):
        setattr(subscription, name, getattr(payment, name))
    subscription.product, subscription.amount = payment.product, payment.list_amount
    subscription.next_plan_id, subscription.attempt = None, 0
    subscription.state, subscription.ended_at, subscription.end_reason = "active", None, None
    subscription.due_at = subscription.period_end
    return usable_until(subscription)


def usable_until(subscription: Subscription) -> datetime:
    """Return until when a subscription gives a right: with grace while it is to be renewed."""
    end: datetime = subscription.period_end or subscription.trial_ends_at
    grace = GRACE if subscription.period_end else TRIAL_GRACE
    return end if subscription.cancels else end + grace


def fail(subscription: Subscription, now: datetime) -> Event:
    """Note that the next period was not paid: it is tried again, or the subscription ends; return what to tell."""
    tried = int(subscription.attempt)
    end: datetime = subscription.period_end or subscription.trial_ends_at or now
    told = {
        "subscription_id": subscription.subscription_id,
        "user_id": subscription.user_id,
        "plan": subscription.title,
        "amount_minor": int(subscription.amount),
        "currency": subscription.currency,
    }
    if tried >= len(DUNNING):
        conclude(subscription, UNPAID, now)
        return SubscriptionFailed(**told)
    subscription.state, subscription.attempt = "past_due", tried + 1
    subscription.due_at = max(end + DUNNING[tried], now)
    return SubscriptionFailed(**told, retries_at=subscription.due_at, access_ends_at=usable_until(subscription))


def conclude(subscription: Subscription, reason: str, now: datetime) -> SubscriptionEnded:
    """Note that a subscription is over, and return what to tell."""
    subscription.state, subscription.ended_at, subscription.end_reason = "ended", now, reason
    subscription.due_at = None
    return SubscriptionEnded(
        subscription_id=subscription.subscription_id,
        user_id=subscription.user_id,
        plan=subscription.title,
        reason=reason,
    )


def set_free(unit: Unit, subscription: Subscription) -> None:
    """Let the person subscribe anew."""
    live = LiveSubscription.at(user_id=subscription.user_id)
    is_theirs = LiveSubscription.subscription_id == subscription.subscription_id
    unit.remove(live, when=LiveSubscription.pk.does_not_exist() | is_theirs)


def _interval(subscription: Subscription, payment: Payment) -> str:
    return str(payment.interval or subscription.interval)
