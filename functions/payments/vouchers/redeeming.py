"""Redeeming a voucher: the PIN is spent and what it is good for is given, in one transaction."""

from datetime import datetime

from lyceum.events.payments import OrderConfirmed
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Gone, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.entitlements import Entitlement
from lyceum.model.payments.vouchers import Voucher, VoucherBatch
from lyceum.rules.ledger.booking import book, credit, debit
from lyceum.rules.ledger.rounding import tax_within

from functions.payments.settlement import access, seats
from functions.payments.vouchers.schemas import RedeemedVoucher


def redeem(caller: Principal, pin: str) -> RedeemedVoucher:
    """Spend a PIN and give what it is good for; who sends it twice gets the same answer.

    Raises NotFound VOUCHER_UNKNOWN, Conflict VOUCHER_USED, OWNED_ALREADY and SUBSCRIPTION_ACTIVE, and
    Gone VOUCHER_EXPIRED and VOUCHER_REFUNDED.
    """
    mark = seats.mark_of(pin)
    return retry_on_conflict(lambda: _redeem(caller.user_id, mark))


def _redeem(user_id: str, mark: str) -> RedeemedVoucher:
    voucher = Voucher.fetch(pin_mark=mark, consistent=True)
    batch = VoucherBatch.fetch(batch_id=voucher.batch_id, consistent=True) if voucher else None
    if voucher is None or batch is None:
        raise NotFound("There is no such PIN.", code="VOUCHER_UNKNOWN")
    right = Entitlement.fetch(user_id=user_id, product=batch.product, consistent=True)
    now = clock.now()
    if batch.ended_at or voucher.ended_at:
        raise Gone("This PIN is good no more: what was paid for it went back.", code="VOUCHER_REFUNDED")
    if voucher.user_id == user_id and right is not None:
        return RedeemedVoucher(what=batch.title, product=batch.product, ends_at=right.ends_at)
    if voucher.user_id is not None:
        raise _used()
    if batch.expires_at and batch.expires_at <= now:
        raise Gone("This PIN has expired.", code="VOUCHER_EXPIRED")
    voucher.access_from, ends_at = _reach(batch, right, now)
    unit = Unit()
    voucher.user_id, voucher.redeemed_at, voucher.access_to = user_id, now, ends_at
    told = OrderConfirmed(order_id=f"{batch.batch_id}.{int(voucher.number)}", user_id=user_id, what=batch.title)
    unit.replace(voucher, told)
    access.give(unit, right, user_id, batch.product, ends_at, source_id=batch.batch_id, tier=batch.tier)
    _book(unit, batch, int(voucher.number))
    unit.commit()
    return RedeemedVoucher(what=batch.title, product=batch.product, ends_at=ends_at)


def _reach(batch: VoucherBatch, right: Entitlement | None, now: datetime) -> tuple[datetime, datetime | None]:
    """Return from when to when a right reaches that a PIN gives; None is for ever."""
    is_held = right is not None and (right.ends_at is None or right.ends_at > now)
    if is_held and right is not None and right.is_renewed:
        raise Conflict(
            "A subscription gives you this already. Redeem the PIN when it ends.", code="SUBSCRIPTION_ACTIVE"
        )
    if batch.interval is None:
        if is_held:
            raise Conflict("You have this already. Give the PIN to somebody else.", code="OWNED_ALREADY")
        return now, None
    return access.extended(right, batch.interval, now)


def _book(unit: Unit, batch: VoucherBatch, number: int) -> None:
    """Add to a unit that what was sold outside is earned now."""
    if not batch.price:
        return
    price, currency = int(batch.price), str(batch.currency)
    tax = tax_within(price, batch.tax_percent)
    legs = [debit("vouchers", price, currency), credit("revenue", price - tax, currency), credit("tax", tax, currency)]
    book(unit, batch.batch_id, f"redeemed:{number}", legs)


def _used() -> Conflict:
    return Conflict("This PIN was used before.", code="VOUCHER_USED")
