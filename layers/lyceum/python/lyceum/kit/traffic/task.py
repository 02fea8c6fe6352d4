"""`traffic.fold`."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from lyceum.kit.event import Task


class CallerRow(BaseModel, defer_build=True):
    """What one address did in a tenant within a few seconds.

    - `refused`: answered 4xx, among them `denied` (401, 403) and `limited` (429).
    - `failed`: 5xx.
    """

    model_config = ConfigDict(frozen=True)

    tenant: str
    address: str
    calls: int = 0
    refused: int = 0
    denied: int = 0
    limited: int = 0
    failed: int = 0
    routes: int = 0


class FoldCallers(Task):
    """What one process saw of the busiest addresses; see `lyceum.kit.traffic.callers`."""

    name: ClassVar[str] = "traffic.fold"
    worker: ClassVar[str] = "insights-events"

    rows: list[CallerRow]
