"""Badges: pictures that carry their credential (Open Badges 3.0, 5.3), so that a picture alone can be verified."""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
ATTACHED = "credential.json"
"""The name by which a PDF has its credential attached."""
_OPEN, _CLOSE = "<openbadges:credential><![CDATA[", "]]></openbadges:credential>"
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
    element = f"{_OPEN}{text}{_CLOSE}"
    return f"{picture[:end]} xmlns:openbadges={quoteattr(_NAMESPACE)}>{element}{picture[end + 1 :]}"


def from_svg(picture: str) -> dict[str, Any]:
    """Return the credential of an SVG as `svg` writes it; raises NotBaked."""
    _, opened, rest = picture.partition(_OPEN)
    text, closed, after = rest.partition(_CLOSE)
    if not opened or not closed or _OPEN in after:
        raise NotBaked("there is not one credential in this picture")
    read: dict[str, Any] = json.loads(text)
    return read


def from_pdf(document: bytes) -> dict[str, Any]:
    """Return the credential that is attached to a PDF as `credential.json`; raises NotBaked."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(document) as opened:
            attached = [opened.get_attachment(place) for place in range(opened.count_attachments())]
            found = [bytes(each.get_data()) for each in attached if each.get_name() == ATTACHED]
    except pypdfium2.PdfiumError as error:
        raise NotBaked("this PDF can not be read") from error
    if len(found) != 1:
        raise NotBaked("there is not one credential in this PDF")
    read: dict[str, Any] = json.loads(found[0])
    return read


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
