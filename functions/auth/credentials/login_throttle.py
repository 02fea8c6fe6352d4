"""Delays after failed sign-ins, by name and by address.

Failures are counted for names that nobody has too, so a delay tells nothing about who exists. They grow to 15 minutes
and no further: nobody can be locked out for good. A device that its user signed in on before is not held up by what
others try with the name (device cookies, OWASP Authentication Cheat Sheet).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Locked
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.auth import SignInFailures

from functions.auth.client_context import ClientContext, short_hash

_LONGEST_SECONDS = 900
_FIRST_SECONDS = 15
_FREE_BY_NAME = 5
_FREE_BY_ADDRESS = 50
_FORGOTTEN_AFTER = timedelta(hours=24)


def of_name(name: str) -> SignInFailures:
    """Name the failures of a sign-in name."""
    return SignInFailures.at(subject=f"name-{short_hash(name)}")


def of_address(client: ClientContext) -> SignInFailures:
    """Name the failures from an address; a school behind one address shares it, so many are allowed."""
    return SignInFailures.at(subject=f"address-{short_hash(client.address)}")


def read(names: Sequence[SignInFailures]) -> list[SignInFailures | None]:
    """Read the failures that were counted (1 storage request)."""
    return [record if isinstance(record, SignInFailures) else None for record in batch_fetch(names, consistent=True)]


def check(records: Sequence[SignInFailures | None]) -> None:
    """Refuse while a delay runs; raises Locked with the seconds that are left."""
    now = clock.now()
    until = max((record.locked_until for record in records if record and record.locked_until), default=now)
    if until > now:
        raise Locked(
            "Too many failed tries. Wait a little.", retry_after_seconds=int((until - now).total_seconds()) + 1
        )


def count(name: str, client: ClientContext, known: Sequence[SignInFailures | None]) -> None:
    """Count a failure of a name and of an address (1 transaction); `known` holds both as they were read."""
    unit, now = Unit(), clock.now()
    for record, earlier, free in zip(
        (of_name(name), of_address(client)), known, (_FREE_BY_NAME, _FREE_BY_ADDRESS), strict=True
    ):
        failures = int(earlier.failures) + 1 if earlier and _is_fresh(earlier, now) else 1
        actions = [SignInFailures.failures.set(failures), SignInFailures.subject.set(record.subject)]
        actions.append(SignInFailures.ttl.set(int((now + _FORGOTTEN_AFTER).timestamp())))
        if failures >= free:
            wait = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** min(failures - free, 10))
            actions.append(SignInFailures.locked_until.set(now + timedelta(seconds=wait)))
        unit.change(record, *actions, or_create=True)
    unit.commit()


def _is_fresh(record: SignInFailures, now: datetime) -> bool:
    return record.ttl is None or int(record.ttl) > now.timestamp()
