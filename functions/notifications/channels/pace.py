"""Mails at the rate that the mail service takes: each worker leaves its share of a second between two.

What waits for its turn waits in the queue, where waiting costs nothing and counts as no failure.
"""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.settings import settings
from lyceum.kit.table import retrying

WORKERS = 2
"""So many send at once: the fewest that a queue can be held to."""
_free_at: datetime | None = None


def take_turn() -> None:
    """Wait until this worker may send again, never longer than the time between two of its mails."""
    global _free_at
    now, gap = clock.now(), timedelta(seconds=WORKERS / settings().mails_per_second)
    start = now if _free_at is None else min(max(now, _free_at), now + gap)
    if start > now:
        retrying.wait((start - now).total_seconds())
    _free_at = start + gap
