"""Rules that hold an order for a look before it can be paid; each says what it saw, and staff decide.

They stop nobody: stock stays reserved for two days, and whoever is let go pays as everybody does.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import sealing
from lyceum.kit.values.text import without_accents
from lyceum.model.store.carts import CouponAddress

KEPT = timedelta(days=1)
_HURRY = timedelta(hours=1)
MOST_ORDERS_HOURLY = 4
MOST_ADDRESSES_DAILY = 3
_MOST_KEPT = 20
_MOST_USERS = 11
_SHARED_KEPT = timedelta(days=180)
_WORDS = re.compile(r"[^\W_]+")


@frozen
class Circumstances:
    """What rules look at.

    Attributes:
        recent: Orders of the last day: when, the mark of the address, and whether there was one.
        address_mark: The mark of the address of this one, None where nothing is sent.
        country: Where it is sent. `caller_country`: where the order came from, as the edge tells; None where it does
            not.
        shared: Who used the same coupons for the same address.
    """

    user_id: str
    recent: Sequence[dict[str, Any]]
    address_mark: str | None
    country: str | None
    caller_country: str | None
    shared: Sequence[tuple[str, CouponAddress]]
    now: datetime


def mark_of(address: dict[str, Any] | None) -> str | None:
    """Return what stands for an address and shows nothing of it.

    Case, accents, punctuation, spaces, and how it is parted into lines make no difference.
    """
    if address is None:
        return None
    street = f"{address.get('line1') or ''} {address.get('line2') or ''}"
    parts = (street, str(address.get("city") or ""), str(address.get("country") or ""))
    return sealing.mark("store-address", *("".join(_WORDS.findall(without_accents(part))) for part in parts))


def shared_name(code: str, address_mark: str) -> CouponAddress:
    """Name who used a coupon for an address."""
    return CouponAddress.at(mark=sealing.mark("store-coupon-address", code, address_mark))


def reasons(seen: Circumstances) -> list[dict[str, str]]:
    """Return by which rules an order is held, and what each saw; none is the usual case."""
    found = []
    hurried = sum(seen.now - clock.parse(each["at"]) < _HURRY for each in seen.recent)
    if hurried >= MOST_ORDERS_HOURLY:
        found.append(_reason("VELOCITY", f"{hurried + 1} orders within an hour"))
    marks = {each["mark"] for each in seen.recent if each["mark"]} | {seen.address_mark} - {None}
    if len(marks) > MOST_ADDRESSES_DAILY:
        found.append(_reason("MANY_ADDRESSES", f"{len(marks)} addresses within a day"))
    if seen.country and seen.caller_country and seen.country != seen.caller_country:
        found.append(_reason("COUNTRY_MISMATCH", f"ordered from {seen.caller_country}, sent to {seen.country}"))
    for code, used in seen.shared:
        others = len(set(used.users) - {seen.user_id})
        if others:
            found.append(_reason("COUPON_SHARED", f"{others} others used {code} for this address"))
    return found


def remembered(seen: Circumstances) -> list[dict[str, Any]]:
    """Return the orders of the last day, this one included."""
    this = {"at": clock.iso(seen.now), "mark": seen.address_mark}
    kept = [each for each in seen.recent if seen.now - clock.parse(each["at"]) < KEPT]
    return [*kept, this][-_MOST_KEPT:]


def use(used: CouponAddress, user_id: str) -> CouponAddress:
    """Note that somebody uses a coupon for an address; gone after half a year."""
    used.users = list(dict.fromkeys([*used.users, user_id]))[:_MOST_USERS]
    used.ttl = _SHARED_KEPT
    return used


def _reason(rule: str, message: str) -> dict[str, str]:
    return {"rule": rule, "message": message}
