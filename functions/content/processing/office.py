"""Office documents: Word, PowerPoint and Excel (ECMA-376) and OpenDocument texts (ISO/IEC 26300), checked and repacked.

What runs or reaches out when a document is opened is refused: macros, embedded programs and objects, templates,
pictures, data and scripts from elsewhere. Links that a reader may follow stay. A chart's own workbook may be inside; it
is checked as the document is. It runs in a process of its own (`isolation`), since markup may be made to hang a parser.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from functions.content.processing.archives import zip_members
from functions.content.processing.archives.zip_members import Limits, shown
from functions.content.processing.file_type import hidden_kind
from functions.content.processing.jpeg_metadata import without_segments
from functions.content.processing.link_schemes import HOSTILE_SCHEMES
from functions.content.processing.rejection import Rejected
from functions.content.processing.scanner import scan_member

_LIMITS = Limits("document", most_members=5000, most_bytes=300 << 20, most_member_bytes=60 << 20)
_EXCERPT_CHARACTERS = 1000
_MOST_TEXT = 2_000_000
_MAIN = "application/vnd.openxmlformats-officedocument."
_PARTS = {
    f"{_MAIN}wordprocessingml.document": f"{_MAIN}wordprocessingml.document.main+xml",
    f"{_MAIN}presentationml.presentation": f"{_MAIN}presentationml.presentation.main+xml",
    f"{_MAIN}spreadsheetml.sheet": f"{_MAIN}spreadsheetml.sheet.main+xml",
}
"""The content type of each kind of document, and of the part that makes it one."""
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
_EXTENSIONS = frozenset(
    [
        "xml", "rels", "vml", "rdf", "svg", "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff", "emf",
        "wmf", "wdp", "webp", "ttf", "otf", "odttf", "fntdata", "mp3", "m4a", "wav", "mp4", "m4v", "mov", "xlsx",
        "docx", "pptx",
    ]
)  # fmt: skip
_INNER = {
    ".docx": f"{_MAIN}wordprocessingml.document",
    ".pptx": f"{_MAIN}presentationml.presentation",
    ".xlsx": f"{_MAIN}spreadsheetml.sheet",
}
_MARKUP = frozenset({".xml", ".rels", ".vml", ".rdf", ".svg"})
_MACROS = re.compile(r"macroenabled|vbaproject|vbadata|ms-office\.activex|\.intlmacrosheet", re.IGNORECASE)
_OBJECTS = re.compile(r"oleobject|ms-package|ms-office\.legacydiagramtext|controlproperties", re.IGNORECASE)
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_FIELDS = re.compile(r"(?:^|\s)(?:DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE)\s", re.IGNORECASE)
_FETCHING = re.compile(r"\b(?:WEBSERVICE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC)\s*\(", re.IGNORECASE)
_LINK_ELEMENTS = frozenset(["a", "shape", "rect", "roundrect", "oval", "line", "polyline", "group", "hyperlink"])
"""Elements whose references are followed by a reader's click; those of all others are fetched at once."""
_TEMPLATE = re.compile(rb"<(?:\w{1,20}:)?attachedTemplate\b[^<>]*+(?<=/)>")
_TEMPLATE_LINK = re.compile(rb"<(?:\w{1,20}:)?Relationship\b(?=[^<>]*/attachedTemplate[\"'])[^<>]*+(?<=/)>")
_TEXT_ELEMENTS = frozenset({"t", "p", "h", "span", "a"})
_BREAKS = frozenset({"p", "h", "br", "line-break", "s", "tab", "si", "row"})
_ACTIVE_ELEMENTS = {
    "script": "scripts",
    "event-listener": "scripts",
    "event-listeners": "scripts",
    "applet": "an embedded program",
    "plugin": "an embedded program",
    "floating-frame": "a page from elsewhere",
    "object-ole": "an embedded object",
    "dde-source": "data from elsewhere",
    "dde-connection-decl": "data from elsewhere",
    "ddeLink": "data from elsewhere",
    "oleLink": "data from elsewhere",
    "encryption-data": "a password",
}
"""Elements by their local names, and what a document with one of them has in it."""
_BLANK = {
    "docprops/core.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docprops/custom.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
    "meta.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"/>',
}
"""What stands for the parts that say who made a document, once that is removed."""


