"""Small office documents, as their programs write them, and what may be wrong with them."""

import io
import zipfile
from collections.abc import Mapping

BASE = "application/vnd.openxmlformats-officedocument."
DOCX, PPTX = f"{BASE}wordprocessingml.document", f"{BASE}presentationml.presentation"
XLSX, ODT = f"{BASE}spreadsheetml.sheet", "application/vnd.oasis.opendocument.text"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARAGRAPH = "<w:p><w:r><w:t>Photosynthesis makes</w:t></w:r><w:r><w:t xml:space='preserve'> sugar.</w:t></w:r></w:p>"
SENTENCE = "<text:p>Roots drink <text:span>water</text:span>.</text:p>"
Parts = dict[str, str | bytes]
Changes = Mapping[str, str | bytes]
NONE: Changes = {}


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Put parts into an archive in their order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Read every part of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def types(overrides: Mapping[str, str]) -> str:
    """Write the list of content types, by the names of parts."""
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def relations(*entries: str) -> str:
    """Write a part of relationships."""
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'


def relation(kind: str, target: str, *, is_external: bool = False) -> str:
    """Write one relationship."""
    mode = ' TargetMode="External"' if is_external else ""
    return f'<Relationship Id="r{abs(hash(target)) % 10**6}" Type="{RELATION}/{kind}" Target="{target}"{mode}/>'


def docx(body: str = PARAGRAPH, links: str = "", changes: Changes = NONE) -> bytes:
    """Make a text document; a change replaces a part, or adds it."""
    named = f'xmlns:w="{_W}" xmlns:r="{RELATION}"'
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    parts: Parts = {
        "[Content_Types].xml": types({"/word/document.xml": f"{DOCX}.main+xml", "/docProps/core.xml": core}),
        "_rels/.rels": relations(relation("officeDocument", "word/document.xml")),
        "word/document.xml": f"{_HEAD}<w:document {named}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(
            relation("hyperlink", "https://example.org/leaf", is_external=True),
            relation("hyperlink", "mailto:ada@example.org", is_external=True),
            links,
        ),
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Ada Obi</dc:creator></cp:coreProperties>',
    }
    return zipped({**parts, **changes})


def pptx(changes: Changes = NONE) -> bytes:
    """Make a presentation of one slide."""
    slide = (
        f'{_HEAD}<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r>'
        "<a:t>Cells</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    parts: Parts = {
        "[Content_Types].xml": types({"/ppt/presentation.xml": f"{PPTX}.main+xml"}),
        "_rels/.rels": relations(relation("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'{_HEAD}<p:presentation xmlns:p="{_P}"/>',
        "ppt/slides/slide1.xml": slide,
    }
    return zipped({**parts, **changes})


def xlsx(formula: str = "SUM(A1:A2)", changes: Changes = NONE) -> bytes:
    """Make a workbook of one sheet."""
    parts: Parts = {
        "[Content_Types].xml": types({"/xl/workbook.xml": f"{XLSX}.main+xml"}),
        "_rels/.rels": relations(relation("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_S}"/>',
        "xl/worksheets/sheet1.xml": f'{_HEAD}<worksheet xmlns="{_S}"><sheetData><row r="1"><c r="A3"><f>{formula}</f>'
        "<v>3</v></c></row></sheetData></worksheet>",
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{_S}"><si><t>Height</t></si><si><t>Weight</t></si></sst>',
        "xl/printerSettings/printerSettings1.bin": b"\x00\x01",
    }
    return zipped({**parts, **changes})


def odt(body: str = SENTENCE, changes: Changes = NONE) -> bytes:
    """Make an OpenDocument text."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    names = "".join(f' xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "text", "draw", "script"))
    parts: Parts = {
        "mimetype": ODT,
        "content.xml": f'{_HEAD}<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        "meta.xml": f"{_HEAD}<office:document-meta{names}><office:meta>Ada Obi</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>',
        "Thumbnails/thumbnail.png": b"\x89PNG\r\n\x1a\n",
    }
    return zipped({**parts, **changes})
