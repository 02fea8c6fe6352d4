"""Worker on `upload.store`: makes uploads of files that another part of the product received."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.tasks.content import StoreUpload

from functions.content.uploads import stored_files

consumer = Consumer("content-storing")
handler = consumer.handler


@consumer.on(StoreUpload, outside=True)
def store(task: StoreUpload, _unit: Unit) -> None:
    """Record an upload and bring its file to where it is processed, such as a picture of an import."""
    stored_files.store(task)
