"""The feed of ended rights: written with each act that ends some, read by every guard.

A warm function asks for what is new at most every ten seconds, with one query, so no request waits for a look at its
caller's account and rights still end everywhere within ten seconds. A feed that can not be read closes the door after a
minute: until then what was read last holds.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.errors import Unauthenticated, Unavailable
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.records import Revocation
from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.kit.telemetry import collector

FRESH = timedelta(seconds=10)
"""How old what a function knows may be before it asks again."""
CLOSED_AFTER = timedelta(seconds=60)
"""How long a function goes on with what it knows while the feed can not be read."""
_BUCKET = timedelta(minutes=5)
_OVERLAP = timedelta(seconds=30)
"""Read again each time, since indexless reads and clocks of writers may lag."""
_MOST_TENANTS = 500
_PAGE = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
logger = Logger()


@dataclass
class _Known:
    """What a process knows of one tenant: ended sessions with the time of their end, and users' lowest versions."""

    read_at: datetime | None = None
    sessions: dict[str, datetime] = field(default_factory=dict)
    versions: dict[str, tuple[datetime, int]] = field(default_factory=dict)


_known: OrderedDict[str, _Known] = OrderedDict()


def of_session(session_id: str) -> Revocation:
    """Return the item that ends the access tokens of a session or an app, to be put by the unit that ends it."""
    return _revocation(session_id)


def of_older_tokens(user_id: str, lowest_version: int) -> Revocation:
    """Return the item that ends a user's access tokens with a lower permissions version than the one given."""
    return _revocation(user_id, lowest_version)


def _revocation(subject: str, lowest_version: int | None = None) -> Revocation:
    now = clock.now()
    last_second = int((now + _lifetime() + _BUCKET).timestamp())
    return Revocation(
        bucket=_bucket(now), ended_at=now, subject=subject, lowest_version=lowest_version, ttl=last_second
    )


def check(caller: Principal) -> None:
    """Refuse a caller whose rights have ended; raises Unauthenticated, or Unavailable when that can not be known."""
    known = _up_to_date(caller.tenant)
    _, lowest_version = known.versions.get(caller.user_id, (None, 0))
    if {caller.session_id, caller.client_id} & known.sessions.keys() or caller.version < lowest_version:
        raise Unauthenticated("Your session has ended. Sign in again.")


def forget() -> None:
    """Forget what is known, as a new process does; for snapshots and tests."""
    _known.clear()


def _up_to_date(tenant: str) -> _Known:
    known = _known.setdefault(tenant, _Known())
    _known.move_to_end(tenant)
    if len(_known) > _MOST_TENANTS:
        _known.popitem(last=False)
    now = clock.now()
    is_fresh = known.read_at is not None and known.read_at <= now < known.read_at + FRESH
    collector.tally("cache.revocations.hit" if is_fresh else "cache.revocations.miss", tenant)
    if not is_fresh:
        try:
            _read_on(tenant, known, now)
        except Exception as error:
            if known.read_at is None or abs(now - known.read_at) > CLOSED_AFTER:
                raise Unavailable from error
            logger.warning("revocations not read", extra={"tenant": tenant})
    return known


def _read_on(tenant: str, known: _Known, now: datetime) -> None:
    """Read what is new, counted apart from the request that happens to be the one to ask."""
    oldest = now - _lifetime() - _OVERLAP
    start = oldest if known.read_at is None else max(oldest, min(known.read_at, now) - _OVERLAP)
    with context.working(context.RequestContext(tenant)):
        moment = start
        while _bucket(moment) <= _bucket(now):
            for found in _partition(_bucket(moment), start):
                _enter(known, found)
            moment += _BUCKET
    known.sessions = {name: at for name, at in known.sessions.items() if at > oldest}
    known.versions = {name: kept for name, kept in known.versions.items() if kept[0] > oldest}
    known.read_at = now


def _partition(bucket: str, start: datetime) -> list[Revocation]:
    found: list[Revocation] = []
    after = None
    while True:
        page = find(Revocation, bucket=bucket, from_sort=clock.iso(start), after=after, limit=_PAGE)
        found += page.items
        after = page.last_key
        if after is None:
            return found


def _enter(known: _Known, found: Revocation) -> None:
    if found.lowest_version is None:
        known.sessions[found.subject] = found.ended_at
    else:
        _, lowest_version = known.versions.get(found.subject, (None, 0))
        known.versions[found.subject] = (found.ended_at, max(lowest_version, int(found.lowest_version)))


def _lifetime() -> timedelta:
    return timedelta(seconds=settings().access_token_seconds)


def _bucket(moment: datetime) -> str:
    return clock.minute_bucket(moment - (moment - _EPOCH) % _BUCKET)
