"""Students at risk: by plain rules over what is known of them in a course, each of which is named. Pure.

- `inactive`: nothing was done in the course for 14 days.
- `low_grades`: of two grades or more, the mean is below 50 %.
- `behind`: fewer than half as many lessons are completed as by the student in the middle, who completed four at least.
- `overdue`: two assignments or more are past their due date and not handed in.

Who completed the course, or entered it less than 14 days ago, is not at risk.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

INACTIVE = GRACE = timedelta(days=14)
LOW_PERCENT, FEWEST_GRADES = 50, 2
FEWEST_LESSONS = 4
MOST_OVERDUE = 1


def reasons(row: dict[str, Any], middle: float, now: datetime) -> list[str]:
    """Name the rules by which a student is at risk."""
    second = now.timestamp()
    if row["completed"] or second - row["since"] < GRACE.total_seconds():
        return []
    found = []
    if second - row["active"] >= INACTIVE.total_seconds():
        found.append("inactive")
    if row["grades"] >= FEWEST_GRADES and row["mean"] is not None and row["mean"] < LOW_PERCENT:
        found.append("low_grades")
    if middle >= FEWEST_LESSONS and 2 * row["lessons"] < middle:
        found.append("behind")
    if sum(at < second for at in row["open"]) > MOST_OVERDUE:
        found.append("overdue")
    return found


def at_risk(rows: Sequence[dict[str, Any]], now: datetime) -> list[tuple[dict[str, Any], list[str]]]:
    """Return the students at risk, those with more reasons first, then those who were away longest."""
    middle = median([row["lessons"] for row in rows]) if rows else 0
    found = [(row, reasons(row, middle, now)) for row in rows]
    return sorted(
        [each for each in found if each[1]], key=lambda each: (-len(each[1]), each[0]["active"], each[0]["id"])
    )
