"""Where a daily figure goes, as it is shown."""

from collections import Counter
from datetime import date, timedelta

from lyceum.kit import clock
from lyceum.kit.table import find
from lyceum.model.insights.activity import ActivityDay

from functions.insights.figures import forecasts, sales
from functions.insights.figures.schemas import ForecastPoint, SeasonPoint, Trend, TrendQuery


def show(query: TrendQuery) -> Trend:
    """Return level, slope, week and forecast of a figure (1 request)."""
    yesterday = clock.now().date() - timedelta(days=1)
    names = [yesterday - timedelta(days=back) for back in reversed(range(query.days))]
    currency, values = _values(query, names)
    found = forecasts.fit(values)
    first = names[0]
    season = sorted(
        (((first + timedelta(days=place)).isoweekday(), effect) for place, effect in enumerate(found.season))
    )
    return Trend(
        as_of=clock.now(),
        definition=(
            "Days (UTC) that are over, smoothed by level, slope and week (additive Holt-Winters). Bounds hold four of"
            " five days, if what made the past goes on. Money is in minor units."
        ),
        metric=query.metric,
        currency=currency,
        days=query.days,
        level=round(found.level, 2),
        slope=round(found.slope, 4),
        season=[SeasonPoint(weekday=weekday, effect=round(effect, 2)) for weekday, effect in season],
        forecast=[
            ForecastPoint(
                day=(yesterday + timedelta(days=step)).isoformat(),
                value=round(value, 2),
                low=round(low, 2),
                high=round(high, 2),
            )
            for step, (value, low, high) in enumerate(found.ahead(query.horizon), 1)
        ],
        error=round(found.error, 2),
        naive_error=round(found.naive, 2),
    )


def _values(query: TrendQuery, names: list[date]) -> tuple[str | None, list[float]]:
    if query.metric != "net":
        first, last = names[0].isoformat(), names[-1].isoformat()
        found = find(ActivityDay, from_sort=first, to_sort=last, limit=len(names)).items
        counts = {str(row.day): float(getattr(row, query.metric)) for row in found}
        return None, [counts.get(day.isoformat(), 0.0) for day in names]
    rows = sales.days(len(names), names[-1])
    entries = Counter[str]()
    for row in rows:
        entries[str(row.currency)] += int(row.entries)
    most = query.currency or next((name for name, _ in entries.most_common(1)), None)
    earned = {str(row.day): float(row.net) for row in rows if row.currency == most}
    return most, [earned.get(day.isoformat(), 0.0) for day in names]
