"""Writes reports that are too long for one request."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.analytics import ExportProgress

from functions.analytics.reports import exports

consumer = Consumer("analytics-exports")
handler = consumer.handler


@long_job(consumer, ExportProgress)
def export_progress(task: ExportProgress, _unit: Unit) -> Progress:
    """Write a page of a report."""
    return exports.write_page(task)
