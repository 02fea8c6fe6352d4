"""Counting what happens, as metrics in log lines (CloudWatch embedded metric format)."""

from typing import Literal

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.settings import settings

logger = Logger()


def namespace_of(stage: str) -> str:
    """Name where a stage's own metrics stand, apart from those of another stage in the same account."""
    return f"Lyceum/{stage}"


def measure(name: str, value: float, unit: Literal["Seconds"], **dimensions: str) -> None:
    """Write down how much there is of something, by what it is told apart by."""
    _log("measured", name, value, unit, dimensions)


def count(name: str, **dimensions: str) -> None:
    """Count one thing that happened, by what it is told apart by."""
    _log("counted", name, 1, "Count", dimensions)


def _log(message: str, name: str, value: float, unit: str, dimensions: dict[str, str]) -> None:
    directive = {
        "Namespace": namespace_of(settings().stage),
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit}],
    }
    line = {
        "_aws": {"Timestamp": clock.milliseconds(clock.now()), "CloudWatchMetrics": [directive]},
        name: value,
        **dimensions,
    }
    logger.info(message, extra=line)
