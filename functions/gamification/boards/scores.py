"""Standings and their counters.

A standing is its user's own; the counters are everybody's. So a standing that moves orders its count in the transaction
that moves it, and the worker folds the orders of a batch: each counter is written once, and each move counts once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.consumers.aggregator import Entry
from lyceum.kit.consumers.totals import Totals, additions
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values import time_zones
from lyceum.model.gamification.boards import MOST_POINTS, BoardInUse, Standing, Tally
from lyceum.tasks.gamification import CountStandings, StandingMove

_KEPT = {"all": None, "month": timedelta(days=150), "week": timedelta(days=70)}
_REMEMBERED = timedelta(days=150)
_COUNTERS_LONGER = timedelta(days=7)


def periods(day: date) -> dict[str, str]:
    """Return the periods that a local day is in, by their length: all time, its month, its week (ISO 8601)."""
    return {"all": "all", "month": f"{day:%Y-%m}", "week": time_zones.week(day)}


def levels(score: int) -> tuple[tuple[str, int], ...]:
    """Return the counters of a score: each level with the two digits that are counted there."""
    first, second, third = score // 10_000, score // 100 % 100, score % 100
    return ("A", first), (f"B#{first:02d}", second), (f"C#{first:02d}{second:02d}", third)


def add(
    unit: Unit, user_id: str, scopes: Sequence[str], day: date, points: int, correct: int, at: datetime
) -> list[CountStandings]:
    """Add to a unit that points count on boards, in each period of the day (1 request to read).

    Returns the order to count, which goes with the unit, if a standing moved. The unit fails when one of the standings
    was changed meanwhile. Takes a write for each board and period, and one for each board that is new in a period.
    """
    named = [
        Standing.at(user_id=user_id, board=board, period=period) for board in scopes for period in periods(day).values()
    ]
    lengths = [length for _ in scopes for length in periods(day)]
    ending = [name for length, name in periods(day).items() if _KEPT[length] is not None]
    in_use = [BoardInUse.at(period=period, board=board) for board in scopes for period in ending]
    both = batch_fetch([*named, *in_use], consistent=True)
    found = both[: len(named)]
    for each, known in zip(in_use, both[len(named) :], strict=True):
        if known is None:
            unit.put(BoardInUse(period=each.period, board=each.board, ttl=_REMEMBERED))
    moved: list[StandingMove] = []
    for name, length, item in zip(named, lengths, found, strict=True):
        standing = item if isinstance(item, Standing) else None
        before = None if standing is None else int(standing.score)
        if standing is None:
            standing = Standing(user_id=user_id, board=name.board, period=name.period, reached_at=at)
        score = min(MOST_POINTS, max(0, int(standing.score) + points))
        standing.correct = max(0, int(standing.correct) + correct)
        if score != before:
            standing.score, standing.inverse, standing.reached_at = score, MOST_POINTS - score, at
            moved.append(StandingMove(board=name.board, period=name.period, before=before, after=score))
        if _KEPT[length] is not None:
            standing.ttl = _KEPT[length]
        unit.save(standing)
    return [CountStandings(moves=moved)] if moved else []


def counted(order: CountStandings) -> Entry[Totals]:
    """Return what an order adds to counters; it counts once as a whole."""
    totals = Totals()
    for move in order.moves:
        for level, changes in moves(move.before, move.after).items():
            parts = {"board": move.board, "period": move.period, "level": level}
            totals.add(Tally, parts, {f"n{digits:02d}": value for digits, value in changes.items()})
    return Entry.of(order.event_id, totals)


def write_counters(values: Sequence[Totals], unit: Unit) -> None:
    """Add what several entries come to together to their counters, which stay a week longer than their standings."""
    for target, sums in Totals.sum_of(values).items():
        actions = additions(Tally, sums)
        kept = _KEPT[_length(dict(target.parts)["period"])]
        if kept is not None:
            actions.append(Tally.ttl.set(int((clock.now() + kept + _COUNTERS_LONGER).timestamp())))
        unit.change(Tally.at(**dict(target.parts)), *actions, or_create=True)


def _length(period: str) -> str:
    return period if period == "all" else "week" if "W" in period else "month"


def moves(before: int | None, after: int) -> dict[str, dict[int, int]]:
    """Return by level what is to be added to the counters when a standing moves from one score to another."""
    moves: dict[str, dict[int, int]] = {}
    for sign, score in ((-1, before), (1, after)):
        for level, digits in () if score is None else levels(score):
            into = moves.setdefault(level, {})
            into[digits] = into.get(digits, 0) + sign
    kept = {level: {digits: each for digits, each in changes.items() if each} for level, changes in moves.items()}
    return {level: changes for level, changes in kept.items() if changes}
