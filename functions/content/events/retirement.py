"""Worker on removed items: moves their files to where the bucket's lifecycle lets them expire."""

from lyceum.events.content import ContentRemoved
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload

from functions.content.uploads import file_store, upload_state

consumer = Consumer("content-retirement")
handler = consumer.handler


@consumer.on(ContentRemoved)
def retire(event: ContentRemoved, unit: Unit) -> None:
    """Move the files of an item's upload; they can be moved back by an operator for 30 days."""
    upload = Upload.fetch(upload_id=event.upload_id, consistent=True)
    if upload is None or upload.state == "deleted":
        return
    file_store.retire(upload)
    upload_state.retire(unit, upload)
