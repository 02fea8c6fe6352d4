"""PDF documents: rejected when they act, rebuilt, made small, shown by their first page and read for search.

Everything here runs in a process of its own with bounded time and memory (`isolation`), since the parsers are written
in C++ and the files come from strangers.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.content.processing.jpeg_metadata import without_segments
from functions.content.processing.link_schemes import HOSTILE_SCHEMES
from functions.content.processing.rejection import Rejected
from functions.content.uploads.plain_text import without_controls

_MOST_PAGES = 2000
_MOST_OBJECTS = 300_000
_MOST_DEPTH = 60
_ACTIONS = {
    "/JavaScript": "scripts",
    "/Launch": "an action that starts a program",
    "/ImportData": "an action that loads a file",
    "/SubmitForm": "a form that sends data away",
    "/GoToE": "an embedded file",
    "/GoToR": "a link into another file",
    "/Rendition": "embedded media",
    "/Movie": "embedded media",
    "/Sound": "embedded media",
    "/RichMediaExecute": "embedded media",
}
_KEYS = {
    "/JS": "scripts",
    "/JavaScript": "scripts",
    "/EmbeddedFiles": "an embedded file",
    "/EF": "an embedded file",
    "/OnInstantiate": "scripts",
    "/XFA": "an active form",
    "/RichMediaContent": "embedded media",
}
_TYPES = {
    "/EmbeddedFile": "an embedded file",
    "/FileAttachment": "an embedded file",
    "/RichMedia": "embedded media",
    "/Screen": "embedded media",
}
_ELSEWHERE = "data that lies in another file"
_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):(?!\d{1,5}(?:/|$))")
_HARMLESS_SCHEMES = frozenset(
    {
        "http", "https", "ftp", "ftps", "mailto", "tel", "sms", "fax", "geo", "doi", "urn", "isbn", "issn", "hdl",
        "arxiv", "pmid", "info", "sip", "sips", "xmpp", "irc", "news", "callto", "webcal", "maps",
    }
)  # fmt: skip
_BLANKS = re.compile(r"[\x00-\x1f\u00ad\u200b-\u200f\ufeff]")
_MAKERS, _WRITERS = ("/Metadata", "/PieceInfo", "/LastModified"), ("/T", "/M", "/CreationDate")
"""What says who made a part of a document and when, and the same of its annotations (ISO 32000-1, 12.5.2)."""
_ENDS, _END_BYTES = (b"%%EOF", b"trailer", b"/XRef"), 4096
_JOINED = re.compile(rb"%%EOF\s{0,16}%PDF-[12]\.\d\s")
_LOW_SIDE = 800
_LOW_QUALITY = 35
_BITS, _GREY_OR_RGB = 8, frozenset({1, 3})
_WORTHWHILE_BYTES = 8 * 1024
_WORTHWHILE_SHARE = 0.9
_MOST_PIXELS = 40_000_000
_PREVIEW_SIDE = 480
_READ_PAGES = 200
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])(?:-\n|[\x02\u00ad\ufffe]\n?)(?=[^\W\d_A-Z])")
"""A hyphen at the end of a line, or the mark that the reader leaves for one, inside a word."""
_READ_CHARACTERS = 200_000
_EXCERPT_CHARACTERS = 1000


def rewrite(path: Path, folder: Path, without_metadata: str = "") -> dict[str, Any]:
    """Write `original` (rebuilt and linearised) and, where images can be made smaller, `low`; returns facts.

    With any text for `without_metadata` nothing stays that says who made the document or took its pictures, when and
    with what; its title stays.

    Raises Rejected for active content, embedded files or a password, for what reaches out of the document, breaks off
    or is joined from several, and for what is broken beyond repair.
    """
    import pikepdf

    _check_whole(path)
    try:
        with pikepdf.open(path) as pdf:
            _check(pdf)
            facts: dict[str, Any] = {"pageCount": len(pdf.pages), **_description(pdf)}
            if _drop_strange_links(pdf):
                facts["note"] = "Links that no browser opens were taken out."
            if without_metadata:
                _drop_metadata(pdf)
            facts["repaired"] = bool(pdf.get_warnings())
            options: dict[str, Any] = {
                "linearize": True,
                "object_stream_mode": pikepdf.ObjectStreamMode.generate,
                "encryption": False,
            }
            pdf.save(folder / "original", **options)
        with pikepdf.open(folder / "original") as pdf:  # written twice from one reading, a file comes out broken
            masks = {image.SMask.objgen for image in _images(pdf) if "/SMask" in image}
            shrunk = sum([_shrink(image) for image in list(_images(pdf)) if image.objgen not in masks])
            pdf.save(folder / "low", recompress_flate=True, **options)
    except pikepdf.PasswordError:
        raise Rejected("The document is protected by a password.") from None
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ):
        raise Rejected("The document is broken and can not be read.") from None
    if not shrunk or (folder / "low").stat().st_size > _WORTHWHILE_SHARE * (folder / "original").stat().st_size:
        (folder / "low").unlink()  # it would save a slow line nothing worth having
    return {name: value for name, value in facts.items() if value}


def _check_whole(path: Path) -> None:
    """Raise Rejected for a file without an end, or with another document behind its end."""
    data = path.read_bytes()
    if not any(mark in data[-_END_BYTES:] for mark in _ENDS):  # each stands behind everything that it lists
        raise Rejected("The document breaks off before its end.")
    if _JOINED.search(data):
        raise Rejected("The file is joined from several documents.")


def _check(pdf: Any) -> None:
    if len(pdf.objects) > _MOST_OBJECTS or not 1 <= len(pdf.pages) <= _MOST_PAGES:
        raise Rejected(f"The document has no pages, more than {_MOST_PAGES}, or far too many parts.")
    for item in pdf.objects:
        for part in _dictionaries(item):
            if what := _active(part):
                raise Rejected(f"The document holds {what}.")


def _dictionaries(item: Any) -> Iterator[Any]:
    """Walk the dictionaries of one object; indirect ones come by themselves."""
    import pikepdf

    waiting = [(item, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > _MOST_DEPTH:
            raise Rejected("The document is nested too deeply.")
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            inner: Any = part.values() if isinstance(part, pikepdf.Dictionary) else part.stream_dict.values()
        elif isinstance(part, pikepdf.Array):
            inner = list(part)
        else:
            continue
        waiting += [(each, depth + 1) for each in inner if depth == 0 or not getattr(each, "is_indirect", False)]


def _active(part: Any) -> str | None:
    """Name what makes a dictionary active or lets it reach out of the file, or None.

    That is ISO 32000-1, 12.6.4 (actions), 7.11.4 (embedded files), 7.3.8 (external streams) and 8.10.4 (reference
    XObjects).
    """
    import pikepdf

    for key, what in _KEYS.items():
        if key in part:
            return what
    action = str(part.get("/S", ""))
    if action in _ACTIONS:
        return _ACTIONS[action]
    if action == "/Thread" and "/F" in part:
        return _ACTIONS["/GoToR"]
    if isinstance(part, pikepdf.Stream) and ("/F" in part or "/Ref" in part):
        return _ELSEWHERE
    for key in ("/URI", "/Base", "/F", "/UF"):
        if isinstance(part.get(key), pikepdf.String) and _is_hostile(_address(part[key])):
            return "a link to a place that is not on the web"
    return _TYPES.get(str(part.get("/Type", ""))) or _TYPES.get(str(part.get("/Subtype", "")))


def _address(link: Any) -> str:
    return _BLANKS.sub("", str(link)).strip().lower()


def _scheme(address: str) -> str:
    found = _SCHEME.match(address)
    return found.group(1) if found else ""


def _is_hostile(address: str) -> bool:
    """Say whether an address names a file, another computer's share or something to run."""
    scheme = _scheme(address)
    return (
        scheme in HOSTILE_SCHEMES
        or scheme.startswith(("ms-", "search"))
        or len(scheme) == 1  # a drive
        or address.startswith(("\\", "//", "/\\"))
    )


