"""Documents: what the PDF, the badges and the transcript say, to whom, and that pictures carry their credential."""

import io
import json
import re

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from lyceum.model.users.account import User
from tests.certificates.conftest import CHILD, School
from tests.support.http import Reply

from functions.certificates.credentials import baking
from functions.certificates.credentials.baking import NotBaked
from functions.users import erasure


def _text(reply: Reply) -> str:
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(reply.content)
    return " ".join(page.get_textpage().get_text_range() for page in document)


def test_the_pdf_is_an_archive_document_that_carries_its_credential(school: School) -> None:
    name = school.certificate()["certificateId"]
    reply = school.client.get(f"/api/certificates/{name}/pdf")
    text = _text(reply)
    for part in ("Ada Okafor", "Algebra I", "January 11, 2027", name, "Scan to verify"):
        assert part in text
    assert reply.headers["Content-Disposition"] == f'inline; filename="certificate-{name}.pdf"'
    with pikepdf.open(io.BytesIO(reply.content)) as document:
        assert "part>3" in document.Root.Metadata.read_bytes().decode()
        assert len(document.pages) == 1
        attached = document.attachments["credential.json"].get_file().read_bytes()
    shown = school.verify(name, credential=json.loads(attached))
    assert shown["isValid"]
    again = school.client.get(f"/api/certificates/{name}/pdf", accept_encoding="gzip")
    assert again.content == reply.content


def test_only_the_holder_reads_a_minors_name(school: School) -> None:
    school.person(school.student, profile=CHILD)
    path = f"/api/certificates/{school.certificate()['certificateId']}/pdf"
    assert "Ada Okafor" in _text(school.student.get(path))
    for reader in (school.client, school.teacher):
        text = _text(reader.get(path))
        assert "Okafor" not in text
        assert "A. O." in text


def test_documents_are_in_the_holders_language_with_long_words(school: School) -> None:
    school.person(school.student, language="fr", first_name="Ọlájùmọ̀kẹ́" * 4, last_name="Ṣàngódélé")
    course = school.completed(title="Théorie des ensembles et des nombres transfinis, deuxième partie " * 2)
    name = school.certificate(courseId=course)["certificateId"]
    text = _text(school.client.get(f"/api/certificates/{name}/pdf"))
    assert "Ce certificat est décerné à" in text
    assert "11 janvier 2027" in text
    with pikepdf.open(io.BytesIO(school.client.get(f"/api/certificates/{name}/pdf").content)) as document:
        assert len(document.pages) == 1


def test_the_pdf_says_that_a_certificate_holds_no_longer(school: School) -> None:
    name = school.certificate()["certificateId"]
    school.teacher.post(f"/api/certificates/{name}/revoke", {"reason": "a mistake"})
    reply = school.client.get(f"/api/certificates/{name}/pdf")
    assert "This certificate was revoked." in _text(reply)
    with pikepdf.open(io.BytesIO(reply.content)) as document:
        assert not document.attachments


def test_badges_carry_the_credential_once(school: School) -> None:
    name = school.certificate()["certificateId"]
    reply = school.client.get(f"/api/certificates/{name}/badge.png")
    picture = Image.open(io.BytesIO(reply.content))
    assert (picture.format, picture.size) == ("PNG", (600, 600))
    assert school.verify(name, credential=baking.from_png(reply.content))["isValid"]
    drawn = school.client.get(f"/api/certificates/{name}/badge.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    found = re.findall(r"<openbadges:credential><!\[CDATA\[(.+?)\]\]></openbadges:credential>", drawn.body, re.DOTALL)
    assert len(found) == 1
    assert school.verify(name, credential=json.loads(found[0]))["isValid"]


def test_an_earlier_name_is_in_no_document_any_more(school: School) -> None:
    course_id = school.completed()
    old = school.certificate(courseId=course_id)["certificateId"]
    school.person(school.student, last_name="Eze")
    school.certificate(courseId=course_id, reissue=True)
    for form in ("png", "svg"):
        assert school.client.get(f"/api/certificates/{old}/badge.{form}").error.code == "CERTIFICATE_SUPERSEDED"
    text = _text(school.client.get(f"/api/certificates/{old}/pdf"))
    assert "Okafor" not in text
    assert "Another certificate has taken the place" in text
    assert "Okafor" not in school.client.get(f"/api/certificates/{old}", {"form": "credential"}).body


def test_pictures_without_one_credential_are_told_apart() -> None:
    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "PNG")
    plain = made.getvalue()
    baked = baking.png(plain, {"id": "urn:a"})
    assert baking.from_png(baked) == {"id": "urn:a"}
    for picture in (plain, baking.png(baked, {"id": "urn:b"}), b"GIF89a"):
        with pytest.raises(NotBaked):
            baking.from_png(picture)


def test_the_transcript_lists_what_holds(school: School) -> None:
    assert "There are no certificates yet." in _text(school.student.get("/api/certificates/transcript"))
    held = school.certificate(examId=school.passed().exam_id)
    gone = school.certificate(courseId=school.completed(title="Geometry"))
    school.teacher.post(f"/api/certificates/{gone['certificateId']}/revoke", {"reason": "a mistake"})
    text = _text(school.student.get("/api/certificates/transcript"))
    assert held["title"] in text
    assert "75%" in text
    assert "Geometry" not in text
    assert school.client.get("/api/certificates/transcript").status == 401


def test_an_erased_holder_leaves_a_hash_and_no_page(school: School) -> None:
    name = school.certificate()["certificateId"]
    document = school.credential(name)
    erasure._empty(User.require(user_id=school.student.user_id))
    for path in ("", "/pdf", "/badge.png", "/badge.svg"):
        assert school.client.get(f"/api/certificates/{name}{path}").error.code == "GONE"
    found = school.verify(name)
    assert (found["isValid"], found["failure"]) == (False, "WITHDRAWN")
    assert "certificate" not in found
    assert school.verify(name, credential=document)["isValid"]
