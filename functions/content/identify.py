"""Telling what a file is by its first bytes, whatever its name or sender says."""

from pathlib import Path

from content.refusal import Refused

_PROGRAM, _ARCHIVE, _SCRIPT = "a program", "an archive", "a script"
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"MZ", _PROGRAM),  # Windows
    (b"\x7fELF", _PROGRAM),  # Linux
    (b"\xfe\xed\xfa\xce", _PROGRAM),  # macOS, 32 and 64 bits in both byte orders
    (b"\xfe\xed\xfa\xcf", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),  # macOS for several processors, Java
    (b"\x00asm", _PROGRAM),
    (b"#!", _SCRIPT),
    (b"<?php", _SCRIPT),
    (b"PK\x03\x04", _ARCHIVE),
    (b"PK\x05\x06", _ARCHIVE),
    (b"PK\x07\x08", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"MSCF", _ARCHIVE),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
)
_TAR_OFFSET = 257
_HEAD_BYTES = 512


def kind_of(head: bytes) -> str:
    """Name what a file is by its first 512 bytes: a content type, or words for what is never taken."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[_TAR_OFFSET : _TAR_OFFSET + 5] == b"ustar":
        return _ARCHIVE
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "an unknown kind of file")


def check_type(path: Path, declared: str) -> None:
    """Raise Refused for a file whose bytes are not of the declared content type."""
    with path.open("rb") as file:
        found = kind_of(file.read(_HEAD_BYTES))
    if found != declared:
        raise Refused(f"The file was announced as {declared} but it is {found}.")
