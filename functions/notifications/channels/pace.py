"""Mails at the rate that the mail service takes: each worker leaves its share of a second between two.

What waits for its turn waits in the queue, where waiting costs nothing and counts as no failure.
"""

from datetime import datetime, timedelta
from math import ceil

from lyceum.kit import clock
from lyceum.kit.settings import settings
from lyceum.kit.table import retrying

FEWEST_WORKERS = 2
"""The fewest that a queue can be held to."""
A_WORKER_SENDS = 7
"""Mails a second that one worker has time for, with what it reads and writes for each."""
_free_at: datetime | None = None


def workers() -> int:
    """Return how many send at once: as many as it takes for the rate of the stage."""
    return max(FEWEST_WORKERS, ceil(settings().mails_per_second / A_WORKER_SENDS))


def take_turn() -> None:
    """Wait until this worker may send again, never longer than the time between two of its mails."""
    global _free_at
    now, gap = clock.now(), timedelta(seconds=workers() / settings().mails_per_second)
    start = now if _free_at is None else min(max(now, _free_at), now + gap)
    if start > now:
        retrying.wait((start - now).total_seconds())
    _free_at = start + gap
