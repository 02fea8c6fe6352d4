"""What a process sees of the addresses that call it; the busiest are told with the telemetry that goes out anyway.

So ordinary callers are never written down, and watching costs no write of its own.
"""

from dataclasses import dataclass, field

from lyceum.kit.telemetry import collector
from lyceum.kit.traffic.task import CallerRow

MOST_KEPT = 500
"""Addresses that a process counts at once; further ones are let go."""
MOST_TOLD = 20
LEAST_WEIGHT = 8
"""What is less than this within some seconds is nobody's business; refusals weigh more than calls."""
_DENIED, _LIMITED = frozenset({401, 403}), 429
_MOST_ROUTES = 100


@dataclass
class _Seen:
    calls: int = 0
    refused: int = 0
    denied: int = 0
    limited: int = 0
    failed: int = 0
    routes: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        return self.calls + 2 * self.refused + 2 * self.denied


_seen: dict[tuple[str, str], _Seen] = {}


def enter(tenant: str, address: str, route: str, status: int) -> None:
    """Count an answer to an address."""
    key = tenant, address
    if not address or not collector.is_on() or (key not in _seen and len(_seen) >= MOST_KEPT):
        return
    seen = _seen.setdefault(key, _Seen())
    seen.calls += 1
    seen.refused += 400 <= status < 500
    seen.denied += status in _DENIED
    seen.limited += status == _LIMITED
    seen.failed += status >= 500
    if len(seen.routes) < _MOST_ROUTES:
        seen.routes.add(route)


def take() -> list[CallerRow]:
    """Take out the busiest addresses; what was counted of the others is forgotten."""
    busiest = sorted(_seen.items(), key=lambda item: -item[1].weight)[:MOST_TOLD]
    rows = [
        CallerRow(
            tenant=tenant,
            address=address,
            calls=seen.calls,
            refused=seen.refused,
            denied=seen.denied,
            limited=seen.limited,
            failed=seen.failed,
            routes=len(seen.routes),
        )
        for (tenant, address), seen in busiest
        if seen.weight >= LEAST_WEIGHT
    ]
    _seen.clear()
    return rows


def forget() -> None:
    """Forget what was counted, as a new process has nothing."""
    _seen.clear()
