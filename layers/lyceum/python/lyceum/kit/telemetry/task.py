"""`telemetry.fold`."""

from typing import Any, ClassVar

from lyceum.kit.event import Task


class FoldTelemetry(Task):
    """What one process gathered, as rows by tenant and group; see `lyceum.kit.telemetry.collector`."""

    name: ClassVar[str] = "telemetry.fold"
    worker: ClassVar[str] = "admin-telemetry"

    function: str
    calls: list[dict[str, Any]] = []
    storage: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    tallies: list[dict[str, Any]] = []
