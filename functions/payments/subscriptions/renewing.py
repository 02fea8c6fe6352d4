"""What is due for a subscription: charged for its next period, tried again, or ended; each period paid once.

The payment's id follows from period and attempt, so it is there once, and its reference is the provider's idempotency
key. Where an answer was lost, the provider is asked first; it is never charged again blindly.
"""

from datetime import datetime, timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.messages.appearance import payment_page
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.payments.orders import OPEN_STATES, Payment
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import Subscription
from lyceum.rules.providers import checkouts
from lyceum.rules.providers.port import Outcome, ProviderDown
from lyceum.rules.providers.registry import reached
from lyceum.tasks.payments import AttendSubscription

from functions.payments.offers import quotes
from functions.payments.offers.plans import Price, price_of
from functions.payments.offers.quotes import Ask, Basket
from functions.payments.orders import buying, ordering
from functions.payments.orders.ordering import Purpose
from functions.payments.settlement import access, lifecycle
from functions.payments.settlement.remembering import AUTHORISATION
from functions.payments.settlement.settling import LOOK_AGAIN, nothing_to_pay, settle

NO_AUTHORISATION = "no_saved_payment_method"


def task_for(subscription: Subscription, hour: datetime) -> AttendSubscription:
    """Return the order to attend to a subscription that is due, one for each hour in which it still is."""
    standing = [str(int(each)) for each in (subscription.generation, subscription.periods, subscription.attempt)]
    return AttendSubscription(
        event_id=ids.derived_id(hour, "subscription.attend", subscription.subscription_id, *standing),
        user_id=subscription.user_id,
        subscription_id=subscription.subscription_id,
        generation=int(subscription.generation),
        periods=int(subscription.periods),
        attempt=int(subscription.attempt),
    )


def attend(task: AttendSubscription) -> None:
    """Do what is due, unless it was done; a provider that is down is asked again in the next hour."""
    subscription = Subscription.fetch(user_id=task.user_id, subscription_id=task.subscription_id, consistent=True)
    if subscription is None or not _is_due(subscription, task):
        return
    if subscription.cancels:
        retry_on_conflict(lambda: _end(task))
        return
    payment, basket = _payment_for(subscription)
    if payment.state not in OPEN_STATES:
        return
    if not payment.amount:
        settle(payment.payment_id, nothing_to_pay(payment))
        return
    saved = basket.customer.authorisations.get(payment.provider) if basket.customer else None
    if saved is None:
        settle(payment.payment_id, Outcome("failed", failure=NO_AUTHORISATION))
        return
    try:
        settle(payment.payment_id, _charged(payment, basket, saved))
    except ProviderDown:
        retry_on_conflict(lambda: _put_off(task))


def _put_off(task: AttendSubscription) -> None:
    """Have a subscription attended to in an hour, as it stands."""
    subscription = Subscription.fetch(user_id=task.user_id, subscription_id=task.subscription_id, consistent=True)
    if subscription is not None and _is_due(subscription, task):
        subscription.due_at = clock.now() + LOOK_AGAIN
        Unit().replace(subscription).commit()


def _is_due(subscription: Subscription, task: AttendSubscription) -> bool:
    standing = (subscription.generation, subscription.periods, subscription.attempt)
    is_same = standing == (task.generation, task.periods, task.attempt)
    is_going_on = subscription.state in {"trialing", "active", "past_due"}
    return bool(is_same and is_going_on and subscription.due_at and subscription.due_at <= clock.now())


def _charged(payment: Payment, basket: Basket, saved: str) -> Outcome:
    with reached(payment.provider, basket.circuit) as provider:
        if payment.version > 1 or payment.created_at < clock.now() - timedelta(minutes=1):
            known = provider.look_up(payment.reference, payment.provider_reference)
            if known.state != "open":
                return known
        order = checkouts.order_of(payment, basket.user, payment_page(payment.payment_id))
        return provider.charge(order, sealing.decrypt(AUTHORISATION, saved))


def _payment_for(subscription: Subscription) -> tuple[Payment, Basket]:
    """Return the payment of the period that comes next, at this attempt: the one that is there, or a new one."""
    plan_id = subscription.next_plan_id
    ask = Ask(subscription.currency, plan_id=plan_id, country=subscription.country, provider=subscription.provider)
    basket = quotes.read(subscription.user_id, ask)
    period = buying.period_of(subscription)
    named = ids.derived_id(
        subscription.period_end or subscription.trial_ends_at, "renewal", subscription.subscription_id,
        *(str(period[name]) for name in ("generation", "period", "attempt")),
    )  # fmt: skip
    payment = Payment.fetch(payment_id=named, consistent=True)
    if payment is not None:
        return payment, basket
    product, title, price, kept = _terms(subscription, basket.plan)
    quoted = quotes.quote(basket, product, title, price, plan_id=str(kept["plan_id"]))
    purpose = Purpose(purpose="renewal", plan=kept, subscription=period, payment_id=named, country=subscription.country)
    payment = ordering.compose(subscription.user_id, subscription.provider, quoted, purpose)
    payment.due_at = None
    unit = Unit()
    ordering.place(unit, payment, quoted)
    try:
        unit.commit()
    except Conflict:
        found = Payment.fetch(payment_id=named, consistent=True)
        if found is None:
            raise
        payment = found
    return payment, basket


def _terms(subscription: Subscription, plan: Plan | None) -> tuple[str, str, Price, dict[str, str]]:
    """Return what is charged for: the plan that comes next while it is sold, or the one there is, as agreed."""
    if plan is not None and plan.is_active:
        price = price_of(plan, subscription.currency, subscription.country)
        return f"{PLAN}{plan.product}", str(plan.title), price, buying.kept_of(plan) or {}
    kept = {"plan_id": subscription.plan_id, "tier": subscription.tier, "interval": subscription.interval}
    return str(subscription.product), str(subscription.title), buying.agreed(subscription), kept


def _end(task: AttendSubscription) -> None:
    """End a subscription whose paid time is over, as its owner wished."""
    subscription = Subscription.fetch(user_id=task.user_id, subscription_id=task.subscription_id, consistent=True)
    if subscription is None or not subscription.cancels or not _is_due(subscription, task):
        return
    now, unit = clock.now(), Unit()
    ended = lifecycle.conclude(subscription, "cancelled", now)
    lifecycle.set_free(unit, subscription)
    unit.replace(subscription, ended)
    right = Entitlement.fetch(user_id=task.user_id, product=subscription.product, consistent=True)
    if right is not None and right.source_id == subscription.subscription_id:
        access.end(unit, right, now)
    unit.commit()
