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

from functions.imports.syntax.drafts import Draft, Picture, from_plain
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
_DATA = re.compile(r"data:(?P<kind>[^,;]{0,100})(?P<more>(?:;[^,;]{0,100})*),(?P<body>.*)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SIZES = ("width", "height")
_TAG = r"<img\b[^<>]*+>"
IMAGE = re.compile(_TAG, re.IGNORECASE)
"""An `img` tag."""
_MARKDOWN = re.compile(
    r"!\[(?P<alt>[^\[\]]{0,500})\]\(\s*+<?(?P<source>[^()\s<>]++)>?(?:\s++(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*+\)"
    rf"|(?P<tag>{_TAG})",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"&lt;img\b(?P<tag>(?:(?!&[lg]t;)[^<>])*?data:image/(?:(?!&gt;)[^<>])*)&gt;"
    r"|(?P<source>data:image/[\w.+-]{1,40}(?:;[\w=-]{1,40}){0,3};base64,[A-Za-z0-9+/]++={0,2})",
    re.IGNORECASE,
)
_BODY = re.compile(r"data:image/[^,\s\"'<>]{0,200},[A-Za-z0-9+/=%]*+", re.IGNORECASE)


def written(draft: Draft, tag: str) -> str:
    """Write an `img` tag with its picture as an upload; what can not be taken leaves its description, and a note."""
    attributes = {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag)
    }
    return from_source(draft, attributes.get("src", "").strip(), attributes)


def in_markdown(draft: Draft, text: str) -> str:
    """Write markdown as rich text: its pictures as uploads, everything else as it stands."""
    parts, end = [], 0
    for found in _MARKDOWN.finditer(text):
        tag = found["tag"]
        shown = written(draft, tag) if tag else from_source(draft, found["source"], {"alt": found["alt"]})
        parts += [from_plain(text[end : found.start()]), shown]
        end = found.end()
    return "".join([*parts, from_plain(text[end:])])


def from_words(draft: Draft, text: str) -> str:
    """Make pictures of the data URLs that stand among the words of a text; one that is no picture stays a word."""

    def shown(found: re.Match[str]) -> str:
        source = found["source"]
        if source is None:
            return written(draft, f"<img {unescape(found['tag'])}>")
        body = _decoded(source)
        return _taken(draft, body, "picture", {}) if body and _kind_of(body) else source

    return _BARE.sub(shown, text)


def length_without(text: str) -> int:
    """Count the characters of a text without those of its data URLs."""
    return len(_BODY.sub("", text)) if "data:" in text else len(text)


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


def can_be_taken(draft: Draft, source: str) -> bool:
    """Say whether there is a picture at `source` that an upload takes."""
    body = _decoded(source) if source[:5].lower() == "data:" else None
    if body is None and draft.files and source and not _LINK.match(source):
        body = draft.files(unquote(source))
    return body is not None and _kind_of(body) is not None


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
