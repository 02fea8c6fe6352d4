"""Giving somebody a right to a product, and ending it: what other domains read to let them in."""

from datetime import datetime

from lyceum.events.payments import EntitlementChanged
from lyceum.kit.table import Unit
from lyceum.model.entitlements import Entitlement


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


def _changed(right: Entitlement) -> EntitlementChanged:
    return EntitlementChanged(user_id=right.user_id, product=right.product, tier=right.tier, ends_at=right.ends_at)
