"""Keeps accounts on the tier of the plans that they may use."""

from lyceum.events.payments import EntitlementChanged
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, find
from lyceum.model.entitlements import PLAN, Entitlement
from lyceum.model.users.account import User
from lyceum.rules.sessions import renew_rights

consumer = Consumer("users-tiers")
handler = consumer.handler
FREE = "free"
_MOST_PLANS = 100


@consumer.on(EntitlementChanged)
def follow(event: EntitlementChanged, unit: Unit) -> None:
    """Give an account the tier of its plan, or take it back; older tokens end, and sessions go on with new ones."""
    if not event.product.startswith(PLAN):
        return
    user = User.fetch(user_id=event.user_id, consistent=True)
    if user is None or user.status == "deleted":
        return
    tier = tier_of(event.user_id)
    if user.tier != tier:
        user.tier = tier
        unit.put(renew_rights(user, ends_sessions=False)).replace(user)


def tier_of(user_id: str) -> str:
    """Return the tier of the plan that lasts longest of those that somebody may use (1 request)."""
    now = clock.now()
    found = find(
        Entitlement,
        user_id=user_id,
        from_sort=PLAN,
        to_sort=f"{PLAN}\U0010ffff",
        limit=_MOST_PLANS,
        consistent=True,
    )
    held = [right for right in found.items if right.tier and (right.ends_at is None or right.ends_at > now)]
    last = max(held, key=lambda right: (right.ends_at is None, right.ends_at or now), default=None)
    return str(last.tier) if last else FREE
