"""`recording.transcode`, `upload.discard`, `upload.store`."""

from typing import ClassVar

from lyceum.kit.event import Task


class TranscodeRecording(Task):
    """Make the renditions of a recording that passed its checks; `etag` names the bytes that were checked.

    With a `piece`, from 0, that piece of a film is rendered for streaming, and then the next.
    """

    name: ClassVar[str] = "recording.transcode"
    worker: ClassVar[str] = "content-transcoding"
    upload_id: str
    owner_id: str
    etag: str
    piece: int | None = None


class StoreUpload(Task):
    """Make an upload of a file that lies elsewhere in the bucket, as if `owner_id` had sent it; once for each id.

    `source_key` is its place, which the task's sender has checked to be of its own.
    """

    name: ClassVar[str] = "upload.store"
    worker: ClassVar[str] = "content-storing"
    upload_id: str
    owner_id: str
    purpose: str
    source_key: str
    content_type: str
    file_name: str
    size_bytes: int


class DiscardUpload(Task):
    """Delete a file that its domain needs no more, with all that was made of it; once for each upload."""

    name: ClassVar[str] = "upload.discard"
    worker: ClassVar[str] = "content-retirement"
    upload_id: str
