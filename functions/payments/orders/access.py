"""What a payment gives a right to, and how the right goes again. Entitlements are what other domains read."""

from datetime import datetime

from lyceum.events.payments import EntitlementChanged
from lyceum.kit.table import Unit
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.payments.orders import Payment

from functions.payments.orders.periods import end_of


def give(
    unit: Unit,
    known: Entitlement | None,
    user_id: str,
    product: str,
    ends_at: datetime | None,
    *,
    source_id: str,
    tier: str | None = None,
    is_renewed: bool = False,
) -> Entitlement:
    """Add to a unit that somebody has a right until a time; `known` is the right as it was read."""
    right = known or Entitlement(user_id=user_id, product=product)
    right.ends_at, right.is_renewed = ends_at, is_renewed or None
    right.source_id, right.tier = source_id, tier
    unit.save(right, _changed(right))
    return right


def end(unit: Unit, right: Entitlement, at: datetime) -> None:
    """Add to a unit that a right ends at a time, unless it has ended before."""
    if right.ends_at is None or right.ends_at > at:
        right.ends_at, right.is_renewed = at, None
        unit.save(right, _changed(right))


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


def _changed(right: Entitlement) -> EntitlementChanged:
    return EntitlementChanged(user_id=right.user_id, product=right.product, tier=right.tier, ends_at=right.ends_at)
