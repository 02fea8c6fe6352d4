"""Disputes: a bank takes money back on its holder's word, until it is decided who was right."""

from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import Payment
from lyceum.rules.ledger.booking import BookedAlready, book, credit, debit, reverse
from lyceum.rules.marketplace import sales
from lyceum.rules.providers.port import DisputeOutcome

from functions.payments.orders import refunds
from functions.payments.settlement import returning


def hear(payment_id: str, told: DisputeOutcome) -> None:
    """Act upon what a provider says of a dispute: the money is gone, back, or gone for good with what it bought."""
    retry_on_conflict(lambda: _hear(payment_id, told), tries=8, on=(BookedAlready,))


def _hear(payment_id: str, told: DisputeOutcome) -> None:
    cause = f"dispute:{told.dispute_id}"
    payment, taken, lost, won = fetch_many(
        Payment.at(payment_id=payment_id),
        LedgerEntry.at(subject_id=payment_id, cause=cause),
        LedgerEntry.at(subject_id=payment_id, cause=f"{cause}:lost"),
        LedgerEntry.at(subject_id=payment_id, cause=f"reversal:{cause}"),
        consistent=True,
    )
    if payment is None or won is not None or lost is not None:
        return
    if taken is None:
        unit = Unit()
        payment.state = "disputed"
        payment.reserved = int(payment.reserved) + told.amount  # what the bank has goes back by no refund
        unit.replace(payment)
        legs = [
            debit("disputes", told.amount, told.currency),
            credit(f"provider.{payment.provider}", told.amount, told.currency),
        ]
        book(unit, payment_id, cause, legs)
        unit.commit()
        if told.state != "open":
            _hear(payment_id, told)
        return
    if told.state == "won":
        unit = Unit()
        payment.state = _state_of(payment)
        payment.reserved = int(payment.reserved) - told.amount
        unit.replace(payment)
        reverse(unit, taken)
        unit.commit()
    elif told.state == "lost":
        unit = Unit()
        is_sale = payment.offer_id and not payment.credited
        gone = (
            refunds.taken_from_sale(unit, payment, told.amount)
            if is_sale
            else [debit("refunds", told.amount, told.currency)]
        )
        legs = [*gone, credit("disputes", told.amount, told.currency)]
        book(unit, payment_id, f"{cause}:lost", legs, refuse=sales.moved())
        returning.take_access(unit, payment)
        unit.commit()


def _state_of(payment: Payment) -> str:
    if not payment.refunded:
        return "paid"
    return "refunded" if payment.refunded >= payment.amount else "partly_refunded"
