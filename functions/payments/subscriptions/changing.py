"""Ending a subscription, letting it go on after all, and going over to another plan."""

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.messages.appearance import payment_page
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import Subscription
from lyceum.rules.providers import checkouts
from lyceum.rules.providers.port import ProviderDown
from lyceum.rules.providers.registry import reached

from functions.payments.offers import quotes
from functions.payments.offers.plans import Price, for_sale, price_of
from functions.payments.offers.quotes import Ask, Basket
from functions.payments.orders import buying, ordering, views
from functions.payments.orders.ordering import Purpose
from functions.payments.settlement import access, lifecycle
from functions.payments.settlement.periods import is_dearer, unused
from functions.payments.settlement.remembering import AUTHORISATION
from functions.payments.settlement.settling import nothing_to_pay, settle
from functions.payments.subscriptions.schemas import (
    CancelSubscription,
    ChangeSubscription,
    SubscriptionStart,
    SubscriptionView,
)
from functions.payments.subscriptions.views import view


def cancel(caller: Principal, subscription_id: str, wanted: CancelSubscription) -> SubscriptionView:
    """End a subscription with what is paid, or now; raises NotFound and Conflict SUBSCRIPTION_ENDED."""
    return retry_on_conflict(lambda: _cancel(caller, subscription_id, is_now=wanted.when == "now"))


def _cancel(caller: Principal, subscription_id: str, *, is_now: bool) -> SubscriptionView:
    subscription = _going_on(caller, subscription_id)
    now, unit = clock.now(), Unit()
    right = _right(subscription)
    if is_now or subscription.state in {"incomplete", "past_due"}:
        ended = lifecycle.conclude(subscription, "cancelled", now)
        lifecycle.set_free(unit, subscription)
        unit.replace(subscription, ended)
        if right is not None:
            access.end(unit, right, now)
    elif not subscription.cancels:
        subscription.cancels, subscription.next_plan_id = True, None
        unit.replace(subscription)
        if right is not None:
            _reach(unit, right, subscription)
    unit.commit()
    return view(subscription)


def resume(caller: Principal, subscription_id: str) -> SubscriptionView:
    """Let a subscription go on that was to end; raises NotFound, Conflict SUBSCRIPTION_ENDED and NOT_CANCELLED."""
    return retry_on_conflict(lambda: _resume(caller, subscription_id))


def _resume(caller: Principal, subscription_id: str) -> SubscriptionView:
    subscription = _going_on(caller, subscription_id)
    if not subscription.cancels:
        raise Conflict("This subscription is not to end.", code="NOT_CANCELLED")
    subscription.cancels = False
    unit = Unit().replace(subscription)
    right = _right(subscription)
    if right is not None:
        _reach(unit, right, subscription)
    unit.commit()
    return view(subscription)


def change(caller: Principal, subscription_id: str, wanted: ChangeSubscription) -> SubscriptionStart:
    """Go over to another plan: now to a dearer one, with the next period to a cheaper one.

    For a dearer one is asked its price less what is left of the paid period. It is charged by what was saved, or paid
    at a checkout; until then nothing changes. In a trial the plan changes and nothing is paid.
    Raises NotFound, Conflict SUBSCRIPTION_ENDED, PRICE_CHANGED and EDIT_CONFLICT, RuleViolation and ProviderDown.
    """
    subscription = _going_on(caller, subscription_id)
    checkouts.require_callable(wanted.callback_url)
    if subscription.state in {"incomplete", "past_due"}:
        raise rule_violation("SUBSCRIPTION_UNPAID", "Pay the present period first.")
    if wanted.plan_id == subscription.plan_id:
        return _stay(subscription)
    ask = Ask(
        subscription.currency, plan_id=wanted.plan_id, country=subscription.country, provider=subscription.provider
    )
    basket = quotes.read(caller.user_id, ask)
    plan = for_sale(basket.plan)
    price = price_of(plan, subscription.currency, subscription.country)
    if subscription.period_end is None:
        return SubscriptionStart(subscription=view(_swap(subscription, plan, price)))
    if not is_dearer(price.amount, plan.interval, int(subscription.amount), subscription.interval):
        subscription.next_plan_id = plan.plan_id
        Unit().replace(subscription).commit()
        return SubscriptionStart(subscription=view(subscription))
    payment = _upgrade(subscription, basket, plan, price, wanted)
    after = Subscription.require(user_id=caller.user_id, subscription_id=subscription_id, consistent=True)
    return SubscriptionStart(subscription=view(after), payment=views.payment(payment))


