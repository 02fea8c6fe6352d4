"""Beginning a subscription, by a trial or a first payment, and showing what one has."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import LiveSubscription, Subscription, TrialTaken
from lyceum.rules.providers import checkouts

from functions.payments.offers import quotes
from functions.payments.offers.plans import Price, for_sale, price_of
from functions.payments.orders import buying, views
from functions.payments.orders.ordering import Purpose
from functions.payments.settlement import access, lifecycle
from functions.payments.subscriptions.schemas import CurrentPlan, HeldPlan, Subscribe, SubscriptionStart
from functions.payments.subscriptions.views import view

_MOST_RIGHTS = 100
_MOST_SUBSCRIPTIONS = 20


def subscribe(caller: Principal, wanted: Subscribe) -> SubscriptionStart:
    """Begin a subscription: with its trial where there is one and it was not had before, else with its first payment.

    Raises NotFound, Conflict ALREADY_SUBSCRIBED and PRICE_CHANGED, RuleViolation and ProviderDown.
    """
    checkouts.require_callable(wanted.callback_url)
    checkouts.require_set_up(wanted.provider)
    basket = quotes.read(caller.user_id, buying.ask_of(wanted, wanted.plan_id))
    plan = for_sale(basket.plan)
    if basket.live is not None:
        raise _already()
    price = price_of(plan, wanted.currency, wanted.country)
    subscription = _new(caller.user_id, plan, price, wanted.provider)
    product, unit = subscription.product, Unit()
    live = LiveSubscription(user_id=caller.user_id, subscription_id=subscription.subscription_id)
    unit.create(live, refuse=_already())
    if plan.trial_days and not quotes.took_trial(caller.user_id, product):
        checkouts.require_taken(wanted.provider, price.amount, price.currency)
        return SubscriptionStart(subscription=view(_try_out(unit, subscription, plan)))
    unit.create(subscription)
    quoted = quotes.quote(basket, product, plan.title, price, plan_id=plan.plan_id)
    purpose = Purpose(
        purpose="first",
        plan=buying.kept_of(plan),
        subscription=buying.period_of(subscription),
        country=wanted.country,
    )
    payment = buying.order(basket, wanted, quoted, purpose, unit=unit)
    if payment.state == "paid":
        subscription = Subscription.require(
            user_id=caller.user_id, subscription_id=subscription.subscription_id, consistent=True
        )
    return SubscriptionStart(subscription=view(subscription), payment=views.payment(payment))


def _new(user_id: str, plan: Plan, price: Price, provider: str) -> Subscription:
    return Subscription(
        subscription_id=ids.new_id(),
        user_id=user_id,
        plan_id=plan.plan_id,
        product=f"{PLAN}{plan.product}",
        tier=plan.tier,
        title=plan.title,
        interval=plan.interval,
        provider=provider,
        currency=price.currency,
        country=price.country,
        amount=price.amount,
        tax_name=price.tax_name,
        tax_percent=price.tax_percent,
    )


def _try_out(unit: Unit, subscription: Subscription, plan: Plan) -> Subscription:
    """Begin a trial: the right is given at once, and nothing is asked for until it ends."""
    ends_at = clock.now() + timedelta(days=int(plan.trial_days))
    subscription.state, subscription.trial_ends_at, subscription.due_at = "trialing", ends_at, ends_at
    had = Conflict("You tried this plan before.", code="TRIAL_TAKEN")
    unit.create(subscription)
    unit.create(TrialTaken(user_id=subscription.user_id, product=subscription.product), refuse=had)
    right = Entitlement.fetch(user_id=subscription.user_id, product=subscription.product, consistent=True)
    reaches = lifecycle.usable_until(subscription)
    if right is None or (right.ends_at is not None and right.ends_at < reaches):
        access.give(
            unit, right, subscription.user_id, subscription.product, reaches,
            source_id=subscription.subscription_id, tier=subscription.tier, is_renewed=True,
        )  # fmt: skip
    unit.commit()
    return subscription


def current(caller: Principal) -> CurrentPlan:
    """Show one's subscription and all plans that may be used (2 requests)."""
    found = _latest(caller.user_id)
    now = clock.now()
    rights = find(Entitlement, user_id=caller.user_id, from_sort=PLAN, to_sort=f"{PLAN}\U0010ffff", limit=_MOST_RIGHTS)
    return CurrentPlan(
        subscription=view(found) if found else None,
        plans=[
            HeldPlan(plan=right.plan, tier=right.tier, ends_at=right.ends_at, is_renewed=bool(right.is_renewed))
            for right in rights.items
            if right.ends_at is None or right.ends_at > now
        ],
    )


def _latest(user_id: str) -> Subscription | None:
    """Return the one that goes on, or else the last; ids sort by time, and come before the partition's other kinds."""
    found = find(Subscription, user_id=user_id, from_sort="0", to_sort="8", descending=True, limit=_MOST_SUBSCRIPTIONS)
    goes_on = next((each for each in found.items if each.state != "ended"), None)
    return goes_on or next(iter(found.items), None)


def _already() -> Conflict:
    return Conflict("You have a subscription already. Change its plan, or end it first.", code="ALREADY_SUBSCRIBED")
