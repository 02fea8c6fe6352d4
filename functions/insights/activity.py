"""Exact counts of active users, in any order of events and however often they come.

A user is active on a day (UTC) on which a session began or went on. For each day the product keeps how many users were
active on it, in the seven days that end with it, and in the thirty. A user who was there on a day counts in the windows
of the days after it: one each, whichever other days lie in the window. So what a new day adds is the windows that hold
it and no other day of the same user; the days of two months are kept of each user to know that.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.insights.activity import ActivityDay, RetentionCell, SeenUser

WINDOWS = {"active": 1, "active_7": 7, "active_30": 30}
"""Days of each window, by the count that it is."""
REMEMBERED_DAYS = 62
_MOST_WEEKS = 104
_MOST_MONTHS = 24


def enter(seen: Iterable[tuple[str, datetime]], unit: Unit) -> None:
    """Add that users were there at moments to a unit: an item a user, and a write for each day and cohort concerned."""
    by_user: dict[str, set[int]] = {}
    for user_id, at in seen:
        by_user.setdefault(user_id, set()).add(at.date().toordinal())
    days: Counter[tuple[str, int]] = Counter()
    cells: Counter[tuple[str, str, int]] = Counter()
    found = batch_fetch([SeenUser.at(user_id=user_id) for user_id in by_user], consistent=True)
    for (user_id, fresh), stored in zip(by_user.items(), found, strict=True):
        user = stored if isinstance(stored, SeenUser) else SeenUser(user_id=user_id, first_day=min(fresh))
        if _add_days(user, fresh, days, cells, is_new=stored is None):
            unit.save(user)
    _count_days(days, unit)
    for (grain, cohort, offset), users in cells.items():
        cell = RetentionCell.at(grain=grain, cohort=cohort, offset=offset)
        unit.change(cell, RetentionCell.users.add(users), or_create=True)


def _add_days(
    user: SeenUser,
    fresh: set[int],
    days: Counter[tuple[str, int]],
    cells: Counter[tuple[str, str, int]],
    *,
    is_new: bool,
) -> bool:
    """Count a user's new days; says whether there are any. A day from before what is remembered is passed over."""
    known = set(user.days)
    oldest = max([*known, *fresh]) - REMEMBERED_DAYS
    added = sorted(day for day in fresh if day not in known and day > oldest)
    for day in added:
        for name, length in WINDOWS.items():
            for window in gained(day, known, length):
                days[name, window] += 1
        known.add(day)
        _count_cohorts(user, day, cells)
    if is_new and added:
        days["newcomers", int(user.first_day)] += 1
    user.days = sorted(day for day in known if day > oldest)
    return bool(added)


def gained(day: int, known: set[int], length: int) -> list[int]:
    """Return the days whose windows hold a day and none of the known ones."""
    return [
        window for window in range(day, day + length) if not any(window - length < each <= window for each in known)
    ]


def _count_cohorts(user: SeenUser, day: int, cells: Counter[tuple[str, str, int]]) -> None:
    """Count the week and the month of a day in the user's cohorts, each once."""
    first, then = date.fromordinal(int(user.first_day)), date.fromordinal(day)
    if then < first:
        return
    monday = first - timedelta(days=first.weekday())
    week = (then - monday).days // 7
    month = (then.year - first.year) * 12 + then.month - first.month
    if week not in user.weeks and week <= _MOST_WEEKS:
        user.weeks = [*user.weeks, week]
        cells["week", monday.isoformat(), week] += 1
    if month not in user.months and month <= _MOST_MONTHS:
        user.months = [*user.months, month]
        cells["month", f"{first:%Y-%m}", month] += 1


def _count_days(days: Counter[tuple[str, int]], unit: Unit) -> None:
    by_day: dict[int, dict[str, int]] = {}
    for (name, day), users in days.items():
        by_day.setdefault(day, {})[name] = users
    for day, counts in by_day.items():
        add(unit, date.fromordinal(day).isoformat(), counts)


def add(unit: Unit, day: str, counts: dict[str, int]) -> None:
    """Add counts to a day."""
    changes = [getattr(ActivityDay, name).add(count) for name, count in counts.items()]
    unit.change(ActivityDay.at(day=day), *changes, or_create=True)


def filled(days: Sequence[str], stored: Iterable[ActivityDay]) -> list[ActivityDay]:
    """Return a day for each name, those on which nothing happened among them."""
    by_name = {str(each.day): each for each in stored}
    return [by_name.get(day) or ActivityDay(day=day) for day in days]
