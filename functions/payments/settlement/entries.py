"""The entries of a payment: what came in, what was earned, and what its provider kept."""

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from lyceum.rules.ledger.booking import Leg, credit, debit
from lyceum.rules.marketplace import sales

from functions.payments.settlement.around import Around


def of(unit: Unit, payment: Payment, found: Around, *, was_released: bool) -> list[Leg]:
    """Return what is booked of money that arrived, after what it gives is decided."""
    if payment.credited:
        return [*_credited(payment, was_released=was_released), *_fee(payment)]
    sale, now = found.sale, clock.now()
    parts = sales.conclude(unit, sale, found.purchase, now) if sale is not None else _earned(payment)
    return [*_came_in(payment, was_released=was_released), *parts, *_fee(payment)]


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
