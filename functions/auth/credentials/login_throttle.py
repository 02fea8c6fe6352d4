"""Counters of failed tries: every try is counted before anything is compared, and taken back when it was right.

- By name, for devices that the user never signed in on: five tries, then delays that grow to 15 minutes. Names that
  nobody has are counted too, so a delay tells nothing about who exists.
- By device, for one that the user signed in on before: the same number, of its own, so what strangers try with the name
  holds nobody up there (device cookies, OWASP Authentication Cheat Sheet).
- By PIN: ten tries a day for each card, and ten for each device that its pupil signed in on.
- By account, for what a signed-in user or a begun sign-in proves: password, authenticator and recovery codes.
- By range of addresses (one of IPv4, 64 bits of IPv6): fifty names a day whose sign-in failed. A school behind one
  address shares it, so names are counted and not typos, and administrators can name ranges that are not counted.

A count is one conditional write, so of many tries at once no more are compared than are allowed.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lyceum.kit import clock
from lyceum.kit.errors import Locked
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.auth import RangeFailures, SignInFailures
from lyceum.model.users.classes import PinCard

from functions.auth.client_context import ClientContext, short_hash
from functions.auth.credentials import named_ranges

_LONGEST = timedelta(minutes=15)
_FIRST = timedelta(seconds=15)
_DAY = timedelta(days=1)
_FREE = 5
_FREE_PINS = 10
_FREE_NAMES = 50
_ROUNDS = 4
"""Of a count that meets others at the same moment; whoever loses all of them waits as if a delay ran."""


class Counter(NamedTuple):
    """What tries are counted by.

    - `free`: tries without a delay
    - `first`, `longest`: the delay after them, which doubles from the one to the other
    """

    subject: str
    free: int = _FREE
    first: timedelta = _FIRST
    longest: timedelta = _LONGEST

    def delay(self, failures: int) -> timedelta:
        """Return how long the next try has to wait after so many failures."""
        if failures < self.free:
            return timedelta(0)
        return min(self.longest, self.first * (1 << min(failures - self.free, 10)))


def by_name(name: str) -> Counter:
    """Count tries with a folded sign-in name."""
    return Counter(f"name-{short_hash(name)}")


def by_device(token_hash: str) -> Counter:
    """Count tries on a device that the user signed in on before."""
    return Counter(f"device-{token_hash}")


def by_account(purpose: str, user_id: str) -> Counter:
    """Count proofs of one kind by an account."""
    return Counter(f"{purpose}-{user_id}")


def by_pin(card: PinCard, device_hash: str | None) -> Counter:
    """Count PINs tried with a card today, elsewhere or on a device of its pupil; a new card begins anew."""
    issued = int(card.issued_at.timestamp() * 1000)
    place = device_hash or "elsewhere"
    return Counter(f"pin-{card.user_id}-{issued}-{place}-{clock.now():%Y%m%d}", _FREE_PINS, _DAY, _DAY)


def count(counter: Counter) -> SignInFailures:
    """Count a try that is about to be compared (1 write, more when others count at the same moment).

    Returns the count with this try; raises Locked with the seconds that are left while a delay runs.
    """
    now = clock.now()
    record = SignInFailures.at(subject=counter.subject)
    actions: list[Action] = [SignInFailures.failures.add(1)]
    when = SignInFailures.pk.does_not_exist() | (
        (SignInFailures.failures < counter.free) & (SignInFailures.ttl > int(now.timestamp()))
    )
    for _ in range(_ROUNDS):
        try:
            stamps = [
                SignInFailures.subject.set(counter.subject),
                SignInFailures.last_failed_at.set(now),
                SignInFailures.ttl.set(int((now + _DAY).timestamp())),
            ]
            Unit().change(record, *actions, *stamps, when=when, or_create=True).commit()
        except ConditionFailed as failure:
            actions, when = _next_round(counter, _found(failure), now)
        else:
            return record
    raise _locked(_FIRST)


def _found(failure: ConditionFailed) -> SignInFailures | None:
    return SignInFailures.from_raw_data(failure.item) if failure.item else None


def _next_round(counter: Counter, found: SignInFailures | None, now: datetime) -> tuple[list[Action], Condition]:
    """Return how a count goes on from what another request left; raises Locked while its delay runs."""
    if found is None:
        return [SignInFailures.failures.add(1)], SignInFailures.pk.does_not_exist()
    unchanged = SignInFailures.version == found.version
    if found.ttl is None or int(found.ttl) <= now.timestamp():
        return [SignInFailures.failures.set(1)], unchanged
    left = found.last_failed_at + counter.delay(int(found.failures)) - now
    if left > timedelta(0):
        raise _locked(left)
    return [SignInFailures.failures.add(1)], unchanged


def _locked(left: timedelta) -> Locked:
    return Locked("Too many failed tries. Wait a little.", retry_after_seconds=int(left.total_seconds()) + 1)


def take_back(record: SignInFailures) -> None:
    """Count a try no more that was right, where what follows from it does not forget the whole count (1 write)."""
    try:
        Unit().change(record, SignInFailures.failures.add(-1), when=SignInFailures.failures > 0).commit()
    except ConditionFailed:  # another sign-in has forgotten the count meanwhile
        return


def count_in_range(client: ClientContext, name: str) -> None:
    """Count a name that is about to be tried from a range of addresses (1 write); raises Locked for one too many.

    Where many failed, another name is let through after each delay, so a range is never closed for good.
    """
    now, hashed = clock.now(), short_hash(name)
    record = RangeFailures.at(address_range=client.address_range)
    fresh: list[Action] = [RangeFailures.names.add({hashed}), RangeFailures.name_count.add(1)]
    when = RangeFailures.pk.does_not_exist() | (
        (RangeFailures.name_count < _FREE_NAMES) & (RangeFailures.ends_at > now) & ~RangeFailures.names.contains(hashed)
    )
    actions: list[Action] = [*fresh, RangeFailures.ends_at.set(RangeFailures.ends_at | (now + _DAY))]
    for _ in range(_ROUNDS):
        try:
            ends = int((now + _DAY).timestamp())
            stamps = [RangeFailures.address_range.set(client.address_range), RangeFailures.last_failed_at.set(now)]
            Unit().change(record, *actions, *stamps, RangeFailures.ttl.set(ends), when=when, or_create=True).commit()
        except ConditionFailed as failure:
            if failure.item is None:
                continue
            found = RangeFailures.from_raw_data(failure.item)
            if found.ends_at <= now:
                actions = [
                    RangeFailures.names.set({hashed}),
                    RangeFailures.name_count.set(1),
                    RangeFailures.ends_at.set(now + _DAY),
                ]
            elif hashed in (found.names or ()) or named_ranges.covers(client.address):
                return
            else:
                left = found.last_failed_at + Counter("", _FREE_NAMES).delay(int(found.name_count)) - now
                if left > timedelta(0):
                    raise _locked(left) from None
                actions = fresh
            when = RangeFailures.version == found.version
        else:
            return
    raise _locked(_FIRST)


def forget_in_range(client: ClientContext, name: str) -> None:
    """Count a name no more that signed in after all (1 write); others that failed from the range stay counted."""
    hashed = short_hash(name)
    record = RangeFailures.at(address_range=client.address_range)
    try:
        Unit().change(
            record,
            RangeFailures.names.delete({hashed}),
            RangeFailures.name_count.add(-1),
            when=RangeFailures.names.contains(hashed),
        ).commit()
    except ConditionFailed:  # it was not counted, or is forgotten already
        return
