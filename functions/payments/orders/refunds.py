"""Refunds: never more than was paid, whoever asks at once, and each sent to its provider once.

What is asked for is reserved on the payment by a condition before the provider hears of it. The refund's own id is the
provider's idempotency key, so two equal refunds are two, and one that is sent again is one.
"""

from datetime import timedelta

from lyceum.events.payments import RefundMade
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, find, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.model.marketplace.sales import Sale
from lyceum.model.payments.affiliates import Commission
from lyceum.model.payments.orders import PAID_STATES, TOP_UP, Payment, Refund
from lyceum.rules import audits
from lyceum.rules.ledger.booking import BookedAlready, Leg, book, credit, debit, standing
from lyceum.rules.ledger.rounding import portion
from lyceum.rules.marketplace import sales
from lyceum.rules.providers import checkouts
from lyceum.rules.providers.port import ProviderDown, ProviderRefused, RefundOutcome
from lyceum.rules.providers.registry import circuit_of, reached
from lyceum.tasks.payments import SendRefund

from functions.payments.affiliates import commissions
from functions.payments.orders.schemas import MakeRefund, RefundView
from functions.payments.settlement import returning

_LOOK_AGAIN = timedelta(days=1)
_ASK_AGAIN = timedelta(hours=1)


def make(caller: Principal, payment_id: str, wanted: MakeRefund) -> Refund:
    """Reserve a refund and have it sent; without an amount, of all that is left.

    Raises NotFound, and RuleViolation NOTHING_PAID, REFUND_TOO_HIGH, PAID_WITH_CREDIT, CREDIT_SPENT and
    PROVIDER_REFUSED.
    """
    return retry_on_conflict(lambda: _make(caller, payment_id, wanted))


def _make(caller: Principal, payment_id: str, wanted: MakeRefund) -> Refund:
    payment = Payment.fetch(payment_id=payment_id, consistent=True)
    if payment is None:
        raise NotFound("There is no such payment.")
    if payment.state not in PAID_STATES:
        raise rule_violation("NOTHING_PAID", "Nothing was paid here, so nothing goes back.")
    if not payment.amount:
        raise rule_violation("PAID_WITH_CREDIT", "No money came in here, so none goes back.")
    left = max(0, int(payment.amount) - int(payment.reserved))
    amount = left if wanted.amount is None else wanted.amount
    most = Money(amount=left, currency=payment.currency)
    too_high = rule_violation("REFUND_TOO_HIGH", f"At most {most} can go back.", field="amount")
    if amount > left or amount <= 0:
        raise too_high
    checkouts.require_taken(payment.provider, amount, payment.currency)
    if payment.product == TOP_UP and standing(f"credit:{payment.user_id}", payment.currency) < amount:
        raise rule_violation("CREDIT_SPENT", "The buyer's credit was spent, so it can not go back.", field="amount")
    is_whole = amount == payment.amount
    refund = Refund(
        refund_id=ids.new_id(),
        payment_id=payment_id,
        user_id=payment.user_id,
        amount=amount,
        currency=payment.currency,
        reason=wanted.reason,
        ends_access=(is_whole or None) if wanted.ends_access is None else wanted.ends_access,
        due_day=_day(),
    )
    unit = Unit().create(refund, SendRefund(payment_id=payment_id, refund_id=refund.refund_id))
    is_there = Payment.reserved <= int(payment.amount) - amount
    unit.change(payment, Payment.reserved.add(amount), when=is_there, refuse=too_high)
    after = {"paymentId": payment_id, "amount": amount, "currency": payment.currency}
    audits.note(unit, caller.user_id, None, "payment.refund", payment_id, after=after, reason=wanted.reason)
    unit.commit()
    return refund


def give_back(payment_id: str, reason: str, unit: Unit) -> None:
    """Add to a unit that all that is left of a payment is sent back, where there is any."""
    payment = Payment.fetch(payment_id=payment_id, consistent=True)
    left = int(payment.amount) - int(payment.reserved) if payment else 0
    if payment is None or payment.state not in PAID_STATES or left <= 0:
        return
    refund = Refund(
        refund_id=ids.derived_id(payment.created_at, "refund", "order", payment_id),
        payment_id=payment_id,
        user_id=payment.user_id,
        amount=left,
        currency=payment.currency,
        reason=reason,
        origin="order",
        ends_access=True,
        due_day=_day(),
    )
    unit.create(refund, SendRefund(payment_id=payment_id, refund_id=refund.refund_id))
    unit.change(payment, Payment.reserved.add(left), when=Payment.version == payment.version)


def send(payment_id: str, refund_id: str) -> None:
    """Send a refund to its provider, or ask what has become of one that was sent.

    A provider that does not answer is asked again in an hour; it knows the refund by its id.
    """
    payment, refund = fetch_many(
        Payment.at(payment_id=payment_id), Refund.at(payment_id=payment_id, refund_id=refund_id), consistent=True
    )
    if payment is None or refund is None or refund.state in {"done", "failed"}:
        return
    amount, currency = int(refund.amount), str(refund.currency)
    try:
        with reached(payment.provider, circuit_of(payment.provider)) as provider:
            told = (
                provider.look_up_refund(refund.provider_id)
                if refund.provider_id
                else provider.refund(payment.provider_id, payment.reference, refund_id, amount, currency)
            )
    except ProviderRefused as refusal:
        told = RefundOutcome("failed", failure=refusal.code)
    except ProviderDown:
        refund.due_day = f"{clock.now() + _ASK_AGAIN:%Y-%m-%d}"
        Unit().replace(refund).commit()
        return
    conclude(payment_id, refund_id, told)


