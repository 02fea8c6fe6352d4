"""Addresses that are refused for a while, as a process knows them: read in one query, and again after half a minute.

Nothing is read per request. A list that can not be read refuses nobody: rate limits hold without it.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.errors import Detail, RateLimited
from lyceum.kit.table import find
from lyceum.kit.telemetry import collector
from lyceum.kit.traffic.records import WatchedAddress

FRESH = timedelta(seconds=30)
"""How old what a process knows may be; so long it takes for a ban to begin or to be lifted everywhere."""
BANNED = "banned"
_MOST_TENANTS = 500
_MOST_ADDRESSES = 1000
logger = Logger()
_known: OrderedDict[str, tuple[datetime, dict[str, datetime]]] = OrderedDict()


def check(tenant: str, address: str) -> None:
    """Refuse an address that is banned in a tenant; raises RateLimited with the detail ADDRESS_BANNED."""
    now = clock.now()
    until = _of(tenant, now).get(address)
    if until is not None and now < until:
        message = "Too many requests came from this address. Come back later."
        wait = max(1, int((until - now).total_seconds()))
        raise RateLimited(message, details=[Detail("", message, "ADDRESS_BANNED")], retry_after_seconds=wait)


def forget() -> None:
    """Forget what is known, as a new process does; for snapshots and tests."""
    _known.clear()


def _of(tenant: str, now: datetime) -> dict[str, datetime]:
    read_at, found = _known.get(tenant, (None, {}))
    if read_at is not None and read_at <= now < read_at + FRESH:
        collector.tally("cache.bans.hit", tenant)
        return found
    collector.tally("cache.bans.miss", tenant)
    try:
        found = _read(tenant)
    except Exception as error:
        logger.warning("bans not read", extra={"tenant": tenant, "reason": type(error).__name__})
    _known[tenant] = now, found
    _known.move_to_end(tenant)
    if len(_known) > _MOST_TENANTS:
        _known.popitem(last=False)
    return found


def _read(tenant: str) -> dict[str, datetime]:
    """Read the bans of a tenant, counted apart from the request that happens to ask."""
    with context.working(context.RequestContext(tenant)):
        found = find(WatchedAddress, limit=_MOST_ADDRESSES).items
    return {str(each.address): each.until for each in found if each.state == BANNED}
