"""Placing an order: one transaction with its coupons and what its buyer's credit pays."""

from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.frozen import frozen
from lyceum.kit.http import exchange
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from lyceum.rules.ledger.booking import book, credit, debit
from lyceum.rules.providers.checkouts import CHECKOUT_OPEN, FREE
from lyceum.rules.sales import coupons

from functions.payments.offers.quotes import Quote


@frozen
class Purpose:
    """What an order is for, beside its product.

    Attributes:
        plan: What of the plan an order keeps: plan_id, tier and interval.
        subscription: Which period of which subscription it pays: subscription_id, generation, period and attempt.
    """

    purpose: str = "checkout"
    seats: int = 1
    plan: dict[str, Any] | None = None
    subscription: dict[str, Any] | None = None
    affiliate_id: str | None = None
    payment_id: str | None = None
    country: str | None = None


def compose(user_id: str, provider: str, quoted: Quote, what: Purpose) -> Payment:
    """Write an order down, without storing it."""
    return Payment(
        payment_id=what.payment_id or ids.new_id(),
        user_id=user_id,
        provider=provider if quoted.amount else FREE,
        purpose=what.purpose,
        product=quoted.product,
        title=quoted.title,
        seats=what.seats,
        currency=quoted.price.currency,
        country=what.country,
        seen_in=exchange.country(),
        list_amount=quoted.price.amount,
        discount=quoted.discount,
        proration=quoted.proration,
        balance_used=quoted.balance_used,
        left_over=quoted.left_over,
        tax=quoted.tax,
        tax_name=quoted.price.tax_name,
        tax_percent=quoted.price.tax_percent,
        amount=quoted.amount,
        coupons=[each.coupon.code for each in quoted.discounts],
        affiliate_id=what.affiliate_id,
        due_at=clock.now() + CHECKOUT_OPEN,
        **(what.plan or {}),
        **(what.subscription or {}),
    )


def place(unit: Unit, payment: Payment, quoted: Quote) -> None:
    """Add an order to a unit: itself, the use of its coupons, and its buyer's credit set aside for it."""
    unit.create(payment)
    coupons.count(unit, [each.coupon for each in quoted.discounts], payment.user_id)
    if quoted.balance_used:
        legs = [
            debit(f"credit:{payment.user_id}", quoted.balance_used, payment.currency),
            credit("held", quoted.balance_used, payment.currency),
        ]
        book(unit, payment.payment_id, "hold", legs)
