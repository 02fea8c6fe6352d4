"""Folds what functions tell of their own work into figures, a write a group and batch."""

from collections.abc import Sequence

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.kit.telemetry.task import FoldTelemetry

from functions.admin.health import folding, live_figures

consumer = Consumer("admin-telemetry", is_observed=False)
handler = consumer.handler


@consumer.fold(FoldTelemetry)
def fold(batches: Sequence[FoldTelemetry], unit: Unit) -> None:
    """Add batches to the figures, and show those who watch what changed."""
    folding.fold(batches, unit)
    live_figures.show(batches)
