"""Seats and vouchers: PINs that follow from their batch and the deployment's secret, so that none is stored."""

from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.vouchers import Voucher, VoucherBatch

TOGETHER = 90
"""Vouchers of one transaction, which holds 100 writes."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that do not look alike."""
_LENGTH = 16
_GROUP = 4


def batch_of(payment: Payment) -> VoucherBatch:
    """Return the batch of the seats that a payment bought; they are paid already."""
    return VoucherBatch(
        batch_id=payment.payment_id,
        owner_id=payment.user_id,
        size=payment.seats,
        product=payment.product,
        title=payment.title,
        tier=payment.tier,
        interval=payment.interval,
    )


def pin(batch_id: str, number: int) -> str:
    """Return a PIN of a batch, from 1 on: sixteen letters and digits in groups of four, some 78 bits."""
    value = int.from_bytes(sealing.mac("voucher-pin", f"{batch_id}\0{number}".encode()), "big")
    letters = []
    for _ in range(_LENGTH):
        value, place = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    text = "".join(letters)
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def mark_of(typed: str) -> str:
    """Return what a PIN is found by, however it is typed."""
    return sealing.mark("voucher", "".join(typed.split()).replace("-", "").upper())


def make(unit: Unit, batch: VoucherBatch, after: int) -> int:
    """Add the vouchers behind a number to a unit, as many as fit, and return the last number; again changes nothing."""
    if batch.ended_at:  # their money went back before they were made
        return int(batch.size)
    last = min(int(batch.size), after + TOGETHER)
    for number in range(after + 1, last + 1):
        voucher = Voucher(pin_mark=mark_of(pin(batch.batch_id, number)), batch_id=batch.batch_id, number=number)
        unit.create(voucher)
    return last
