"""Worker on what is gone: files of removed items expire by the bucket's lifecycle, those of erased people go."""

from lyceum.events.content import ContentRemoved
from lyceum.events.users import UserErased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.tasks.content import DiscardUpload

from functions.content.uploads import erased_owner, file_store, upload_state

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


@consumer.on(DiscardUpload)
def discard(task: DiscardUpload, unit: Unit) -> None:
    """Delete the files of an upload that its domain needs no more; those that are gone already are no failure."""
    upload = Upload.fetch(upload_id=task.upload_id, consistent=True)
    if upload is None or upload.state == "deleted":
        return
    file_store.discard(upload)
    upload_state.retire(unit, upload)


@consumer.on(UserErased, outside=True)
def forget_owner(event: UserErased, _unit: Unit) -> None:
    """Remove the files of somebody who is erased, and the names of those that stay."""
    erased_owner.forget(event.user_id, event.role)
