"""Looking at a file before anything opens it: what it is by its bytes, and whether something hides in it."""

from pathlib import Path

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xfe\xed\xfa", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "an archive"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"%PDF-", "a PDF document"),
)
_ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82", "image/gif": b"\x3b"}
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_HIDDEN = ((b"PK\x03\x04", "an archive"), (b"%PDF-", "a PDF document"), (b"<script", "a script"), (b"<?php", "a script"))
_TRAILING_BYTES = 64


class Refused(Exception):
    """The file is not taken; the message is what its owner reads."""


def identify(head: bytes) -> str:
    """Name what a file is by its first bytes: a content type, or words for what is never taken."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "an unknown kind of file")


def check_type(path: Path, declared: str) -> None:
    """Refuse a file whose bytes are not of the declared content type."""
    with path.open("rb") as file:
        found = identify(file.read(16))
    if found != declared:
        raise Refused(f"The file says it is {declared} but it is {found}.")


def scan(path: Path, content_type: str) -> None:
    """Refuse test viruses and files that are two things at once: data behind an image's end, or a document in it."""
    data = path.read_bytes()
    if _EICAR in data:
        raise Refused("The file holds a virus signature.")
    end = _end_of_image(data, content_type)
    if len(data) - end > _TRAILING_BYTES:
        raise Refused("The file goes on behind the end of the image.")
    for magic, name in _HIDDEN:
        if magic in data[end:] or (magic != b"PK\x03\x04" and magic in data[:4096]):
            raise Refused(f"The file hides {name}.")


def _end_of_image(data: bytes, content_type: str) -> int:
    if content_type == "image/webp":
        return 8 + int.from_bytes(data[4:8], "little")
    mark = _ENDS[content_type]
    found = data.rfind(mark)
    return found + len(mark) if found >= 0 else len(data)
