"""Writes data sets to files."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.imports import ExportDataSet

from functions.imports.exports import export_jobs

consumer = Consumer("imports-exports")
handler = consumer.handler


@long_job(consumer, ExportDataSet)
def export(task: ExportDataSet, _unit: Unit) -> Progress:
    """Write a page of a data set."""
    return export_jobs.write_page(task)
