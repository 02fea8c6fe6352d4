"""Closing of boards: when a week or month is over everywhere, the first hundred places are kept as they are.

A period ends with the last local day of its last user, up to half a day after it ends by UTC; so it is closed a day
later. What is regraded after that changes points and standings, and no board that is closed.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, find, find_all
from lyceum.kit.values import time_zones
from lyceum.model.gamification.boards import BoardInUse, FrozenBoard, Standing, Tally

MOST = 100
_SPARE = timedelta(days=1)
_TUESDAY, _SECOND = 2, 2


def periods_to_close(day: datetime) -> list[str]:
    """Return the periods that are closed on a day (UTC): a week on Tuesday, a month on its second."""
    last = day - _SPARE - timedelta(days=1)
    weeks = [time_zones.week(last.date())] if day.isoweekday() == _TUESDAY else []
    return [*weeks, *([f"{last:%Y-%m}"] if day.day == _SECOND else [])]


def close(period: str) -> int:
    """Keep the first places of every board of a period; returns how many. One that is closed stays as it is."""
    closed = 0
    for each in find_all(BoardInUse, period=period):
        first = find(Standing, index="gsi1", board=each.board, period=period, limit=MOST).items
        tally = Tally.fetch(board=each.board, period=period, level="A")
        frozen = FrozenBoard(
            board=each.board,
            period=period,
            closed_at=clock.now(),
            user_count=tally.total() if tally else len(first),
            rows=[[standing.user_id, int(standing.score), int(standing.correct)] for standing in first],
        )
        with suppress(Conflict):
            Unit().create(frozen).commit()
            closed += 1
    return closed
