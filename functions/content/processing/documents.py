"""PDF documents: rejected when they act, rebuilt, made small, shown by their first page and read for search.

Everything here runs in a process of its own with bounded time and memory (`isolation`), since the parsers are written
in C++ and the files come from strangers.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.content.processing.rejection import Rejected

_MOST_PAGES = 2000
_MOST_OBJECTS = 300_000
_MOST_DEPTH = 60
_ACTIONS = {
    "/JavaScript": "scripts",
    "/Launch": "an action that starts a program",
    "/ImportData": "an action that loads a file",
    "/SubmitForm": "a form that sends data away",
    "/GoToE": "an embedded file",
    "/Rendition": "embedded media",
    "/Movie": "embedded media",
    "/Sound": "embedded media",
    "/RichMediaExecute": "embedded media",
}
_KEYS = {
    "/JS": "scripts",
    "/JavaScript": "scripts",
    "/EmbeddedFiles": "an embedded file",
    "/XFA": "an active form",
    "/RichMediaContent": "embedded media",
}
_TYPES = {
    "/EmbeddedFile": "an embedded file",
    "/FileAttachment": "an embedded file",
    "/RichMedia": "embedded media",
    "/Screen": "embedded media",
}
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:", "#")
_LOW_SIDE = 800
_LOW_QUALITY = 35
_WORTHWHILE_BYTES = 8 * 1024
_WORTHWHILE_SHARE = 0.9
_MOST_PIXELS = 40_000_000
_PREVIEW_SIDE = 480
_READ_PAGES = 200
_READ_CHARACTERS = 200_000
_EXCERPT_CHARACTERS = 1000


def rewrite(path: Path, folder: Path) -> dict[str, Any]:
    """Write `original` (rebuilt and linearised) and, where images can be made smaller, `low`; returns facts.

    Raises Rejected for active content, embedded files or a password, and for what is broken beyond repair.
    """
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            _check(pdf)
            facts: dict[str, Any] = {"pageCount": len(pdf.pages), **_description(pdf)}
            facts["repaired"] = bool(pdf.get_warnings())
            options: dict[str, Any] = {
                "linearize": True,
                "object_stream_mode": pikepdf.ObjectStreamMode.generate,
                "encryption": False,
            }
            pdf.save(folder / "original", **options)
        with pikepdf.open(folder / "original") as pdf:  # written twice from one reading, a file comes out broken
            shrunk = sum([_shrink(image) for image in list(_images(pdf))])
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
    """Name what makes a dictionary active (ISO 32000-1, 12.6.4 and 7.11.4), or None."""
    for key, what in _KEYS.items():
        if key in part:
            return what
    action = str(part.get("/S", ""))
    if action in _ACTIONS:
        return _ACTIONS[action]
    if (
        action == "/URI"
        and "/URI" in part
        and not str(part["/URI"]).strip().lower().startswith(_SAFE_SCHEMES)
        and ":" in str(part["/URI"])
    ):
        return "a link to a place that is not on the web"
    return _TYPES.get(str(part.get("/Type", ""))) or _TYPES.get(str(part.get("/Subtype", "")))


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
        or "/SMaskInData" in stream
    ):
        return 0
    try:
        picture = pikepdf.PdfImage(stream).as_pil_image()
        picture = (
            picture
            if picture.mode in {"L", "RGB"}
            else picture.convert("L" if picture.mode in {"1", "I;16"} else "RGB")
        )
        picture.thumbnail((_LOW_SIDE, _LOW_SIDE), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=_LOW_QUALITY, optimize=True)
    except Exception:  # an image that can not be decoded stays as it is
        return 0
    if out.tell() >= before:
        return 0
    stream.write(out.getvalue(), filter=pikepdf.Name.DCTDecode, decode_parms=None)
    stream.Width, stream.Height, stream.BitsPerComponent = picture.width, picture.height, 8
    stream.ColorSpace = pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB
    for name in ("/Decode", "/Mask", "/Intent"):
        if name in stream:
            del stream[name]
    return before - out.tell()


def preview(path: Path, folder: Path) -> dict[str, Any]:
    """Write `preview` (page 1 as WebP) and `text` (what its first pages say); returns facts. Raises Rejected."""
    import pypdfium2
    from PIL import Image

    try:
        document = pypdfium2.PdfDocument(path)
        page = document[0]
        width, height = page.get_size()
        if not (0 < width < 20_000 and 0 < height < 20_000):
            raise Rejected("The document's first page has no sensible size.")
        picture = page.render(scale=2 * _PREVIEW_SIDE / max(width, height)).to_pil().convert("RGB")
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
    return "\n".join(parts).replace("\r\n", "\n").replace("\x00", "")
