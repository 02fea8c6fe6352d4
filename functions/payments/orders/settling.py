"""Settling a payment: what its provider says is acted upon once, in one transaction, however often it is said.

Webhooks, the buyer's own look, renewals and the hourly look all come here. Amount, currency
and reference are those of its answer, and money that fits no order is kept apart until somebody decides.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from aws_lambda_powertools import Logger

from lyceum.events.payments import (
    OrderCancelled,
    OrderConfirmed,
    OrderPaid,
    OrderPending,
    PaymentConfirmed,
    PaymentFailed,
    SubscriptionEnded,
    SubscriptionRenewed,
)
from lyceum.kit import clock, context
from lyceum.kit.event import Message
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.payments.books import ProviderCharge
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import OPEN_STATES, PAID_STATES, Customer, Payment
from lyceum.model.payments.subscriptions import LiveSubscription, Subscription
from lyceum.model.store.orders import ORDER
from lyceum.rules.ledger.booking import BookedAlready, Leg, book, credit, debit, reverse
from lyceum.rules.marketplace import sales
from lyceum.rules.providers.checkouts import CHECKOUT_OPEN
from lyceum.rules.providers.port import Outcome
from lyceum.rules.sales import coupons
from lyceum.tasks.payments import IssueReceipt, MakeSeats

from functions.payments.affiliates import commissions
from functions.payments.orders import access, lifecycle, seats
from functions.payments.orders.ordering import BANK_OPEN, LOOK_AGAIN

logger = Logger()
AUTHORISATION = "payment-authorisation"
_TRIES = 8


@dataclass
class _Around:
    """What stands around a payment, as it was read."""

    customer: Customer
    right: Entitlement | None
    subscription: Subscription | None
    live: LiveSubscription | None
    sale: Sale | None = None
    purchase: OfferPurchase | None = None


def settle(payment_id: str, outcome: Outcome) -> Payment:
    """Act upon what a provider says of a payment, and return the payment as it stands then.

    Raises NotFound for a payment that there is not. Doing it again, in any order, changes nothing more; money that
    comes after the order was given up is taken all the same.
    """
    return retry_on_conflict(lambda: _settle(payment_id, outcome), tries=_TRIES, on=(BookedAlready,))


def give_up(payment_id: str) -> Payment:
    """End an order that nobody paid in time."""
    return retry_on_conflict(lambda: _end_unpaid(_read(payment_id), "cancelled", ""), tries=_TRIES)


def _settle(payment_id: str, outcome: Outcome) -> Payment:
    payment = _read(payment_id)
    if payment.state in PAID_STATES or payment.state == "held":
        return payment
    match outcome.state:
        case "paid":
            return _take(payment, outcome)
        case "failed":
            return _end_unpaid(payment, "failed", outcome.failure)
        case "pending":
            return _await_bank(payment, outcome)
        case _:
            return payment


def _read(payment_id: str) -> Payment:
    return Payment.require(payment_id=payment_id, consistent=True)


def _around(payment: Payment) -> _Around:
    customer, right, live, subscription = fetch_many(
        Customer.at(user_id=payment.user_id),
        Entitlement.at(user_id=payment.user_id, product=payment.product),
        LiveSubscription.at(user_id=payment.user_id),
        Subscription.at(user_id=payment.user_id, subscription_id=payment.subscription_id or "none"),
        consistent=True,
    )
    around = _Around(customer or Customer(user_id=payment.user_id), right, subscription, live)
    if payment.offer_id:
        around.sale, around.purchase = fetch_many(
            Sale.at(payment_id=payment.payment_id),
            OfferPurchase.at(user_id=payment.user_id, offer_id=payment.offer_id),
            consistent=True,
        )
    return around


def _take(payment: Payment, outcome: Outcome) -> Payment:
    """Take money that arrived."""
    told = (outcome.amount, outcome.currency, outcome.reference)
    now = clock.now()
    unit = Unit()
    payment.provider_id, payment.channel, payment.fee = outcome.provider_id, outcome.channel or None, outcome.fee
    payment.due_at, payment.checkout_url = None, None
    if told != (payment.amount, payment.currency, payment.reference):
        return _hold(unit, payment, outcome)
    around = _around(payment)
    was_released = bool(payment.released)
    payment.state, payment.paid_at = "paid", now
    can_charge = bool(outcome.authorisation) or payment.provider in around.customer.authorisations
    if around.subscription is not None:
        around.subscription.is_renewable = can_charge
    messages = _give(unit, payment, around, now)
    receipt = [IssueReceipt(payment_id=payment.payment_id)] if payment.amount else []
    unit.replace(payment, *messages, *receipt)
    legs = _legs(unit, payment, around, was_released=was_released)
    book(unit, payment.payment_id, "paid", [*legs, *_fee(payment)])
    if was_released:
        coupons_again(unit, payment)
    _know_charge(unit, payment)
    _remember(unit, payment, around.customer, outcome)
    if payment.amount and payment.affiliate_id and not payment.credited:
        commissions.earn(unit, payment, now)
    unit.commit()
    return payment


def _legs(unit: Unit, payment: Payment, around: _Around, *, was_released: bool) -> list[Leg]:
    """Return what is booked of money that arrived, after what it gives is decided."""
    if payment.credited:
        return _credited(payment, was_released=was_released)
    if around.sale is None:
        return [*_came_in(payment, was_released=was_released), *_earned(payment)]
    parts = sales.conclude(unit, around.sale, around.purchase, clock.now())
    return [*_came_in(payment, was_released=was_released), *parts]


def _give(unit: Unit, payment: Payment, around: _Around, now: datetime) -> list[Message]:
    """Add to a unit what a payment gives a right to, and return what is told of it."""
    if payment.product.startswith(ORDER):
        return [*([_confirmed(payment)] if payment.amount else []), _paid(payment)]
    if payment.subscription_id:
        return _give_period(unit, payment, around, now)
    if around.sale is not None and sales.is_doubled(around.purchase, payment.payment_id):
        sales.double(unit, around.sale)
        payment.credited = True
        return [_confirmed(payment)]
    if payment.seats > 1:
        unit.create(seats.batch_of(payment), MakeSeats(batch_id=payment.payment_id))
    elif payment.interval:
        payment.access_from, payment.access_to = access.extended(around.right, payment.interval, now)
        renewed = bool(around.right and around.right.is_renewed)
        ends_at = payment.access_to
        access.give(
            unit, around.right, payment.user_id, payment.product, ends_at,
            source_id=payment.payment_id, tier=payment.tier, is_renewed=renewed,
        )  # fmt: skip
    else:
        access.give(unit, around.right, payment.user_id, payment.product, None, source_id=payment.payment_id)
    return [_confirmed(payment)]


def _give_period(unit: Unit, payment: Payment, around: _Around, now: datetime) -> list[Message]:
    subscription = around.subscription
    is_other = around.live is not None and around.live.subscription_id != payment.subscription_id
    if subscription is None or is_other or not lifecycle.fits(subscription, payment):
        payment.credited = True
        return [_confirmed(payment)]
    earlier, was_ended = str(subscription.product), subscription.state == "ended"
    ends_at = lifecycle.pay(subscription, payment, now)
    if was_ended:
        unit.create(LiveSubscription(user_id=payment.user_id, subscription_id=subscription.subscription_id))
    renewed = SubscriptionRenewed(
        subscription_id=subscription.subscription_id,
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        plan=subscription.title,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        ends_at=subscription.period_end,
    )
    unit.replace(subscription)
    access.give(
        unit, around.right, payment.user_id, payment.product, ends_at,
        source_id=subscription.subscription_id, tier=payment.tier, is_renewed=not subscription.cancels,
    )  # fmt: skip
    if earlier != payment.product:
        old = Entitlement.fetch(user_id=payment.user_id, product=earlier, consistent=True)
        if old is not None and old.source_id == subscription.subscription_id:
            access.end(unit, old, now)
    return [renewed] if payment.purpose == "renewal" else [_confirmed(payment)]


def _came_in(payment: Payment, *, was_released: bool) -> list[Leg]:
    """Return the debits of a sale: what came in, and what was taken off.

    Credit that had gone back to the buyer by then is a discount.
    """
    currency, used = payment.currency, int(payment.balance_used)
    return [
        *([debit(f"provider.{payment.provider}", int(payment.amount), currency)] if payment.amount else []),
        debit("discount", int(payment.discount) + (used if was_released else 0), currency),
        debit("proration", int(payment.proration), currency),
        debit("held", 0 if was_released else used, currency),
    ]


def _earned(payment: Payment) -> list[Leg]:
    """Return the credits of what we sell ourselves: revenue, tax, and what is left over for the buyer."""
    currency = payment.currency
    return [
        credit("revenue", int(payment.list_amount) - int(payment.tax), currency),
        credit("tax", int(payment.tax), currency),
        credit(f"credit:{payment.user_id}", int(payment.left_over), currency),
    ]


def _credited(payment: Payment, *, was_released: bool) -> list[Leg]:
    """Return the legs of money for what its buyer has already: with the credit set aside for it, it is their credit."""
    amount, currency = int(payment.amount), payment.currency
    held = 0 if was_released else int(payment.balance_used)
    return [
        *([debit(f"provider.{payment.provider}", amount, currency)] if amount else []),
        debit("held", held, currency),
        credit(f"credit:{payment.user_id}", amount + held, currency),
    ]


def _fee(payment: Payment) -> list[Leg]:
    if not payment.fee:
        return []
    fee = int(payment.fee)
    return [debit("fees", fee, payment.currency), credit(f"provider.{payment.provider}", fee, payment.currency)]


def _hold(unit: Unit, payment: Payment, outcome: Outcome) -> Payment:
    """Keep money apart that is not what was asked for; it gives a right to nothing until somebody decides."""
    logger.error("a payment is not what was asked for", extra={"payment": payment.payment_id})
    payment.state, payment.failure = "held", f"{outcome.amount} {outcome.currency}"
    unit.replace(payment)
    if outcome.amount:
        legs = [
            debit(f"provider.{payment.provider}", outcome.amount, outcome.currency),
            credit("suspense", outcome.amount, outcome.currency),
        ]
        book(unit, payment.payment_id, "held", legs)
    _know_charge(unit, payment)
    unit.commit()
    return payment


def _remember(unit: Unit, payment: Payment, customer: Customer, outcome: Outcome) -> None:
    """Count the purchase, and keep what its provider charges again by."""
    customer.purchases = int(customer.purchases) + 1
    if outcome.authorisation:
        sealed = sealing.encrypt(AUTHORISATION, outcome.authorisation)
        customer.authorisations = {**customer.authorisations, payment.provider: sealed}
    unit.save(customer)


def _know_charge(unit: Unit, payment: Payment) -> None:
    """Write down whose the provider's charge is, for what is told without our reference."""
    if payment.provider_id:
        known = ProviderCharge(
            provider=payment.provider,
            charge_id=payment.provider_id,
            tenant_name=context.tenant(),
            payment_id=payment.payment_id,
        )
        with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
            unit.put(known)