@dataclass
class _Text:
    """What readers see of a document, as far as its checks came."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        """Take a piece in, unless there is more than enough."""
        if self.length < _MOST_TEXT:
            self.pieces.append(piece)
            self.length += len(piece)


def repack_file(path: Path, folder: Path, content_type: str, without_metadata: str = "") -> dict[str, Any]:
    """Check a document and write it anew as `original`; returns facts. Raises Rejected, naming the part at fault.

    With any text for `without_metadata` nothing stays that says who made it or took its pictures. Names beside comments
    and tracked changes are part of the text, and stay.
    """
    texts = _Text()
    data = _repacked(path.read_bytes(), content_type, bool(without_metadata), texts, is_inside=False)
    (folder / "original").write_bytes(data)
    words = " ".join("".join(texts.pieces).split())
    return {"excerpt": words[:_EXCERPT_CHARACTERS], "wordCount": len(words.split())}


def _repacked(data: bytes, content_type: str, is_quiet: bool, texts: _Text, *, is_inside: bool) -> bytes:
    clean = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as document, zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as kept:
            members = zip_members.members_of(document, len(data), _LIMITS)
            is_open = content_type == OPEN_DOCUMENT
            (_check_open_document if is_open else _check_package)(document, members, content_type)
            for name in _in_order(members):
                member = members[name]
                part = _part(document, name, member, is_quiet, texts, is_inside)
                method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
                kept.writestr(zipfile.ZipInfo(str(PurePosixPath(member.filename))), part, method)
    except zip_members.BROKEN:
        raise Rejected("The document is broken and can not be read.") from None
    return clean.getvalue()


def _in_order(members: Mapping[str, zipfile.ZipInfo]) -> list[str]:
    """Return the names with `mimetype` first, as ISO/IEC 26300-2, 3.3 asks for."""
    return sorted(members, key=lambda name: name != "mimetype")


def _check_package(document: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], content_type: str) -> None:
    """Ask the list of content types (ECMA-376-2, 7.2.3) what the parts are; no name of a file is believed."""
    listed = members.get("[content_types].xml")
    if listed is None:
        raise Rejected("The file is no office document of the announced kind.")
    found: list[str] = []

    def element(_name: str, attributes: Mapping[str, str]) -> None:
        found.append(attributes.get("ContentType", ""))

    _parse(zip_members.read(document, listed, _LIMITS), listed.filename, element)
    for each in found:
        if _MACROS.search(each):
            raise Rejected("The document holds macros.")
        if _OBJECTS.search(each):
            raise Rejected("The document holds an embedded object.")
    if _PARTS[content_type] not in found:
        raise Rejected("The file is no office document of the announced kind.")


def _check_open_document(document: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], content_type: str) -> None:
    named = members.get("mimetype")
    said = zip_members.read(document, named, _LIMITS) if named else b""
    if said.strip() != content_type.encode() or "content.xml" not in members:
        raise Rejected("The file is no office document of the announced kind.")
    for name, member in members.items():
        if name.startswith(("basic/", "scripts/", "dialogs/")):
            raise Rejected(f"The document holds macros: {shown(member.filename)}.")


def _part(
    document: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, is_quiet: bool, texts: _Text, is_inside: bool
) -> bytes:
    """Read a part, check it as what it is, and return what is kept of it."""
    data, what = zip_members.read(document, member, _LIMITS), shown(member.filename)
    suffix = "." + name.rpartition("/")[2].rpartition(".")[2]  # `.rels` is a kind, not a hidden file
    if name in {"mimetype", "manifest.rdf"} or (suffix == ".bin" and "printersettings" in name):
        return data
    if name.startswith("thumbnails/") and hidden_kind(data) is None:
        return data
    if suffix.removeprefix(".") not in _EXTENSIONS:
        raise Rejected(f"The document has a part of a kind that is not taken: {what}.")
    if suffix in _INNER:
        if is_inside:
            raise Rejected(f"The document has documents inside documents: {what}.")
        return _repacked(data, _INNER[suffix], is_quiet, _Text(), is_inside=True)
    if hidden := hidden_kind(data):
        raise Rejected(f"The document's part {what} is {hidden}.")
    if suffix in _MARKUP:
        data = _without_template(name, data)
        _check_markup(name, data, member.filename, texts)
    try:
        scan_member(data, is_text=suffix in _MARKUP)
    except Rejected as rejection:
        raise Rejected(f"{str(rejection).removesuffix('.')}: {what}.") from None
    if is_quiet:
        return without_segments(data) if data.startswith(b"\xff\xd8\xff") else _BLANK.get(name, data)
    return data


def _without_template(name: str, data: bytes) -> bytes:
    """Take out the template that a document was begun with: it is fetched when the document opens, and never needed.

    What stands in another encoding is not found here, and refused by the check that follows.
    """
    pattern = {"word/settings.xml": _TEMPLATE, "word/_rels/settings.xml.rels": _TEMPLATE_LINK}.get(name)
    return pattern.sub(b"", data) if pattern else data


@dataclass
class _MarkupCheck:
    """A pass over the markup of one part."""

    name: str
    filename: str
    texts: _Text
    fields: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    open_elements: list[str] = field(default_factory=list)

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        """Check an element's kind and what it refers to."""
        local, what = element.rpartition(" ")[2], shown(self.filename)
        self.open_elements.append(local)
        if local in _ACTIVE_ELEMENTS:
            raise Rejected(f"The document holds {_ACTIVE_ELEMENTS[local]}: {what}.")
        if self.name.endswith(".rels"):
            _check_relationship(attributes, what)
        elif self.name != "meta.xml":  # which names the template that a text was begun with, and fetches nothing
            _check_references(local, attributes, what)
        if local == "fldSimple":
            self.fields += [value for key, value in attributes.items() if key.endswith("instr")]
        if local in _BREAKS:
            self.texts.add(" ")

    def end(self, _element: str) -> None:
        """Leave an element."""
        self.open_elements.pop()

    def characters(self, text: str) -> None:
        """Sort text by what it stands in: fields, formulas, or what readers see."""
        local = self.open_elements[-1] if self.open_elements else ""
        if local in {"instrText", "delInstrText"}:
            self.fields.append(text)
        elif local in {"f", "definedName", "formula1", "formula2"}:
            self.formulas.append(text)
        elif local in _TEXT_ELEMENTS and _is_text(self.name):
            self.texts.add(text)

    def finish(self) -> None:
        """Refuse fields and formulas that fetch something; a field may be cut into several runs of text."""
        if _FIELDS.search("".join(self.fields)):
            raise Rejected(f"The document has a field that fetches something from elsewhere: {shown(self.filename)}.")
        if _FETCHING.search(" ".join(self.formulas)):
            raise Rejected(f"The document has a formula that fetches something: {shown(self.filename)}.")


