"""Brings accounts from files."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.imports import ImportPeople

from functions.imports.people import people_import

consumer = Consumer("imports-people")
handler = consumer.handler


@long_job(consumer, ImportPeople)
def bring(task: ImportPeople, _unit: Unit) -> Progress:
    """Do a page of a file."""
    return people_import.do_page(task)
