"""Settling a payment: what its provider says is acted upon once, in one transaction, however often it is said.

Webhooks, the buyer's own look, renewals and the hourly look all come here. Amount, currency
and reference are those of its answer, and money that fits no order is kept apart until somebody decides.
"""

from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.events.payments import OrderPending
from lyceum.kit import clock
from lyceum.kit.event import Message
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import OPEN_STATES, PAID_STATES, Payment
from lyceum.rules.ledger.booking import BookedAlready, book, credit, debit, reverse
from lyceum.rules.providers.checkouts import CHECKOUT_OPEN
from lyceum.rules.providers.port import Outcome
from lyceum.rules.sales import coupons
from lyceum.tasks.payments import IssueReceipt

from functions.payments.affiliates import commissions
from functions.payments.settlement import around, entries, giving, remembering, telling

BANK_OPEN = timedelta(days=3)
"""How long a transfer may take that the provider has seen begin."""
LOOK_AGAIN = timedelta(hours=1)
logger = Logger()
_TRIES = 8


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


def _take(payment: Payment, outcome: Outcome) -> Payment:
    """Take money that arrived."""
    told = (outcome.amount, outcome.currency, outcome.reference)
    now = clock.now()
    unit = Unit()
    payment.provider_id, payment.channel, payment.fee = outcome.provider_id, outcome.channel or None, outcome.fee
    payment.due_at, payment.checkout_url = None, None
    if told != (payment.amount, payment.currency, payment.reference):
        return _hold(unit, payment, outcome)
    found = around.read(payment)
    was_released = bool(payment.released)
    payment.state, payment.paid_at = "paid", now
    can_charge = bool(outcome.authorisation) or payment.provider in found.customer.authorisations
    if found.subscription is not None:
        found.subscription.is_renewable = can_charge
    messages = giving.give(unit, payment, found, now)
    receipt = [IssueReceipt(payment_id=payment.payment_id)] if payment.amount else []
    unit.replace(payment, *messages, *receipt)
    legs = entries.of(unit, payment, found, was_released=was_released)
    book(unit, payment.payment_id, "paid", legs)
    if was_released:
        _count_coupons(unit, payment)
    remembering.charge(unit, payment)
    remembering.purchase(unit, payment, found.customer, outcome)
    if payment.amount and payment.affiliate_id and not payment.credited:
        commissions.earn(unit, payment, now)
    unit.commit()
    return payment


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
    remembering.charge(unit, payment)
    unit.commit()
    return payment


def _count_coupons(unit: Unit, payment: Payment) -> None:
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
        messages += giving.fail_period(unit, payment, now)
    if payment.purpose != "renewal":
        messages.append(telling.unpaid(payment))
    unit.replace(payment, *messages)
    coupons.release(unit, payment.coupons, payment.user_id)
    if payment.balance_used:
        hold = LedgerEntry.require(subject_id=payment.payment_id, cause="hold", consistent=True)
        reverse(unit, hold)
    unit.commit()
    return payment


def nothing_to_pay(payment: Payment) -> Outcome:
    """Return what stands for a provider's word where an order costs nothing."""
    return Outcome("paid", reference=payment.reference, amount=0, currency=payment.currency)
