"""`recording.transcode`."""

from typing import ClassVar

from lyceum.kit.event import Task


class TranscodeRecording(Task):
    """Make the renditions of a recording that passed its checks; `etag` names the bytes that were checked."""

    name: ClassVar[str] = "recording.transcode"
    worker: ClassVar[str] = "content-transcoding"
    upload_id: str
    owner_id: str
    etag: str
