"""Badges: pictures that carry their credential (Open Badges 3.0, 5.3), so that a picture alone can be verified."""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"


class NotBaked(ValueError):
    """There is no credential in a picture, or more than one."""


def png(picture: bytes, credential: Mapping[str, Any]) -> bytes:
    """Return a PNG with the credential in an iTXt chunk, uncompressed, right after its header (PNG, 11.3.3.4)."""
    text = json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode()
    chunks = list(_chunks(picture))
    made = [chunks[0], (b"iTXt", _KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + text), *chunks[1:]]
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in made)


def from_png(picture: bytes) -> dict[str, Any]:
    """Return the credential of a PNG; raises NotBaked."""
    start = _KEYWORD + b"\0"
    found = [body for kind, body in _chunks(picture) if kind == b"iTXt" and body.startswith(start)]
    if len(found) != 1 or found[0][len(start)] != 0:
        raise NotBaked("there is not one credential in this picture")
    read: dict[str, Any] = json.loads(found[0][len(start) + 2 :].split(b"\0", 2)[2])
    return read


def svg(picture: str, credential: Mapping[str, Any]) -> str:
    """Return an SVG with the credential right after its opening tag (OB 3.0, 5.3.2)."""
    text = json.dumps(credential, ensure_ascii=False, separators=(",", ":")).replace("]]>", "]]\\u003e")
    start = picture.index("<svg")
    end = picture.index(">", start)
    element = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
    return f"{picture[:end]} xmlns:openbadges={quoteattr(_NAMESPACE)}>{element}{picture[end + 1 :]}"


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not picture.startswith(_SIGNATURE):
        raise NotBaked("this is no PNG")
    place = len(_SIGNATURE)
    while place + 12 <= len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        yield picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