def coupons_again(unit: Unit, payment: Payment) -> None:
    """Count the coupons of an order that was given up and is paid after all; the limit was kept when it was placed."""
    payment.released = None
    for code in payment.coupons:
        coupons.count_late(unit, code, payment.user_id)


def _await_bank(payment: Payment, outcome: Outcome) -> Payment:
    """Note that a bank is at work."""
    if payment.state != "created":
        return payment
    payment.state, payment.channel = "pending", outcome.channel or None
    payment.due_at = clock.now() + LOOK_AGAIN
    told = OrderPending(
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        what=payment.title,
    )
    Unit().replace(payment, *([] if payment.purpose == "renewal" else [told])).commit()
    return payment


def is_late(payment: Payment, now: datetime) -> bool:
    """Say whether an order has waited long enough."""
    allowed = BANK_OPEN if payment.state == "pending" else CHECKOUT_OPEN
    return bool(now >= payment.created_at + allowed)


def _end_unpaid(payment: Payment, state: str, failure: str) -> Payment:
    """End an order that was declined or given up: coupons and credit go back, and its subscription hears of it."""
    if payment.state not in OPEN_STATES:
        return payment
    now, unit = clock.now(), Unit()
    payment.state, payment.failure, payment.released = state, failure or None, True
    payment.due_at, payment.checkout_url = None, None
    messages: list[Message] = []
    if payment.purpose in {"first", "renewal"}:
        messages += _fail_period(unit, payment, now)
    if payment.purpose != "renewal":
        messages.append(_unpaid(payment))
    unit.replace(payment, *messages)
    coupons.release(unit, payment.coupons, payment.user_id)
    if payment.balance_used:
        hold = LedgerEntry.require(subject_id=payment.payment_id, cause="hold", consistent=True)
        reverse(unit, hold)
    unit.commit()
    return payment


