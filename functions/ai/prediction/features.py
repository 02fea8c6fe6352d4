"""What models see of a student in a course: five numbers out of the course's report, and what each says. Pure."""

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from lyceum.messages.spoken import say

Row = dict[str, Any]
NAMES = ("days_away", "lessons_ahead", "mean_grade", "overdue", "weeks_in")
GRACE_DAYS = 14
"""Nothing is said of somebody who is in a course for less."""
_MOST = {"days_away": 60.0, "overdue": 10.0, "weeks_in": 52.0}
_USUAL_GRADE = 0.55
_DAY, _WEEK = 86_400, 7 * 86_400


_WRITTEN: dict[str, Callable[[float], str]] = {
    "lessons_ahead": lambda value: f"{100 * value:+.0f}",
    "mean_grade": lambda value: f"{100 * value:.0f}",
}
_FIXED = frozenset({"weeks_in"})
"""What nothing can change."""


def told(name: str, value: float) -> str:
    """Say what a feature is, in the language of the request."""
    return say(f"prediction.{name}", value=_WRITTEN.get(name, "{:.0f}".format)(value))


def change(name: str) -> str | None:
    """Say what would change a feature; None where nothing can."""
    return None if name in _FIXED else say(f"prediction.change.{name}")


def rows_of(content: bytes | None) -> list[Row]:
    """Read the rows of a course's report: a compressed list, one for each student."""
    rows: list[Row] = json.loads(zlib.decompress(content)) if content else []
    return rows


def middle_of(rows: Sequence[Row]) -> float:
    """Return how many lessons the student in the middle has completed."""
    return float(median([row["lessons"] for row in rows])) if rows else 0.0


def is_told_of(row: Row, now: datetime) -> bool:
    """Say whether something may be said: the student has not completed the course, and is in it for two weeks."""
    return not row["completed"] and now.timestamp() - row["since"] >= GRACE_DAYS * _DAY


def features_of(row: Row, middle: float, now: datetime) -> dict[str, float]:
    """Return the features of a student by name; without a grade the usual one stands in."""
    second = now.timestamp()
    values = {
        "days_away": (second - row["active"]) / _DAY,
        "lessons_ahead": max(-1.0, min(2.0, (row["lessons"] - middle) / max(1.0, middle))),
        "mean_grade": _USUAL_GRADE if row["mean"] is None else float(row["mean"]) / 100,
        "overdue": float(sum(at < second for at in row["open"])),
        "weeks_in": (second - row["since"]) / _WEEK,
    }
    return {name: round(max(-1.0, min(value, _MOST.get(name, value))), 4) for name, value in values.items()}