def _drop_strange_links(pdf: Any) -> int:
    """Take out addresses of schemes that are not known to be harmless; returns how many."""
    import pikepdf

    dropped = 0
    for item in pdf.objects:
        for part in _dictionaries(item):
            if isinstance(part.get("/URI"), pikepdf.String):
                scheme = _scheme(_address(part["/URI"]))
                if scheme and scheme not in _HARMLESS_SCHEMES:
                    part["/URI"] = pikepdf.String("")
                    dropped += 1
    return dropped


def _drop_metadata(pdf: Any) -> None:
    """Drop who made a document and took its pictures, when and with what; the title stays."""
    import pikepdf

    title = pdf.docinfo.get("/Title") if pdf.trailer.get("/Info") is not None else None
    if pdf.trailer.get("/Info") is not None:
        del pdf.trailer["/Info"]
    for item in pdf.objects:
        for part in _dictionaries(item):
            is_note = "/Rect" in part and part.get("/Subtype") not in (None, pikepdf.Name.Widget)
            for key in (*_MAKERS, *(_WRITERS if is_note else ())):
                if key in part:
                    del part[key]
        if isinstance(item, pikepdf.Stream) and item.get("/Filter") == pikepdf.Name.DCTDecode:
            item.write(without_segments(item.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
    if title is not None:
        pdf.docinfo["/Title"] = title


def _description(pdf: Any) -> dict[str, str]:
    title = str(pdf.docinfo.get("/Title", "")) if pdf.trailer.get("/Info") is not None else ""
    language = str(pdf.Root.get("/Lang", ""))
    printable = "".join(character for character in title if character.isprintable())
    return {"title": printable.strip()[:200], "language": language[:20] if language.isascii() else ""}


def _images(pdf: Any) -> Iterator[Any]:
    import pikepdf

    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image" and not item.get("/ImageMask", False):
            yield item


def _shrink(stream: Any) -> int:
    """Write an image as a smaller JPEG; returns the bytes that this saves, 0 when it is left as it is."""
    import pikepdf
    from PIL import Image

    before = len(stream.read_raw_bytes())
    if (
        before < _WORTHWHILE_BYTES
        or int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > _MOST_PIXELS
        or not _is_plain(stream)
    ):
        return 0
    try:
        picture = pikepdf.PdfImage(stream).as_pil_image(apply_mask=False)  # the mask stays a stream of its own
        if picture.mode not in {"L", "RGB"}:
            return 0
        picture.thumbnail((_LOW_SIDE, _LOW_SIDE), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=_LOW_QUALITY, optimize=True)
    except Exception:  # an image that can not be decoded stays as it is
        return 0
    if out.tell() >= before:
        return 0
    stream.write(out.getvalue(), filter=pikepdf.Name.DCTDecode, decode_parms=None)
    stream.Width, stream.Height, stream.BitsPerComponent = picture.width, picture.height, 8
    return before - out.tell()


def _is_plain(stream: Any) -> bool:
    """Say whether nothing but an image's own samples says what is seen of it, so that it can be written anew.

    Left as they are: colour-key masks, which name exact samples; soft masks with a matte, which belong to exactly
    these pixels; alpha inside JPX; samples that are turned around; and all colours but grey and RGB, with their
    profiles. A stencil or soft mask without a matte fits whatever size its picture has.
    """
    import pikepdf

    if "/SMaskInData" in stream or "/Decode" in stream or isinstance(stream.get("/Mask"), pikepdf.Array):
        return False
    if isinstance(stream.get("/SMask"), pikepdf.Stream) and "/Matte" in stream.SMask:
        return False
    filters = stream.get("/Filter", pikepdf.Array())
    if pikepdf.Name.JPXDecode in (list(filters) if isinstance(filters, pikepdf.Array) else [filters]):
        return False
    space = stream.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space) == 2 and space[0] == pikepdf.Name.ICCBased:
        return int(space[1].get("/N", 0)) in _GREY_OR_RGB and int(stream.get("/BitsPerComponent", 8)) == _BITS
    is_simple = isinstance(space, pikepdf.Name) and str(space) in {"/DeviceGray", "/DeviceRGB"}
    return is_simple and int(stream.get("/BitsPerComponent", 8)) == _BITS


def preview(path: Path, folder: Path) -> dict[str, Any]:
    """Write `preview` (page 1 as WebP) and `text` (what its first pages say); returns facts. Raises Rejected."""
    import pypdfium2
    from PIL import Image

    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()  # before any page is loaded, or what was filled in is not drawn
        page = document[0]
        width, height = page.get_size()
        if not (0 < width < 20_000 and 0 < height < 20_000):
            raise Rejected("The document's first page has no sensible size.")
        picture = page.render(scale=2 * _PREVIEW_SIDE / max(width, height), may_draw_forms=True).to_pil().convert("RGB")
        picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE), Image.Resampling.LANCZOS)
        picture.save(folder / "preview", "WEBP", quality=70)
        text = _text(document)
    except pypdfium2.PdfiumError:
        raise Rejected("The document is broken and can not be shown.") from None
    (folder / "text").write_text(text, "utf-8", errors="replace")
    return {
        "width": picture.width,
        "height": picture.height,
        "excerpt": " ".join(text[: 4 * _EXCERPT_CHARACTERS].split())[:_EXCERPT_CHARACTERS],
    }


def _text(document: Any) -> str:
    parts: list[str] = []
    left = _READ_CHARACTERS
    for number in range(min(len(document), _READ_PAGES)):
        page = document[number]
        found = page.get_textpage().get_text_bounded()[:left]
        page.close()
        parts.append(found)
        left -= len(found)
        if left <= 0:
            break
    joined = _BROKEN_WORD.sub("", "\n".join(parts).replace("\r\n", "\n"))
    return without_controls(joined)
