"""Writes copies of everything that is kept about a person."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.users import ExportPersonalData

from functions.users.privacy import archive

consumer = Consumer("users-personal-data")
handler = consumer.handler


@consumer.on(ExportPersonalData)
def export(task: ExportPersonalData, unit: Unit) -> None:
    """Write a copy."""
    archive.write(task, unit)
