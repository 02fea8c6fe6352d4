"""What the processing of a file makes: files to keep, and facts about the whole."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.content.purposes import Kind

EXTENSIONS = {
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain; charset=utf-8": "txt",
    "text/html; charset=utf-8": "html",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""The extension of every kind of file that is ever made."""

WHOLE = ("original", "low")
"""The names of variants that hold all of a file; others show a part of it. Images have their sides for names."""

OTHERS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "document": (("low", "application/pdf"), ("preview", "image/webp"), ("text", "text/plain; charset=utf-8")),
    "audio": (("low", "audio/mp4"),),
    "video": (("low", "video/mp4"), ("preview", "image/webp")),
}
"""What may be made of a kind beside its `original`, with the content types."""


def kept_type(content_type: str) -> str:
    """Return the content type of the `original` that is made of a file: texts are kept in UTF-8, markup as sanitised HTML."""
    if content_type == "text/plain":
        return "text/plain; charset=utf-8"
    return "text/html; charset=utf-8" if content_type.startswith("text/") else content_type


@dataclass(frozen=True)
class Made:
    """A variant in the worker's folder."""

    name: str
    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass
class Product:
    """Everything that was made of a file. `facts` are what lists and readers want to know, in camelCase."""

    variants: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
