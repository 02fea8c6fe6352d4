"""Seats whose money went back: their PINs are good no more, and what is left of the time that they gave goes."""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.entitlements import Entitlement
from lyceum.model.payments.vouchers import Voucher, VoucherBatch
from lyceum.rules.sales.entitlements import end as end_right
from lyceum.tasks.payments import EndSeats

from functions.payments.settlement.seats import mark_of, pin

_TOGETHER = 40
"""PINs of one transaction, each with the right that it gave."""
_NONE = timedelta(0)


def close(unit: Unit, batch: VoucherBatch | None, now: datetime) -> None:
    """Add to a unit that no PIN of a batch is redeemed from now on, and that what they gave is taken back."""
    if batch is not None and batch.ended_at is None:
        batch.ended_at = now
        unit.replace(batch, EndSeats(batch_id=batch.batch_id))


def end(unit: Unit, batch: VoucherBatch, after: int) -> int:
    """Add to a unit that PINs behind a number have ended, as many as fit, and return the last number (2 requests).

    A PIN that is being redeemed meanwhile is read again, since its redemption and its end write the same item.
    """
    now, last = clock.now(), min(int(batch.size), after + _TOGETHER)
    marks = [mark_of(pin(batch.batch_id, number)) for number in range(after + 1, last + 1)]
    found = batch_fetch([Voucher.at(pin_mark=mark) for mark in marks], consistent=True)
    ended = [each for each in found if isinstance(each, Voucher) and not each.ended_at]
    for voucher in ended:
        voucher.ended_at = now
        unit.replace(voucher)
    people = sorted({str(each.user_id) for each in ended if each.user_id})
    rights = batch_fetch([Entitlement.at(user_id=each, product=batch.product) for each in people], consistent=True)
    for right in rights:
        if isinstance(right, Entitlement):
            _take_back(unit, right, batch, [each for each in ended if each.user_id == right.user_id], now)
    return last


def _take_back(unit: Unit, right: Entitlement, batch: VoucherBatch, theirs: list[Voucher], now: datetime) -> None:
    """Add to a unit that a right is shorter by what is left of the time that some PINs gave, or that a course ends."""
    if right.ends_at is None:
        if right.source_id == batch.batch_id:
            end_right(unit, right, now)
        return
    rests = [each.access_to - max(now, each.access_from) for each in theirs if each.access_from and each.access_to]
    unused = sum((rest for rest in rests if rest > _NONE), _NONE)
    if unused:
        end_right(unit, right, max(now, right.ends_at - unused))
