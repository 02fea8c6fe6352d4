"""Health: whether storage answers, and how fast."""

import time

from lyceum.errors import Unavailable
from lyceum.model.kit import Seen
from lyceum.settings import settings

from system.schemas import Dependency, Health


def health() -> Health:
    """Read one item that is not there: the cheapest proof that table, permissions and network are in order."""
    started = time.perf_counter()
    try:
        Seen.fetch(consumer="health", event_id="probe")
        state: str = "up"
    except Unavailable:
        state = "down"
    spent = round((time.perf_counter() - started) * 1000, 1)
    table = Dependency.model_validate({"name": "table", "state": state, "milliseconds": spent})
    return Health(status="ok" if state == "up" else "degraded", stage=settings().stage, dependencies=[table])
