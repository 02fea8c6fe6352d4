"""Commissions: earned with a payment, owed once its time for refunds is over, and paid out to a bank or as credit."""

from datetime import datetime, timedelta

from lyceum.events.payments import PayoutSent
from lyceum.kit import clock, ids
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit
from lyceum.model.payments.affiliates import AffiliateFigures, Commission
from lyceum.model.payments.orders import Payment
from lyceum.model.payouts import PayoutAccount
from lyceum.rules.ledger.booking import book, credit, debit
from lyceum.rules.ledger.rounding import percentage, portion
from lyceum.rules.payouts import ordering
from lyceum.rules.providers.units import writable

PERCENT = "10"
"""Of what was paid, without its tax."""
REFUND_WINDOW = timedelta(days=14)
LAST_CLICK = timedelta(days=30)


def earn(unit: Unit, payment: Payment, now: datetime) -> None:
    """Add to a unit what the affiliate earns by a payment."""
    amount = commission_of(payment)
    if not amount:
        return
    vests_at = now + REFUND_WINDOW
    owed = Commission(
        payment_id=payment.payment_id,
        affiliate_id=payment.affiliate_id,
        amount=amount,
        currency=payment.currency,
        vests_at=vests_at,
        due_day=f"{vests_at:%Y-%m-%d}",
    )
    unit.create(owed)
    pending = f"commission_pending:{payment.affiliate_id}"
    book(
        unit, payment.payment_id, "commission",
        [debit("commission", amount, payment.currency), credit(pending, amount, payment.currency)],
    )  # fmt: skip
    _count(unit, owed, AffiliateFigures.referrals.add(1), AffiliateFigures.earned.add(amount))


def commission_of(payment: Payment) -> int:
    """Return what an affiliate earns by a payment: of what came in, without the part of it that is tax."""
    paid, sold = int(payment.amount), int(payment.list_amount) - int(payment.discount)
    return percentage(paid - (portion(int(payment.tax), paid, sold) if sold else 0), PERCENT)


def cancel(unit: Unit, commission: Commission | None, payment: Payment, refund_id: str, refunded: int) -> None:
    """Add to a unit that the part of a commission goes whose money went back; one that is owed already stays.

    At its provider more may go back than was paid; of the commission never more than there is.
    """
    if commission is None or commission.state != "pending" or not payment.amount:
        return
    paid = int(payment.amount)
    gone = portion(int(commission.amount), min(refunded, paid), paid) - int(commission.cancelled)
    if gone <= 0:
        return
    commission.cancelled = int(commission.cancelled) + gone
    if commission.cancelled == commission.amount:
        commission.state, commission.due_day = "cancelled", None
    unit.replace(commission)
    pending = f"commission_pending:{commission.affiliate_id}"
    book(
        unit, payment.payment_id, f"commission-back:{refund_id}",
        [debit(pending, gone, payment.currency), credit("commission", gone, payment.currency)],
    )  # fmt: skip
    _count(unit, commission, AffiliateFigures.cancelled.add(gone))


def vest(commission: Commission) -> None:
    """Let what is left of a commission be owed, to be paid out on the first of the next month; once."""
    if commission.state != "pending" or commission.vests_at > clock.now():
        return
    rest = int(commission.amount) - int(commission.cancelled)
    commission.state, commission.due_day = "vested", None
    unit = Unit().replace(commission)
    if rest:
        owner, currency = commission.affiliate_id, commission.currency
        book(
            unit, commission.payment_id, "commission-vested",
            [debit(f"commission_pending:{owner}", rest, currency), credit(f"affiliate:{owner}", rest, currency)],
        )  # fmt: skip
        figures = AffiliateFigures(user_id=owner, currency=currency, payout_day=_next_month(clock.now()))
        figures.fill_keys()
        named = [
            getattr(AffiliateFigures, name).set(getattr(figures, name)) for name in ("payout_day", "gsi1pk", "gsi1sk")
        ]
        _count(unit, commission, AffiliateFigures.vested.add(rest), *named)
    unit.commit()


def pay_out(figures: AffiliateFigures) -> None:
    """Pay out what is owed in a currency, once: to where its owner is paid, or else as credit to buy by."""
    owner, currency = figures.user_id, figures.currency
    account = PayoutAccount.fetch(user_id=owner, currency=currency, consistent=True)
    owed = int(figures.vested) - int(figures.paid_out)
    if account is not None:
        owed = writable(owed, currency)
    payout_day, figures.payout_day = str(figures.payout_day), None
    unit = Unit()
    if owed > 0:
        figures.paid_out = int(figures.paid_out) + owed
        payout_id = ids.derived_id(clock.now(), "payout", owner, currency, payout_day)
        taken = debit(f"affiliate:{owner}", owed, currency)
        if account is not None:
            ordering.order(unit, account, payout_id=payout_id, purpose="affiliate", amount=owed, legs=[taken])
        else:
            book(
                unit, f"payout-{owner}", f"{payout_day}#{currency}", [taken, credit(f"credit:{owner}", owed, currency)]
            )
            send(unit, PayoutSent(payout_id=payout_id, user_id=owner, amount_minor=owed, currency=currency))
    unit.replace(figures).commit()


def take_back(unit: Unit, user_id: str, currency: str, amount: int) -> None:
    """Add to a unit that commission is owed again whose payout failed; it is paid out with the next.

    Of somebody who is gone there are no figures, and it stays on the books.
    """
    figures = AffiliateFigures.fetch(user_id=user_id, currency=currency, consistent=True)
    if figures is not None:
        figures.paid_out = int(figures.paid_out) - amount
        figures.payout_day = _next_month(clock.now())
        unit.replace(figures)


def _count(unit: Unit, commission: Commission, *actions: object) -> None:
    name = AffiliateFigures.at(user_id=commission.affiliate_id, currency=commission.currency)
    unit.change(name, *actions, or_create=True)  # type: ignore[arg-type]


def _next_month(moment: datetime) -> str:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return f"{year}-{month + 1:02d}-01"