def _fail_period(unit: Unit, payment: Payment, now: datetime) -> list[Message]:
    around = _around(payment)
    subscription = around.subscription
    if subscription is None or subscription.state == "ended" or not lifecycle.fits(subscription, payment):
        return []
    messages: list[Message] = []
    if payment.purpose == "first":
        if subscription.state == "incomplete":
            lifecycle.conclude(subscription, lifecycle.UNPAID, now)
    elif payment.attempt == subscription.attempt:
        messages.append(lifecycle.fail(subscription, now))
    if subscription.state == "ended":
        lifecycle.set_free(unit, subscription)
        if around.right is not None and around.right.source_id == subscription.subscription_id:
            access.end(unit, around.right, now)
        if payment.purpose == "renewal":
            messages.append(_ended(subscription))
    unit.replace(subscription)
    return messages


def _ended(subscription: Subscription) -> SubscriptionEnded:
    return SubscriptionEnded(
        subscription_id=subscription.subscription_id,
        user_id=subscription.user_id,
        plan=subscription.title,
        reason=str(subscription.end_reason),
    )


def _confirmed(payment: Payment) -> Message:
    if not payment.amount:
        return OrderConfirmed(order_id=payment.payment_id, user_id=payment.user_id, what=payment.title)
    return PaymentConfirmed(
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        what=payment.title,
    )


def _paid(payment: Payment) -> OrderPaid:
    return OrderPaid(
        order_id=payment.product.removeprefix(ORDER),
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
    )


def _unpaid(payment: Payment) -> Message:
    if payment.state == "cancelled":
        return OrderCancelled(payment_id=payment.payment_id, user_id=payment.user_id, what=payment.title)
    return PaymentFailed(
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        what=payment.title,
    )


def nothing_to_pay(payment: Payment) -> Outcome:
    """Return what stands for a provider's word where an order costs nothing."""
    return Outcome("paid", reference=payment.reference, amount=0, currency=payment.currency)
