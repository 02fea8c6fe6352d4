"""Placing an order: one transaction with its coupons and what its buyer's credit pays, then the provider's page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.messages import appearance
from lyceum.model.payments.orders import Payment
from lyceum.model.users.account import User
from lyceum.rules.ledger.booking import book, credit, debit

from functions.payments.offers import coupons
from functions.payments.offers.quotes import Basket, Quote
from functions.payments.providers.port import Order, ProviderRefused
from functions.payments.providers.registry import provider, reached

CHECKOUT_OPEN = timedelta(hours=24)
"""How long a buyer has; then the provider is asked, and the order is over unless a bank is at work."""
BANK_OPEN = timedelta(days=3)
"""How long a transfer may take that the provider has seen begin."""
LOOK_AGAIN = timedelta(hours=1)
FREE = "none"
"""Stands for a provider where nothing is to be paid."""


@dataclass(frozen=True)
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


def open_checkout(payment: Payment, basket: Basket, callback_url: str | None) -> Payment:
    """Ask the provider for a page, and keep its address with the order (1 request).

    Raises ProviderDown, after which the order stands and ends by itself, and RuleViolation PROVIDER_REFUSED.
    """
    order = order_of(payment, basket.user, callback_url)
    try:
        with reached(payment.provider, basket.circuit) as asked:
            page = asked.begin(order)
    except ProviderRefused as refusal:
        raise rule_violation("PROVIDER_REFUSED", f"The provider does not take this order ({refusal.code}).") from None
    payment.checkout_url, payment.provider_reference = page.url, page.provider_reference
    kept = [Payment.checkout_url.set(page.url), Payment.provider_reference.set(page.provider_reference)]
    Unit().change(payment, *kept).commit()
    return payment


def order_of(payment: Payment, user: User | None, callback_url: str | None = None) -> Order:
    """Return what a provider is to collect."""
    return Order(
        reference=payment.reference,
        amount=int(payment.amount),
        currency=payment.currency,
        title=payment.title,
        email=email_of(user, payment.user_id),
        return_url=callback_url or _page_of(payment),
    )


def email_of(user: User | None, user_id: str) -> str:
    """Return an address for a provider, which asks for one; of somebody without any it leads to nobody."""
    if user is not None and user.email:
        return str(user.email)
    return f"{user_id.lower()}@{settings().mail_from.rpartition('@')[2]}"


def require_callable(callback_url: str | None) -> None:
    """Refuse an address that a provider's page must not lead to; raises RuleViolation CALLBACK_REFUSED."""
    if callback_url is None:
        return
    try:
        client().read(callback_url)
    except AddressRefused as refusal:
        raise rule_violation("CALLBACK_REFUSED", str(refusal), field="callbackUrl") from None


def require_set_up(name: str) -> None:
    """Refuse an order by a provider that is not set up; raises RuleViolation PROVIDER_NOT_SET_UP."""
    provider(name)


def _page_of(payment: Payment) -> str:
    link = appearance.current().link("payment.confirmed", {"paymentId": payment.payment_id})
    return link or settings().issuer
