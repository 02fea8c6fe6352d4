"""Writes what is too large for one request: gradebooks as CSV."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.assignments import ExportGradebook

from functions.assignments.grades import gradebook_export

consumer = Consumer("assignments-exports")
handler = consumer.handler


@long_job(consumer, ExportGradebook)
def export_gradebook(task: ExportGradebook, _unit: Unit) -> Progress:
    """Write a page of a gradebook."""
    return gradebook_export.write_page(task)
