"""`recording.transcode`."""

from typing import ClassVar

from lyceum.kit.event import Event


class TranscodeRecording(Event):
    """A recording passed its checks and waits for its renditions; `etag` names the bytes that were checked."""

    name: ClassVar[str] = "content.checked"
    upload_id: str
    owner_id: str
    etag: str
