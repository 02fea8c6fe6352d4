"""What a million of each main request costs, from what the bench measured (`docs/measured.json`) and the list prices.

Capacity units follow from the sizes of items and are asserted by tests. The time of a function is its CPU, of which
Lambda gives a share by memory, and the time that storage takes to answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from infra.routes import ROOT

MEASURED = ROOT / "docs" / "measured.json"
MAIN = (
    "POST /api/auth/login", "GET /api/auth/me", "GET /api/topics/{topicId}", "GET /api/questions",
    "POST /api/exams/start (40)", "GET /api/exams/{examId} (40)", "POST /api/exams/{examId}/answer",
    "POST /api/exams/{examId}/submit (40)", "GET /api/exams/{examId}/summary (40)", "GET /api/notifications",
)  # fmt: skip
"""The requests that a day of students is made of."""
PARTS = {
    "payments": "Payments",
    "selling": "Store and marketplace",
    "studying": "Studying",
    "figures": "Figures and boards",
    "community": "People helping people",
}
"""Other parts of the bench whose requests have a price: by the part's name, its title."""
_MILLION = 1_000_000
_WHOLE_CPU_MB = 1769
"""Memory at which Lambda gives a function one whole processor."""


@dataclass(frozen=True)
class Measured:
    """One request as it was measured: CPU, storage requests, capacity units, and the size of its answer."""

    cpu_milliseconds: float
    storage_requests: int
    read_units: float
    write_units: float
    answer_bytes: int


@dataclass(frozen=True)
class RequestCost:
    """USD for a million of one request."""

    gateway: float
    function: float
    storage: float
    watching: float
    transfer: float

    @property
    def together(self) -> float:
        """The whole."""
        return self.gateway + self.function + self.storage + self.watching + self.transfer


def measured(part: str = "requests") -> dict[str, Measured]:
    """Return what was measured of each request of a part of the bench, by its name."""
    given = json.loads(MEASURED.read_text()).get(part, {})
    return {
        name: Measured(
            each["cpuMilliseconds"],
            each["storageRequests"],
            each["readUnits"],
            each["writeUnits"],
            each["answerBytes"],
        )
        for name, each in given.items()
    }


def cost_of(request: Measured, use: Mapping[str, float], busy: Mapping[str, float]) -> RequestCost:
    """Return what a million of a request costs; `busy` says how a function is taken to behave while it works."""
    memory = busy["memory_mb"]
    seconds = request.cpu_milliseconds / 1000 * max(1, _WHOLE_CPU_MB / memory)
    seconds += request.storage_requests * busy["storage_seconds"]
    once = RequestCost(
        gateway=use["gateway_request"],
        function=use["lambda_request"] + seconds * memory / 1024 * use["lambda_gb_second"],
        storage=request.read_units * use["read_unit"] + request.write_units * use["write_unit"],
        watching=busy["log_bytes"] / 1e9 * use["log_gb"] + busy["traced_share"] * use["trace"],
        transfer=request.answer_bytes / 1e9 * use["transfer_gb"],
    )
    return RequestCost(*(part * _MILLION for part in vars(once).values()))


def rows(found: Mapping[str, RequestCost]) -> list[str]:
    """Return the rows of a Markdown table."""
    return [
        "| a million of | gateway | function | storage | log and trace | transfer | together |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(
            f"| `{name}` | {cost.gateway:.2f} | {cost.function:.2f} | {cost.storage:.2f} | {cost.watching:.2f} "
            f"| {cost.transfer:.2f} | **{cost.together:.2f}** |"
            for name, cost in found.items()
        ),
    ]
