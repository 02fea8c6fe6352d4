"""Receipts: numbered in the tenant without gaps, by a worker behind the payment, and never changed."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.messages import appearance
from lyceum.model.payments.books import Receipt, ReceiptCounter
from lyceum.model.payments.orders import PAID_STATES, Payment
from lyceum.model.users.account import User

from functions.payments.orders import views
from functions.payments.orders.schemas import LineView, ReceiptView

_TRIES = 10


def issue(payment_id: str) -> None:
    """Give a payment the next number, once: counter, receipt and payment change together or not at all."""
    retry_on_conflict(lambda: _issue(payment_id), tries=_TRIES)


def _issue(payment_id: str) -> None:
    payment, counter, receipt = fetch_many(
        Payment.at(payment_id=payment_id), ReceiptCounter.at(), Receipt.at(payment_id=payment_id), consistent=True
    )
    if payment is None or payment.state not in PAID_STATES or receipt is not None:
        return
    counter = counter or ReceiptCounter()
    counter.last = int(counter.last) + 1
    made = Receipt(
        payment_id=payment_id,
        user_id=payment.user_id,
        number=counter.last,
        seller=appearance.current().name,
        issued_at=clock.now(),
        paid_at=payment.paid_at,
        currency=payment.currency,
        lines=[line.model_dump() for line in views.lines(payment)],
        amount=payment.amount,
        tax=0 if payment.credited else payment.tax,
        tax_name=payment.tax_name,
        tax_percent=payment.tax_percent,
        provider=payment.provider,
        channel=payment.channel,
    )
    unit = Unit().save(counter).create(made, refuse=Conflict("It is issued.", code="EDIT_CONFLICT"))
    unit.change(payment, Payment.receipt_number.set(counter.last)).commit()


def show(caller: Principal, payment_id: str) -> ReceiptView:
    """Show the receipt of one's own payment (1 request).

    Raises NotFound, and Conflict RECEIPT_PENDING while it has no number yet, which takes seconds.
    """
    payment, receipt, user = fetch_many(
        Payment.at(payment_id=payment_id), Receipt.at(payment_id=payment_id), User.at(user_id=caller.user_id)
    )
    if payment is None or payment.user_id != caller.user_id:
        raise NotFound("There is no such payment.")
    if receipt is None:
        if payment.state in PAID_STATES and payment.amount:
            raise Conflict("The receipt is being made. Please come again in a moment.", code="RECEIPT_PENDING")
        raise NotFound("There is no receipt for this payment.")
    return ReceiptView(
        number=int(receipt.number),
        payment_id=payment_id,
        reference=payment.reference,
        seller=receipt.seller or appearance.current().name,
        buyer=f"{user.first_name} {user.last_name}".strip() if user else None,
        issued_at=receipt.issued_at,
        paid_at=receipt.paid_at,
        lines=[LineView.model_validate(line) for line in receipt.lines],
        total=Money(amount=int(receipt.amount), currency=receipt.currency),
        tax=Money(amount=int(receipt.tax), currency=receipt.currency) if receipt.tax else None,
        tax_name=receipt.tax_name if receipt.tax else None,
        tax_percent=receipt.tax_percent if receipt.tax else None,
        provider=receipt.provider,
        channel=receipt.channel,
    )
