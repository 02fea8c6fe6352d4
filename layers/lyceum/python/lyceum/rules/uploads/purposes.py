"""What may be uploaded for which purpose, how large, which sizes are made of it, and how long removed files stay."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Literal

from lyceum.kit.frozen import frozen
from lyceum.kit.identity.permissions import Permission

Kind = Literal["image", "document", "office", "audio", "video", "text", "package", "model"]

KINDS: dict[str, Kind] = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "image",
    "application/pdf": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "office",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "office",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "office",
    "application/vnd.oasis.opendocument.text": "office",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
    "audio/wav": "audio",
    "audio/flac": "audio",
    "audio/webm": "audio",
    "video/mp4": "video",
    "video/quicktime": "video",
    "video/webm": "video",
    "text/plain": "text",
    "text/markdown": "text",
    "text/html": "text",
    "application/zip": "package",
    "model/gltf-binary": "model",
    "model/gltf+json": "model",
}
"""Every content type that is taken for some purpose, with the kind that says how it is processed."""

RECORDINGS: frozenset[Kind] = frozenset({"audio", "video"})
"""The kinds that a worker of their own processes, because they take minutes."""

_MEBIBYTE = 1024 * 1024
_LIBRARY: dict[Kind, int] = {
    "image": 20 * _MEBIBYTE,
    "document": 100 * _MEBIBYTE,
    "audio": 200 * _MEBIBYTE,
    "video": 400 * _MEBIBYTE,
    "text": 2 * _MEBIBYTE,
    "package": 50 * _MEBIBYTE,
    "model": 50 * _MEBIBYTE,
}
_SIDES = {"320": 320, "800": 800, "1600": 1600}
RETENTION = timedelta(days=30)
"""Files of removed items stay under `retired/` for this long, and so do the items' records."""


@frozen
class Purpose:
    """A reason to upload.

    Attributes:
        limits: The most bytes of each kind that it takes.
        sides: Of images, the longest side in pixels of each variant by its name.
        is_square: Whether images are cut to squares.
        permission: What its sender must hold; None: everybody sends it.
        is_streamed: Whether films get renditions for streaming.
    """

    limits: Mapping[Kind, int]
    sides: Mapping[str, int] = field(default_factory=lambda: _SIDES)
    is_square: bool = False
    permission: Permission | None = None
    is_streamed: bool = False

    @property
    def content_types(self) -> tuple[str, ...]:
        """The content types that the purpose takes."""
        return tuple(name for name, kind in KINDS.items() if kind in self.limits)


PURPOSES = {
    "avatar": Purpose({"image": 5 * _MEBIBYTE}, {"64": 64, "256": 256}, is_square=True),
    "question_image": Purpose({"image": 10 * _MEBIBYTE}, permission=Permission.WRITE_QUESTIONS),
    "question_recording": Purpose({"audio": 50 * _MEBIBYTE}, permission=Permission.WRITE_QUESTIONS),
    "course_thumbnail": Purpose({"image": 10 * _MEBIBYTE}, permission=Permission.WRITE_COURSES),
    "attachment": Purpose({"image": 10 * _MEBIBYTE}),
    "document": Purpose(
        {"document": 20 * _MEBIBYTE, "office": 20 * _MEBIBYTE, "image": 10 * _MEBIBYTE, "text": _MEBIBYTE}
    ),
    "recording": Purpose({"audio": 50 * _MEBIBYTE, "video": 200 * _MEBIBYTE}),
    "answer_sheet": Purpose(
        {"image": 20 * _MEBIBYTE, "document": 100 * _MEBIBYTE},
        {"800": 800, "2400": 2400},
        permission=Permission.WRITE_EXAMS,
    ),
    "lesson": Purpose({**_LIBRARY, "office": 50 * _MEBIBYTE}, permission=Permission.WRITE_COURSES),
    "product_image": Purpose({"image": 10 * _MEBIBYTE}, permission=Permission.MANAGE_STORE),
    "product_media": Purpose({"image": 10 * _MEBIBYTE, "video": 200 * _MEBIBYTE}, permission=Permission.MANAGE_STORE),
    "library": Purpose(_LIBRARY),
    "tutoring_recording": Purpose({"audio": 200 * _MEBIBYTE, "video": 400 * _MEBIBYTE}),
    "video": Purpose({"video": 400 * _MEBIBYTE}, permission=Permission.WRITE_COURSES, is_streamed=True),
    "proctoring_snapshot": Purpose({"image": 2 * _MEBIBYTE}, {"640": 640}),
}
"""What is not in `AskUpload` is asked for by endpoints of its own, since it belongs to something."""
BELONGING = frozenset({"tutoring_recording", "proctoring_snapshot"})
"""Purposes of files that their senders can not remove: others have a right to them."""
