"""Telling what a file is by its first bytes, whatever its name or sender says."""

import codecs
import re
from pathlib import Path

from lyceum.rules.uploads.purposes import KINDS

from functions.content.processing.rejection import Rejected

_PROGRAM, _ARCHIVE, _SCRIPT, _OFFICE = "a program", "an archive", "a script", "an office document"
_JSON_OBJECT = re.compile(rb"(\xef\xbb\xbf)?\s*\{")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
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
    (b"glTF", "model/gltf-binary"),
    (b"%PDF-", "application/pdf"),
    (b"\x1a\x45\xdf\xa3", "WebM or Matroska"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
)
_MP4 = "MP4"
_ALSO_NAMED = {
    "audio/mp4": {_MP4},
    "video/mp4": {_MP4},
    "video/quicktime": {_MP4},
    "audio/webm": {"WebM or Matroska"},
    "video/webm": {"WebM or Matroska"},
    "application/zip": {_ARCHIVE},
    **{content_type: {_ARCHIVE} for content_type, kind in KINDS.items() if kind == "office"},
}
"""Where several content types share their first bytes; which streams are inside is asked later."""
_TAR_OFFSET = 257
_HEAD_BYTES = 512
_CHUNK_BYTES = 1 << 20
_UNKNOWN = "an unknown kind of file"
_MAY_BE_TEXT = frozenset({_UNKNOWN, "audio/mpeg", _SCRIPT})
"""A frame of sound begins with too few bits to tell it from a byte order mark, and a text may be about scripts."""
_LETTERS = (b"MZ", b"BZh")
"""Marks of programs and archives that a text may begin with by chance."""


def kind_of(head: bytes) -> str:
    """Name what a file is by its first 512 bytes.

    That is a content type, or words for a family of them or for what is never taken.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE" and b"fmt " in head:
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return _MP4
    if head[_TAR_OFFSET : _TAR_OFFSET + 5] == b"ustar":
        return _ARCHIVE
    if (
        head[:1] == b"\xff"
        and len(head) > 2
        and head[1] & 0xE6 in {0xE2, 0xE4, 0xE6}
        and head[2] & 0xF0 not in {0x00, 0xF0}
    ):
        # frame sync, layers I to III, a bit rate that is neither free nor forbidden (ISO/IEC 11172-3, 2.4.2.3)
        return "audio/mpeg"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), _UNKNOWN)


def hidden_kind(data: bytes) -> str | None:
    """Name what a file of a package may not be, whatever its name says, or None."""
    found = kind_of(data[:_HEAD_BYTES])
    return found if found in {_PROGRAM, _ARCHIVE, _OFFICE} else None


def check_type(path: Path, declared: str) -> None:
    """Raise Rejected for a file whose bytes are not of the declared content type."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = kind_of(head)
    if declared.startswith("text/"):
        if found not in _MAY_BE_TEXT and not head.startswith(_LETTERS):
            raise Rejected(f"The file was announced as {declared} but it is {found}.")
        if line := _line_of_no_text(path):
            raise Rejected(f"The file was announced as {declared} but it is no text in UTF-8 (line {line}).")
    elif declared == "model/gltf+json":
        if found != _UNKNOWN or not _JSON_OBJECT.match(head) or _line_of_no_text(path):
            raise Rejected(f"The file was announced as {declared} but it is no object of JSON.")
    elif found not in _ALSO_NAMED.get(declared, {declared}) or (found == _ARCHIVE and not head.startswith(b"PK")):
        raise Rejected(f"The file was announced as {declared} but it is {found}.")


def _line_of_no_text(path: Path) -> int:
    """Return the first line that is not UTF-8 or holds a control character, or 0; read a piece at a time."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                text = decoder.decode(chunk)
                if found := _CONTROLS.search(text):
                    return line + text.count("\n", 0, found.start())
                line += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return line + error.object.count(b"\n", 0, error.start)
    return 0