def _stay(subscription: Subscription) -> SubscriptionStart:
    """Keep the plan, and take back that another one was to come."""
    if subscription.next_plan_id is not None:
        subscription.next_plan_id = None
        Unit().replace(subscription).commit()
    return SubscriptionStart(subscription=view(subscription))


def _swap(subscription: Subscription, plan: Plan, price: Price) -> Subscription:
    """Change the plan of a trial, which ends when it would have."""
    unit, now = Unit(), clock.now()
    earlier = _right(subscription)
    subscription.plan_id, subscription.tier, subscription.title = plan.plan_id, plan.tier, plan.title
    subscription.product, subscription.interval = f"{PLAN}{plan.product}", plan.interval
    subscription.amount, subscription.tax_name, subscription.tax_percent = (
        price.amount,
        price.tax_name,
        price.tax_percent,
    )
    unit.replace(subscription)
    is_other = earlier is not None and earlier.product != subscription.product
    if earlier is not None and is_other:
        access.end(unit, earlier, now)
    known = Entitlement.fetch(user_id=subscription.user_id, product=subscription.product, consistent=True)
    access.give(
        unit, known, subscription.user_id, subscription.product, lifecycle.usable_until(subscription),
        source_id=subscription.subscription_id, tier=plan.tier, is_renewed=not subscription.cancels,
    )  # fmt: skip
    unit.commit()
    return subscription


def _upgrade(
    subscription: Subscription, basket: Basket, plan: Plan, price: Price, wanted: ChangeSubscription
) -> Payment:
    worth = unused(int(subscription.amount), subscription.period_start, subscription.period_end, clock.now())
    quoted = quotes.quote(basket, f"{PLAN}{plan.product}", plan.title, price, plan_id=plan.plan_id, proration=worth)
    quotes.require_shown(quoted, wanted.expected_amount)
    checkouts.require_taken(subscription.provider, quoted.amount, price.currency)
    purpose = Purpose(
        purpose="change",
        plan=buying.kept_of(plan),
        subscription=buying.period_of(subscription),
        country=subscription.country,
        payment_id=ids.new_id(),
    )
    payment = ordering.compose(subscription.user_id, subscription.provider, quoted, purpose)
    unit = Unit()
    ordering.place(unit, payment, quoted)
    unit.change(subscription, when=Subscription.version == subscription.version, refuse=_changed())
    unit.commit()
    if not payment.amount:
        return settle(payment.payment_id, nothing_to_pay(payment))
    saved = basket.customer.authorisations.get(subscription.provider) if basket.customer else None
    if saved is None:
        return checkouts.open_checkout(
            payment, basket.user, basket.circuit, wanted.callback_url or payment_page(payment.payment_id)
        )
    return _charge(payment, basket, saved)


def _charge(payment: Payment, basket: Basket, saved: str) -> Payment:
    """Charge for a change at once; where the answer is lost, the hourly look finds out what became of it."""
    order = checkouts.order_of(payment, basket.user, payment_page(payment.payment_id))
    try:
        with reached(payment.provider, basket.circuit) as provider:
            outcome = provider.charge(order, sealing.decrypt(AUTHORISATION, saved))
    except ProviderDown:
        payment.due_at = clock.now()
        Unit().replace(payment).commit()
        raise
    return settle(payment.payment_id, outcome)


def _going_on(caller: Principal, subscription_id: str) -> Subscription:
    subscription = Subscription.require(user_id=caller.user_id, subscription_id=subscription_id, consistent=True)
    if subscription.state == "ended":
        raise Conflict("This subscription has ended.", code="SUBSCRIPTION_ENDED")
    return subscription


def _right(subscription: Subscription) -> Entitlement | None:
    """Read what a subscription gives a right to, unless the right is from something else."""
    right = Entitlement.fetch(user_id=subscription.user_id, product=subscription.product, consistent=True)
    return right if right is not None and right.source_id == subscription.subscription_id else None


def _reach(unit: Unit, right: Entitlement, subscription: Subscription) -> None:
    """Let a right reach as far as its subscription says: with grace while it is to be renewed."""
    access.give(
        unit, right, subscription.user_id, subscription.product, lifecycle.usable_until(subscription),
        source_id=subscription.subscription_id, tier=subscription.tier, is_renewed=not subscription.cancels,
    )  # fmt: skip


def _changed() -> Conflict:
    return Conflict("This subscription was changed meanwhile.", code="EDIT_CONFLICT")
