"""Payments as their buyers see them."""

from collections.abc import Iterator

from lyceum.kit.values.money import Money
from lyceum.model.payments.orders import Payment

from functions.payments.orders.schemas import LineView, PaymentView


def payment(found: Payment) -> PaymentView:
    """Show a payment."""
    return PaymentView(
        payment_id=found.payment_id,
        reference=found.reference,
        provider=found.provider,
        state=found.state,
        purpose=found.purpose,
        what=found.title,
        plan_id=found.plan_id,
        offer_id=found.offer_id,
        subscription_id=found.subscription_id,
        seats=int(found.seats),
        lines=list(lines(found)),
        total=money(found, found.amount),
        tax=money(found, found.tax) if found.tax else None,
        refunded=money(found, found.refunded) if found.refunded else None,
        channel=found.channel,
        failure=found.failure if found.state == "failed" else None,
        checkout_url=found.checkout_url,
        access_ends_at=found.access_to,
        receipt_number=None if found.receipt_number is None else int(found.receipt_number),
        created_at=found.created_at,
        paid_at=found.paid_at,
    )


def money(found: Payment, amount: float) -> Money:
    """Return an amount in a payment's currency."""
    return Money(amount=int(amount), currency=found.currency)


def lines(found: Payment) -> Iterator[LineView]:
    """Yield what was bought, then what was taken off."""
    yield LineView(kind="item", text=found.title, amount=int(found.list_amount))
    if found.discount:
        yield LineView(kind="discount", text=", ".join(found.coupons), amount=-int(found.discount))
    if found.proration:
        yield LineView(kind="proration", text="", amount=-int(found.proration))
    if found.left_over:
        yield LineView(kind="credit", text="", amount=int(found.left_over))
    if found.balance_used:
        yield LineView(kind="credit", text="", amount=-int(found.balance_used))
