"""Counting what happens, as metrics in log lines (CloudWatch embedded metric format)."""

from aws_lambda_powertools import Logger

from lyceum.kit import clock

NAMESPACE = "Lyceum"
logger = Logger()


def count(name: str, **dimensions: str) -> None:
    """Count one thing that happened, by what it is told apart by."""
    directive = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": "Count"}]}
    line = {
        "_aws": {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [directive]},
        name: 1,
        **dimensions,
    }
    logger.info("counted", extra=line)
