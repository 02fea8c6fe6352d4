"""What follows when an item was removed: its files are moved to where the bucket's lifecycle lets them expire."""

from lyceum.events.content import ContentRemoved
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload

from functions.content.uploads import file_store, upload_state
from functions.content.uploads.purposes import RETENTION

consumer = Consumer("content-retirement")
handler = consumer.handler


@consumer.on(ContentRemoved)
def retire(event: ContentRemoved, unit: Unit) -> None:
    """Move the files of an item's upload; they can be moved back by an operator for 30 days."""
    upload = Upload.fetch(upload_id=event.upload_id, consistent=True)
    if upload is None or upload.state == "deleted":
        return
    file_store.retire(upload)
    last_second = int((clock.now() + RETENTION).timestamp())
    facts = [Upload.state.set("deleted"), Upload.ttl.set(last_second), *upload.fall_due(None)]
    unit.change(upload, *facts, when=Upload.version == upload.version, refuse=upload_state.overtaken())
