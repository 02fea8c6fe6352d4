"""When what failed is tried again, and when an address is left alone: rules without storage.

The waits are those that Standard Webhooks proposes: about 75 hours in all. Full jitter would let a retry come at once,
so half of each wait is fixed (Amazon Builders' Library, "Timeouts, retries and backoff with jitter": equal jitter).
"""

import hashlib
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.frozen import frozen

WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the second attempt, the third, and so on."""
OPENS_AFTER = 5
"""So many failures in a row, and nothing more is sent for a while."""
LONGEST_PAUSE = timedelta(hours=1)
GIVES_UP_AFTER = timedelta(days=5)
GONE = 410
_SLOW_DOWN = frozenset({429, 503})
_TOLD_AFTER = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@frozen
class Outcome:
    """What came of an attempt: the status of the answer, or what went wrong before there was one.

    - `answer`: the beginning of the body.
    - `wait_seconds`: for how long the address asks to be left alone.
    """

    status: int | None
    milliseconds: int
    answer: str = ""
    error: str = ""
    wait_seconds: int = 0

    @property
    def is_success(self) -> bool:
        """Whether the message was taken; a redirect is none (Standard Webhooks, delivery)."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def slows(self) -> bool:
        """Whether the address asks for fewer messages."""
        return self.status in _SLOW_DOWN


def next_try(tries: int, outcome: Outcome, seed: str) -> datetime | None:
    """Return when to try again after so many attempts, None when it was tried often enough."""
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1]
    share = int.from_bytes(hashlib.sha256(f"{seed}.{tries}".encode()).digest()[:4], "big") / 2**32
    seconds = max(wait / 2 + share * wait / 2, min(outcome.wait_seconds, WAITS[-1]))
    return clock.now() + timedelta(seconds=seconds)


def pause(failures: int) -> timedelta | None:
    """Return how long an address is left alone after so many failures in a row; None for not at all."""
    if failures < OPENS_AFTER:
        return None
    return min(timedelta(minutes=2.0 ** min(failures - OPENS_AFTER, 10)), LONGEST_PAUSE)


def is_given_up(failing_since: datetime | None) -> bool:
    """Say whether an address failed for so long that it is switched off."""
    return failing_since is not None and clock.now() - failing_since >= GIVES_UP_AFTER


def to_tell(failing_since: datetime | None, told: list[str]) -> str | None:
    """Return what the maker of a failing webhook is to be told now: `hour`, `day` or nothing."""
    if failing_since is None:
        return None
    due = [name for name, after in _TOLD_AFTER.items() if clock.now() - failing_since >= after and name not in told]
    return due[-1] if due else None
