"""Buying: a checkout, a look at what became of it, and one's own payments."""

from typing import Any

from lyceum.kit import context
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.messages.appearance import payment_page
from lyceum.model.payments.orders import OPEN_STATES, TOP_UP, Payment
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import Subscription
from lyceum.rules.providers import checkouts

from functions.payments.affiliates import links
from functions.payments.offers import quotes
from functions.payments.offers.plans import Price
from functions.payments.offers.quotes import Ask, Basket, Quote
from functions.payments.orders import listening, ordering, views
from functions.payments.orders.ordering import Purpose
from functions.payments.orders.schemas import InitializePayment, PaymentsQuery, Terms, VerifiedPayment
from functions.payments.settlement import seats
from functions.payments.settlement.settling import nothing_to_pay, settle


def checkout(caller: Principal, wanted: InitializePayment) -> Payment:
    """Order one thing and get the provider's page for it (3 requests, one of them a transaction).

    What costs nothing is given at once. Raises NotFound, Conflict PRICE_CHANGED, RuleViolation and ProviderDown.
    """
    if wanted.subscription_id:
        return _pay_subscription(caller, wanted, wanted.subscription_id)
    if wanted.credit_amount:
        return _top_up(caller, wanted, wanted.credit_amount)
    ask = ask_of(wanted, wanted.plan_id, wanted.course_id, wanted.seats)
    basket = quotes.read(caller.user_id, ask)
    product, title, price = quotes.offer(caller, basket, ask)
    quoted = quotes.quote(basket, product, title, price, plan_id=wanted.plan_id)
    purpose = Purpose(seats=wanted.seats, plan=kept_of(basket.plan), country=wanted.country)
    return order(basket, wanted, quoted, purpose)


def ask_of(terms: Terms, plan_id: str | None, course_id: str | None = None, seats_wanted: int = 1) -> Ask:
    """Return what is asked the price of."""
    return Ask(
        currency=terms.currency,
        plan_id=plan_id,
        course_id=course_id,
        seats=seats_wanted,
        country=terms.country,
        coupon_codes=terms.coupon_codes,
        referral_code=terms.referral_code,
        provider=terms.provider,
    )


def kept_of(plan: Plan | None) -> dict[str, Any] | None:
    """Return what an order keeps of its plan."""
    return {"plan_id": plan.plan_id, "tier": plan.tier, "interval": plan.interval} if plan else None


def order(basket: Basket, terms: Terms, quoted: Quote, what: Purpose, *, unit: Unit | None = None) -> Payment:
    """Store an order with what a caller adds to its unit, and open its checkout.

    Raises Conflict PRICE_CHANGED, RuleViolation and ProviderDown; after that one the order stands and ends by itself.
    """
    checkouts.require_callable(terms.callback_url)
    quotes.require_shown(quoted, terms.expected_amount)
    checkouts.require_set_up(terms.provider)
    checkouts.require_taken(terms.provider, quoted.amount, quoted.price.currency)
    affiliate_id = links.referrer(basket.user_id, terms.referral_code, basket.referral, basket.customer)
    if affiliate_id == basket.user_id:
        affiliate_id = None
    payment = ordering.compose(basket.user_id, terms.provider, quoted, what)
    payment.affiliate_id = affiliate_id
    unit = unit or Unit()
    ordering.place(unit, payment, quoted)
    if terms.referral_code and affiliate_id:
        links.remember(unit, basket.customer, basket.user_id, affiliate_id)
    unit.commit()
    if not payment.amount:
        return settle(payment.payment_id, nothing_to_pay(payment))
    return checkouts.open_checkout(
        payment, basket.user, basket.circuit, terms.callback_url or payment_page(payment.payment_id)
    )


def _pay_subscription(caller: Principal, wanted: InitializePayment, subscription_id: str) -> Payment:
    """Let somebody pay the next period of a subscription by themselves, at the price that was agreed.

    Raises NotFound, and RuleViolation SUBSCRIPTION_ENDED and CURRENCY_NOT_OFFERED.
    """
    subscription = Subscription.require(user_id=caller.user_id, subscription_id=subscription_id, consistent=True)
    if subscription.state == "ended":
        raise rule_violation("SUBSCRIPTION_ENDED", "This subscription has ended. Subscribe anew.")
    if subscription.currency != wanted.currency:
        raise rule_violation("CURRENCY_NOT_OFFERED", "This subscription is paid in another currency.", field="currency")
    basket = quotes.read(caller.user_id, ask_of(wanted, None))
    quoted = quotes.quote(basket, subscription.product, subscription.title, agreed(subscription))
    purpose = Purpose(
        plan={"plan_id": subscription.plan_id, "tier": subscription.tier, "interval": subscription.interval},
        subscription=period_of(subscription),
        country=subscription.country,
    )
    return order(basket, wanted, quoted, purpose)


def _top_up(caller: Principal, wanted: InitializePayment, amount: int) -> Payment:
    """Order credit for money: what the buyer has already pays nothing of it, and it is no sale, so it has no tax."""
    basket = quotes.read(caller.user_id, ask_of(wanted, None))
    basket.balance = 0
    quoted = quotes.quote(basket, TOP_UP, "Credit", Price(amount=amount, currency=wanted.currency))
    return order(basket, wanted, quoted, Purpose(country=wanted.country))


def agreed(subscription: Subscription) -> Price:
    """Return what a period of a subscription costs, as it was agreed."""
    return Price(
        amount=int(subscription.amount),
        currency=subscription.currency,
        country=subscription.country,
        tax_name=subscription.tax_name,
        tax_percent=subscription.tax_percent,
    )


def period_of(subscription: Subscription) -> dict[str, Any]:
    """Return which period comes next, as a payment names it."""
    return {
        "subscription_id": subscription.subscription_id,
        "generation": int(subscription.generation),
        "period": int(subscription.periods) + 1,
        "attempt": int(subscription.attempt),
    }


def verify(caller: Principal, reference: str) -> VerifiedPayment:
    """Ask the provider what has become of one's own payment; raises NotFound and ProviderDown."""
    tenant, _, payment_id = reference.rpartition("-")
    payment = Payment.fetch(payment_id=payment_id, consistent=True) if tenant == context.tenant() else None
    if payment is None or payment.user_id != caller.user_id:
        raise NotFound("There is no such payment.")
    if payment.state in OPEN_STATES or payment.state in {"failed", "cancelled"}:
        payment = listening.ask(payment) if payment.amount else payment
    shown = VerifiedPayment.model_validate(views.payment(payment).model_dump())
    if payment.state == "paid" and payment.seats > 1:
        shown.pins = [seats.pin(payment.payment_id, number) for number in range(1, int(payment.seats) + 1)]
    return shown


def own(caller: Principal, query: PaymentsQuery) -> Slice[Payment]:
    """Read a page of one's own payments, the newest first (1 request)."""
    where = None if query.state is None else Payment.state == query.state
    return find(
        Payment,
        index="gsi1",
        user_id=caller.user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=where,
    )