def _check_markup(name: str, data: bytes, filename: str, texts: _Text) -> None:
    check = _MarkupCheck(name, filename, texts)
    _parse(data, filename, check.start, check.end, check.characters)
    check.finish()


def _is_text(name: str) -> bool:
    """Say whether a part is text that readers see: a document's body, slides, shared strings of a workbook."""
    return name in {"word/document.xml", "xl/sharedstrings.xml", "content.xml"} or bool(
        re.fullmatch(r"ppt/slides/slide\d+\.xml", name)
    )


def _check_relationship(attributes: Mapping[str, str], what: str) -> None:
    """Refuse what is fetched when a document opens (ECMA-376-2, 6.5): all that is outside, but links to follow."""
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    if attributes.get("TargetMode", "").lower() == "external":
        if not kind.endswith("/hyperlink"):
            raise Rejected(f"The document fetches something from elsewhere: {what}.")
        _check_link(target, what)
    elif kind.endswith(("/attachedTemplate", "/aFChunk", "/oleObject", "/control", "/vbaProject", "/externalLink")):
        raise Rejected(f"The document holds an embedded object: {what}.")
    elif target and (_scheme(target) or unquote(target).startswith(("\\", "//"))):
        raise Rejected(f"The document fetches something from elsewhere: {what}.")


def _check_references(local: str, attributes: Mapping[str, str], what: str) -> None:
    """Refuse references of OpenDocument and of drawings that are fetched at once; links of texts may stay."""
    for key, value in attributes.items():
        name = key.rpartition(" ")[2]
        if name not in {"href", "src"} or value.startswith("#"):
            continue
        if local in _LINK_ELEMENTS:
            _check_link(value, what)
        elif _scheme(value) not in {"", "data"} or unquote(value).startswith(("/", "\\", "..")):
            raise Rejected(f"The document fetches something from elsewhere: {what}.")


def _check_link(target: str, what: str) -> None:
    plain = unquote(target).strip()
    if plain.startswith(("\\", "//")) or _scheme(plain) in HOSTILE_SCHEMES:
        raise Rejected(f"The document links to a file, a share or a script: {what}.")


def _scheme(address: str) -> str:
    found = _SCHEME.match(unquote(address).strip())
    return found.group(1).lower() if found else ""


def _parse(
    data: bytes,
    filename: str,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Read markup from its beginning to its end; a declaration of a document type or of entities is refused."""

    def refuse(*_: object) -> None:
        raise Rejected(f"The document declares entities of its own: {shown(filename)}.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if end:
        parser.EndElementHandler = end
    if characters:
        parser.CharacterDataHandler = characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Rejected(f"The document is broken at {shown(filename)}.") from None
