"""What is earned for what, and how much of it a day: pure.

No points are given for correctness before the student may know the result, and what is taken back by a regrade is taken
back here too. Each cause has a cap for a local day, so that nothing is gained by doing one thing over and over.
"""

from collections.abc import Sequence
from typing import Any, Literal

Cause = Literal["exam", "review", "session", "lesson", "course"]
RIGHT, PARTLY_RIGHT = 10, 5
REVIEW, LESSON, COURSE = 2, 20, 200
_SECONDS_A_POINT = 300
CAPS: dict[Cause, int] = {"exam": 1000, "review": 100, "session": 60, "lesson": 200, "course": 1000}
"""The most points of a cause on a day."""


def of_exam(rows: Sequence[dict[str, Any]]) -> tuple[int, int, bool]:
    """Return the points of an exam's marks, how many answers are right, and whether all of them are."""
    right = sum(row["outcome"] == "right" for row in rows)
    partly = sum(row["outcome"] == "partial" for row in rows)
    return RIGHT * right + PARTLY_RIGHT * partly, right, bool(rows) and right == len(rows)


def of_seconds(seconds: int) -> int:
    """Return the points of study time: one for each full five minutes."""
    return seconds // _SECONDS_A_POINT


def counted(cause: Cause, earned: int, others_today: int) -> int:
    """Return what counts of points, when so many of their cause were counted for other things on the day."""
    return max(0, min(earned, CAPS[cause] - others_today))
