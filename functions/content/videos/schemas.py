"""What callers of films send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.rules.uploads.schemas import AskFile

from functions.content.uploads.schemas import UploadState

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]
"""A language tag (BCP 47)."""


class AskVideo(AskFile):
    """A film that the caller wants to send.

    - `courseId`: the course whose students watch it, one that the caller teaches. Without one it is the caller's alone.
    """

    course_id: Annotated[str | None, StringConstraints(pattern=r"^[0-9A-Z]{26}$")] = None


class Rendition(Schema):
    """A version of a film.

    - `name`: `audio` is its sound alone.
    - `codec`: as RFC 6381 names it.
    - `bandwidth`, `averageBandwidth`: bits a second at the most, and on the average.
    """

    name: str
    codec: str
    width: int | None = None
    height: int | None = None
    bandwidth: int
    average_bandwidth: int
    size_bytes: int


class Poster(Schema):
    """A picture of the film, which may be fetched from `url` for five minutes."""

    content_type: str
    width: int | None = None
    height: int | None = None
    size_bytes: int
    url: str


class PutCaptions(Request):
    """Captions of a film.

    - `text`: WebVTT. Style sheets, regions and notes in it are left out. Without it the film's sound is written down
      where that is switched on; 503 `TRANSCRIPT_NOT_READY` means that the same request finds it later.
    - `label`: what viewers choose them by, such as `English`.
    """

    text: Annotated[str | None, Field(min_length=6, max_length=400_000)] = None
    label: Annotated[
        str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True, pattern=r'^[^"\x00-\x1f\x7f]+$')
    ]


class CaptionsView(Schema):
    """Captions that a film has: in which language (BCP 47), under which name, and how many cues."""

    language: str
    label: str
    cues: int


class VideoView(Schema):
    """A film with its state.

    - `reason`: of a rejected or failed one.
    - `progress`: how much of it is rendered, from 0 to 1.
    - `durationSeconds`, `renditions`, `poster`, `streamUrl`: of a ready one.
    """

    video_id: str
    course_id: str | None = None
    file_name: str
    size_bytes: int
    state: UploadState
    reason: str | None = None
    progress: float
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    renditions: list[Rendition] = []
    poster: Poster | None = None
    captions: list[CaptionsView] = []
    stream_url: str | None = None
    created_at: Timestamp


class StreamQuery(Request):
    """Which playlist is wanted.

    - `rendition`: the media playlist of one, or the track of `thumbnails` (WebVTT); without it the master playlist.
    - `captions`: the playlist of the captions in a language instead.
    """

    rendition: Annotated[
        Literal["audio", "240p", "480p", "720p", "thumbnails"] | None, Field(description="Which playlist.")
    ] = None
    captions: Language | None = None
