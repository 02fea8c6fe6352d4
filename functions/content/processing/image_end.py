"""Where an image ends by its own structure, found without decoding it.

Searching for an end mark from behind would believe whoever appends a second one; these walk the format's own parts.
"""

import re
from collections.abc import Callable
from typing import Protocol

from functions.content.processing.rejection import Rejected

_MAX_SCANS = 200
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NOT_ZERO = re.compile(rb"[^\x00]")
_SCAN, _END, _WITHOUT_LENGTH = 0xDA, 0xD9, {0x01, 0xD8}


class Bytes(Protocol):
    """What is walked: bytes, or a file mapped into memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: slice, /) -> bytes: ...


def end_of_image(data: Bytes, content_type: str) -> int:
    """Return the offset behind the image's last byte, or the length of a file that breaks off.

    A JPEG may be followed by others, as phones append previews and gain maps (CIPA DC-007, Multi-Picture Format).

    Raises Rejected for a JPEG of more than 200 scans, each of which costs the decoder a pass over the whole picture.
    """
    return min(_WALKS[content_type](data), len(data))


def behind_padding(data: Bytes, at: int) -> int:
    """Return the offset of the first byte that is not zero, from `at` on; some cameras fill files up with zeros."""
    found = _NOT_ZERO.search(data, at)  # type: ignore[call-overload]  # a mapped file is searched like bytes
    return found.start() if found else len(data)


def _jpeg(data: Bytes) -> int:
    end = start = scans = 0
    while data[start : start + 3] == b"\xff\xd8\xff":
        end, found = _one_jpeg(data, start + 2)
        scans += found
        if scans > _MAX_SCANS:
            raise Rejected("The image is built of too many scans.")
        start = behind_padding(data, end)
    return end


def _one_jpeg(data: Bytes, at: int) -> tuple[int, int]:
    scans = 0
    while marker := _MARKER.search(data, at):  # type: ignore[call-overload]  # a mapped file is searched like bytes
        code, at = marker[0][1], marker.end()
        if code == _END:
            return at, scans
        scans += code == _SCAN
        if scans > _MAX_SCANS:
            break
        if code not in _WITHOUT_LENGTH:
            at += int.from_bytes(data[at : at + 2], "big")
    return len(data), scans


def _png(data: Bytes) -> int:
    at = 8
    while head := data[at : at + 8]:
        at += 12 + int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            break
    return at


def _gif(data: Bytes) -> int:
    at = 13 + _colour_table(data[10:11])
    while (block := data[at : at + 1]) in {b"\x2c", b"\x21"}:
        at += 2 if block == b"\x21" else 11 + _colour_table(data[at + 9 : at + 10])
        while size := data[at : at + 1]:
            at += 1 + size[0]
            if size == b"\0":
                break
    return at + 1 if block in {b"\x3b", b""} else at


def _colour_table(flags: bytes) -> int:
    return 3 << (1 + (flags[0] & 7)) if flags and flags[0] & 0x80 else 0


def _webp(data: Bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


_WALKS: dict[str, Callable[[Bytes], int]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
}