def conclude(payment_id: str, refund_id: str, told: RefundOutcome) -> None:
    """Act upon what a provider says of a refund; again, nothing more happens."""
    retry_on_conflict(lambda: _conclude(payment_id, refund_id, told), tries=8, on=(BookedAlready,))


def hear(payment: Payment, told: RefundOutcome) -> None:
    """Act upon a refund that a provider tells of: one of ours, or one that was made in its own pages."""
    known = find(Refund, payment_id=payment.payment_id, consistent=True).items
    ours = next((each for each in known if each.refund_id == told.refund_id), None)
    ours = ours or next((each for each in known if each.provider_id == told.provider_id), None)
    if ours is not None:
        conclude(payment.payment_id, ours.refund_id, told)
    elif told.state == "done" and told.currency == payment.currency:
        _take_over(payment, told)


def _take_over(payment: Payment, told: RefundOutcome) -> None:
    """Write down a refund that was made at the provider; its id follows from the provider's, so it is there once."""
    refund_id = ids.derived_id(payment.created_at, "refund", payment.provider, told.provider_id)
    refund = Refund(
        refund_id=refund_id,
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount=told.amount,
        currency=told.currency,
        state="sent",
        origin="provider",
        provider_id=told.provider_id,
        ends_access=told.amount >= payment.amount or None,
        due_day=_day(),
    )
    unit = Unit().create(refund, refuse=Conflict("It is known.", code="REFUND_KNOWN"))
    unit.change(payment, Payment.reserved.add(told.amount))
    try:
        unit.commit()
    except Conflict as known:
        if known.code != "REFUND_KNOWN":
            raise
    conclude(payment.payment_id, refund_id, told)


def _conclude(payment_id: str, refund_id: str, told: RefundOutcome) -> None:
    payment, refund, commission = fetch_many(
        Payment.at(payment_id=payment_id),
        Refund.at(payment_id=payment_id, refund_id=refund_id),
        Commission.at(payment_id=payment_id),
        consistent=True,
    )
    if payment is None or refund is None or refund.state in {"done", "failed"}:
        return
    unit = Unit()
    refund.provider_id = told.provider_id or refund.provider_id
    refund.state = told.state
    if told.state == "sent":
        refund.due_day = _day()
        unit.replace(refund).commit()
        return
    refund.due_day = None
    if told.state == "failed":
        refund.failure = told.failure or "failed"
        payment.reserved = int(payment.reserved) - int(refund.amount)
        unit.replace(refund).replace(payment).commit()
        return
    _pay_back(unit, payment, refund, commission)
    unit.commit()


def _pay_back(unit: Unit, payment: Payment, refund: Refund, commission: Commission | None) -> None:
    """Add to a unit everything that follows from money that went back."""
    amount, currency = int(refund.amount), str(refund.currency)
    account = _account_of(payment, amount)
    payment.refunded = int(payment.refunded) + amount
    if payment.state != "disputed":
        payment.state = "refunded" if payment.refunded >= payment.amount else "partly_refunded"
    told = RefundMade(
        refund_id=refund.refund_id,
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=amount,
        currency=currency,
        what=payment.title,
    )
    unit.replace(refund, told).replace(payment)
    legs = [*_taken(unit, payment, refund, account), credit(f"provider.{payment.provider}", amount, currency)]
    book(unit, payment.payment_id, f"refund:{refund.refund_id}", legs, refuse=sales.moved())
    commissions.cancel(unit, commission, payment, refund.refund_id, int(payment.refunded))
    is_over = payment.refunded >= payment.amount if refund.ends_access is None else bool(refund.ends_access)
    if is_over:
        returning.take_access(unit, payment)


def _taken(unit: Unit, payment: Payment, refund: Refund, account: str) -> list[Leg]:
    """Return the legs of where money that goes back is taken from; of a sale, both its parts."""
    amount, currency, refunded = int(refund.amount), str(refund.currency), int(payment.refunded)
    if account != "refunds":
        return [debit(account, amount, currency)]
    if payment.offer_id and not payment.credited:
        return taken_from_sale(unit, payment, amount)
    tax = tax_of(payment, refunded) - tax_of(payment, refunded - amount)
    return [debit("refunds", amount - tax, currency), debit("tax", tax, currency)]


def taken_from_sale(unit: Unit, payment: Payment, amount: int) -> list[Leg]:
    """Add to a unit that money of a seller's sale went back, and return the legs of both parts (2 requests)."""
    sale = Sale.require(payment_id=payment.payment_id, consistent=True)
    return sales.take_back(unit, sale, amount, clock.now())


def _account_of(payment: Payment, amount: int) -> str:
    """Return where money that goes back is taken from: where it stood, of what fits no order or became credit."""
    if payment.state == "held":
        return "suspense"
    own = f"credit:{payment.user_id}"
    if payment.credited and standing(own, payment.currency) >= amount:
        return own
    return "refunds"


def tax_of(payment: Payment, refunded: int) -> int:
    """Return how much of the tax went back with so much of a payment; the parts of several refunds add up."""
    if payment.credited or not payment.amount:
        return 0
    sold = int(payment.list_amount) - int(payment.discount)
    return portion(int(payment.tax), min(refunded, sold), sold) if sold else 0


def view(refund: Refund) -> RefundView:
    """Show a refund to staff."""
    return RefundView(
        refund_id=refund.refund_id,
        payment_id=refund.payment_id,
        amount=Money(amount=int(refund.amount), currency=refund.currency),
        state=refund.state,
        reason=refund.reason,
        ends_access=bool(refund.ends_access),
        created_at=refund.created_at,
    )


def _day() -> str:
    return f"{clock.now() + _LOOK_AGAIN:%Y-%m-%d}"


__all__ = ["ProviderDown", "conclude", "hear", "make", "send", "taken_from_sale", "tax_of", "view"]
