"""What callers of recordings get."""

from typing import Literal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp

RecordingState = Literal["waiting", "ready", "failed", "removed"]


class Rendition(Schema):
    """A version of a recording, fetched from `url` for five minutes."""

    name: str
    content_type: str
    url: str
    size_bytes: int


class RecordingView(Schema):
    """A recording as it stands; `recordingUrl` is that of its first rendition, and `keptUntil` when it goes."""

    session_id: str
    state: RecordingState
    recording_url: str | None = None
    renditions: list[Rendition] = []
    kept_until: Timestamp | None = None
