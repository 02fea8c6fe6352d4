"""From a warning to bans that grow: an address is warned first, and refused when it goes on after that."""

import ipaddress
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.rules import audits

from functions.insights.anomalies.scoring import BANNED_FOR

LADDER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""How long the first, second, third and every further ban lasts."""
GRACE = timedelta(minutes=1)
"""So long somebody who was warned has to stop."""
FORGIVEN = timedelta(hours=24)
"""So long after a state has ended, strikes count no more."""
ALLOWED = timedelta(days=90)
_KEPT = timedelta(days=7)


def may_ban(address: str) -> bool:
    """Say whether an address is somebody's own: networks of ours and of proxies are never refused."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def advance(known: WatchedAddress | None, address: str, pattern: str, now: datetime) -> WatchedAddress | None:
    """Return the state of an address that is out of the ordinary once more, None where it stays as it is."""
    if not may_ban(address):
        return None
    if known is None or (known.state != "allowed" and now >= known.until + FORGIVEN):
        return _become(known, address, "warned", 0, pattern, now + GRACE)
    if now < known.until or known.state == "allowed" or pattern not in BANNED_FOR:
        return None
    if known.state == "lifted":
        return _become(known, address, "warned", 0, pattern, now + GRACE)
    strikes = int(known.strikes) + 1
    return _become(known, address, "banned", strikes, pattern, now + LADDER[min(strikes, len(LADDER)) - 1])


def _become(
    known: WatchedAddress | None, address: str, state: str, strikes: int, pattern: str | None, until: datetime
) -> WatchedAddress:
    watched = known or WatchedAddress(address=address)
    watched.state, watched.strikes, watched.pattern, watched.until = state, strikes, pattern, until
    watched.ttl = until + _KEPT
    return watched


def lift(caller: Principal, address: str, *, is_allowed: bool) -> WatchedAddress:
    """End a ban and forgive its strikes, or let the address pass for ninety days; raises NotFound."""
    known = WatchedAddress.require(address=address, consistent=True)
    now = clock.now()
    before = {"state": known.state, "strikes": int(known.strikes)}
    state, until = ("allowed", now + ALLOWED) if is_allowed else ("lifted", now)
    lifted = _become(known, address, state, 0, known.pattern, until)
    unit = Unit().replace(lifted)
    audits.note(unit, caller.user_id, None, "ban.lift", address, before=before, after={"state": state})
    unit.commit()
    return lifted
