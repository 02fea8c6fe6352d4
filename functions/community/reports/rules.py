"""What reports weigh, and after how many of them something is held: data (`report_rules.json`), with what it means."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

GREATEST = 9999
SAFEGUARDING = "safeguarding"
GENERAL = "general"


@cache
def data() -> dict[str, Any]:
    """Return the numbers and lists as they stand in the file."""
    read: dict[str, Any] = json.loads(files("functions.community.reports").joinpath("report_rules.json").read_text())
    return read


def queue_of(report_type: str) -> str:
    """Return the queue of a type of report: what may be about somebody's safety has its own."""
    return SAFEGUARDING if report_type in data()["safeguarding"] else GENERAL


def priority(report_type: str, open_reports: int, *, is_appeal: bool = False) -> int:
    """Return how urgent a report is, 0 to 9999: by its type, and more with each further report of the same thing."""
    rules = data()
    more = rules["repeat"] * max(0, open_reports - 1) + (rules["appeal"] if is_appeal else 0)
    return min(GREATEST, int(rules["priority"].get(report_type, rules["priority"]["other"]) + more))


def is_held_after(item_type: str, queue: str, open_reports: int) -> bool:
    """Say whether so many open reports hold a thing until somebody has looked at it."""
    after = data()["hold_after"]
    bound = after[SAFEGUARDING] if queue == SAFEGUARDING else after.get(item_type, after["default"])
    return open_reports >= int(bound)
