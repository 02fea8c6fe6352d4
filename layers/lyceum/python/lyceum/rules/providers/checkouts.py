"""Checkouts: an order that stands is shown to its buyer on the provider's page; for every domain that sells."""

from datetime import timedelta

from lyceum.kit.errors import rule_violation
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.values.money import Money
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.payments.orders import Payment
from lyceum.model.users.account import User
from lyceum.rules.providers.port import Order, ProviderRefused
from lyceum.rules.providers.registry import has_thousandths, provider, reached
from lyceum.rules.providers.units import writable

CHECKOUT_OPEN = timedelta(hours=24)
"""How long a buyer has; then the provider is asked, and the order is over unless a bank is at work."""
FREE = "none"
"""Stands for a provider where nothing is to be paid."""


def open_checkout(payment: Payment, user: User | None, circuit: ProviderCircuit | None, return_url: str) -> Payment:
    """Ask the provider for a page, and keep its address with the order (1 request).

    Raises ProviderDown, after which the order stands and ends by itself, and RuleViolation PROVIDER_REFUSED.
    """
    order = order_of(payment, user, return_url)
    try:
        with reached(payment.provider, circuit) as asked:
            page = asked.begin(order)
    except ProviderRefused as refusal:
        raise rule_violation("PROVIDER_REFUSED", f"The provider does not take this order ({refusal.code}).") from None
    payment.checkout_url, payment.provider_reference = page.url, page.provider_reference
    kept = [Payment.checkout_url.set(page.url), Payment.provider_reference.set(page.provider_reference)]
    Unit().change(payment, *kept).commit()
    return payment


def order_of(payment: Payment, user: User | None, return_url: str) -> Order:
    """Return what a provider is to collect."""
    return Order(
        reference=payment.reference,
        amount=int(payment.amount),
        currency=payment.currency,
        title=payment.title,
        email=email_of(user, payment.user_id),
        return_url=return_url,
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


def require_taken(name: str, amount: int, currency: str) -> None:
    """Refuse an amount that a provider can not move, before anything is stored.

    Raises RuleViolation PROVIDER_REFUSED for an amount such as 1.235 KWD, unless the provider has thousandths.
    """
    if not has_thousandths(name) and amount != writable(amount, currency):
        price = Money(amount=amount, currency=currency)
        raise rule_violation("PROVIDER_REFUSED", f"{name.capitalize()} does not take {price}: it has no thousandths.")
