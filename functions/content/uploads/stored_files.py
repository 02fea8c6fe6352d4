"""Files that another part of the product has received and that become uploads: they take the way of every other."""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.rules.uploads.opening import PROCESSING_TIMEOUT, original_key
from lyceum.tasks.content import StoreUpload

from functions.content.uploads import file_store

_AWAITED = timedelta(hours=1)
_UNUSED_RETENTION = timedelta(hours=23)


def store(task: StoreUpload) -> None:
    """Record an upload and bring its file to where it is awaited; one that arrived already is left alone.

    The file's arrival starts its processing. A task that comes again copies the same bytes again. They count against
    nobody's quota, since whoever sends them has limits of its own.
    """
    now = clock.now()
    upload = Upload.fetch(upload_id=task.upload_id, consistent=True)
    if upload is None:
        upload = Upload(
            key=original_key(task.owner_id, task.upload_id),
            state="waiting",
            expires_at=now + _AWAITED,
            due_at=now + _AWAITED + PROCESSING_TIMEOUT,
            ttl=int((now + _AWAITED + _UNUSED_RETENTION).timestamp()),
            **task.model_dump(include={"upload_id", "owner_id", "purpose", "content_type", "file_name", "size_bytes"}),
        )
        Unit().create(upload, refuse=Conflict("Another worker records it; the message comes again.")).commit()
    if upload.state in {"waiting", "failed"}:
        file_store.adopt(upload, task.source_key)
