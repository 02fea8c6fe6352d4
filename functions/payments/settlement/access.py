"""What a payment gives a right to, and how the right goes again. Entitlements are what other domains read."""

from datetime import datetime

from lyceum.kit.table import Unit
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.payments.orders import Payment
from lyceum.rules.sales.entitlements import end, give

from functions.payments.settlement.periods import end_of


def extended(right: Entitlement | None, interval: str, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when one more interval of a plan reaches: after what there is, or from now."""
    has_more = right is not None and right.ends_at is not None and right.ends_at > now
    begins = right.ends_at if has_more and right is not None else now
    return begins, end_of(begins, interval, 1)


def take_back(unit: Unit, right: Entitlement | None, payment: Payment, now: datetime) -> None:
    """Add to a unit that what one payment gave is taken back: the course, or what is left of the time it bought.

    What other payments gave stays.
    """
    if right is None:
        return
    if not payment.product.startswith(PLAN):
        if right.source_id == payment.payment_id:
            end(unit, right, now)
        return
    if payment.access_to is None or payment.access_from is None or right.ends_at is None:
        return
    rest = payment.access_to - max(now, payment.access_from)
    if rest.total_seconds() > 0:
        end(unit, right, max(now, right.ends_at - rest))


__all__ = ["end", "extended", "give", "take_back"]
