"""Pictures inside a file: data URLs and files of a package or of a question, taken over as uploads.

Each has the id of an upload that follows from its bytes. So a picture that comes again, in this file or another, is the
same upload, and questions with it are known again. The bytes wait beside the rows until the rows are written.
"""

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from html import escape, unescape
from urllib.parse import unquote, unquote_to_bytes

from lyceum.kit import ids

from functions.imports.syntax.drafts import Draft, Picture
from functions.imports.syntax.limits import MEBIBYTE

MOST_PICTURE_BYTES = 10 * MEBIBYTE
"""What an upload of a question's picture takes."""
_MOST_OF_A_QUESTION = 20
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)
_ATTRIBUTE = re.compile(r"\b(src|alt|width|height)\s*=\s*(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))", re.IGNORECASE)
_DATA = re.compile(r"data:(?P<kind>[^,;]{0,100})(?P<more>(?:;[^,;]{0,100})*+),(?P<body>.*)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SIZES = ("width", "height")


def written(draft: Draft, tag: str) -> str:
    """Write an `img` tag with its picture as an upload; what can not be taken leaves its description, and a note."""
    attributes = {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag)
    }
    return from_source(draft, attributes.get("src", "").strip(), attributes)


def from_source(draft: Draft, source: str, attributes: dict[str, str]) -> str:
    """Return what stands in the place of a picture that is at `source`: bytes, a file beside the text, or a link."""
    alt = attributes.get("alt", "")
    if source.startswith("upload:"):
        return _tag(source, attributes)
    if source[:5].lower() == "data:":
        return _taken(draft, _decoded(source), "picture", attributes)
    if _LINK.match(source):
        draft.note(f"A picture is not in the file but at {source[:200]}; its description stands in its place.")
        return _described(alt)
    body = draft.files(unquote(source)) if draft.files and source else None
    if body is None:
        draft.note(f"A picture is not in the file ({source[:100]!r}); its description stands in its place.")
        return _described(alt)
    return _taken(draft, body, source.rpartition("/")[2], attributes)


def _taken(draft: Draft, body: bytes | None, name: str, attributes: dict[str, str]) -> str:
    kind = _kind_of(body) if body else None
    if body is None or kind is None or len(body) > MOST_PICTURE_BYTES:
        draft.note("A picture is no JPEG, PNG, GIF or WebP of 10 MiB at most; its description stands in its place.")
        return _described(attributes.get("alt", ""))
    content_type, extension = kind
    upload_id = ids.derived_id(_FIRST, "picture", hashlib.sha256(body).hexdigest())
    if upload_id not in draft.pictures and len(draft.pictures) == _MOST_OF_A_QUESTION:
        draft.note(f"Of more than {_MOST_OF_A_QUESTION} pictures the first ones are taken.")
        return _described(attributes.get("alt", ""))
    shown = re.sub(r"[^\w.() -]", "_", name)[-100:]
    file_name = shown if "." in shown else f"{shown}.{extension}"
    draft.pictures[upload_id] = Picture(upload_id, content_type, file_name, body)
    return _tag(f"upload:{upload_id}", attributes)


def _tag(source: str, attributes: dict[str, str]) -> str:
    sizes = "".join(f' {name}="{attributes[name]}"' for name in _SIZES if attributes.get(name, "").isdecimal())
    return f'<img src="{escape(source)}" alt="{escape(attributes.get("alt", ""))}"{sizes}>'


def _described(alt: str) -> str:
    return f"[{escape(alt or 'image', quote=False)}]"


def _decoded(source: str) -> bytes | None:
    """Read a data URL (RFC 2397); None for one that is broken."""
    found = _DATA.match(source)
    if found is None:
        return None
    if ";base64" not in found["more"].lower():
        return unquote_to_bytes(found["body"])
    try:
        return base64.b64decode(re.sub(r"\s", "", unquote(found["body"])), validate=True)
    except (binascii.Error, ValueError):
        return None


def _kind_of(body: bytes) -> tuple[str, str] | None:
    """Name the content type and the extension by the first bytes; what a file says of itself is not believed."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp", "webp"
    return next(((kind, extension) for magic, kind, extension in _MAGIC if body.startswith(magic)), None)
