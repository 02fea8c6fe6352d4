"""Pictures inside a file become uploads: from data URLs, from files of a question and of a package."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lyceum.model.content.uploads import Upload
from tests.content.conftest import Depot
from tests.content.pictures import picture
from tests.imports.conftest import Importer
from tests.support.workers import deliver

from functions.imports import row_store
from functions.imports.events import parse
from functions.imports.formats.reader import read
from functions.imports.syntax.drafts import Draft, Picture
from functions.imports.syntax.limits import Unreadable

PNG = picture(30, 20, kind="PNG")
CODED = base64.b64encode(PNG).decode()
DATA_URL = f"data:image/png;base64,{CODED}"


def moodle(text: str, files: str = "", answer: str = "Yes") -> str:
    return f"""<quiz><question type="multichoice"><name><text>n</text></name>
    <questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext><single>true</single>
    <answer fraction="100" format="html"><text><![CDATA[{answer}]]></text></answer>
    <answer fraction="0" format="html"><text>No</text></answer></question></quiz>"""


def file(name: str, body: bytes, path: str = "/") -> str:
    return f'<file name="{name}" path="{path}" encoding="base64">{base64.b64encode(body).decode()}</file>'


def drafts(tmp_path: Path, body: bytes | str, kind: str = "moodle_xml") -> list[Draft]:
    path = tmp_path / "original"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return list(read(path, kind, {}).drafts)


def qti(image: str, files: dict[str, bytes]) -> bytes:
    item = f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t">
    <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    <correctResponse><value>A</value></correctResponse></responseDeclaration>
    <itemBody><p>Look: {image}</p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">
    <simpleChoice identifier="A">Yes</simpleChoice><simpleChoice identifier="B">No</simpleChoice></choiceInteraction>
    </itemBody></assessmentItem>"""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("items/one.xml", item)
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


NAMED = '<img src="@@PLUGINFILE@@/a%20b/leaf.png" alt="A leaf" width="30" style="color:red">'


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (f'<img src="{DATA_URL}" alt="A leaf" width="30">', ""),
        (f"<IMG alt='A leaf' SRC='{DATA_URL}' width=30>", ""),
        (NAMED, file("leaf.png", PNG, "/a b/")),
    ],
)
def test_a_picture_becomes_an_upload_where_it_stood(tmp_path: Path, text: str, files: str) -> None:
    (draft,) = drafts(tmp_path, moodle(f"<p>See {text} here.</p>", files))
    ((name, kept),) = draft.pictures.items()
    assert (kept.content_type, kept.body) == ("image/png", PNG)
    assert draft.question["stem"] == f'<p>See <img src="upload:{name}" alt="A leaf" width="30"> here.</p>'
    assert draft.notes == []


def test_pictures_of_options_are_taken_and_one_that_comes_twice_is_one(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, moodle(f'<img src="{DATA_URL}">', answer=f'Yes <img src="{DATA_URL}">'))
    ((name, _),) = draft.pictures.items()
    assert f"upload:{name}" in draft.question["options"][0]["text"]


@pytest.mark.parametrize(
    "image",
    [
        '<img src="../media/leaf.png" alt="A leaf"/>',
        '<img src="../media/./leaf.png" alt="A leaf"/>',
        '<object type="image/png" data="../media/leaf.png">A leaf</object>',
        f'<img src="{DATA_URL}" alt="A leaf"/>',
    ],
)
def test_pictures_of_a_package_are_found_from_their_item(tmp_path: Path, image: str) -> None:
    (draft,) = drafts(tmp_path, qti(image, {"media/leaf.png": PNG}), "qti")
    ((name, kept),) = draft.pictures.items()
    assert kept.body == PNG
    assert f'<img src="upload:{name}" alt="A leaf">' in draft.question["stem"]


LINK = '<img src="https://example.org/a.png" alt="x">'
PROGRAM = base64.b64encode(b"MZ" * 99).decode()


@pytest.mark.parametrize(
    ("image", "stands", "noted"),
    [
        (LINK, "[x]", "at https://example.org/a.png; its description"),
        ('<img src="http://example.org/a.png" alt="x">', "[x]", "at http://example.org/a.png; its description"),
        ('<img src="//example.org/a.png">', "[image]", "at //example.org/a.png"),
        ('<img src="@@PLUGINFILE@@/gone.png" alt="x">', "[x]", "is not in the file"),
        ('<img src="pictures/a.png" alt="&lt;x&gt;">', "[&lt;x&gt;]", "is not in the file"),
        ('<img alt="x">', "[x]", "is not in the file"),
        ('<img src="data:image/svg+xml,%3Csvg/%3E" alt="x">', "[x]", "no JPEG, PNG, GIF or WebP"),
        ('<img src="data:image/png;base64,!!!" alt="x">', "[x]", "no JPEG, PNG, GIF or WebP"),
        (f'<img src="data:image/png;base64,{PROGRAM}" alt="x">', "[x]", "no JPEG"),
    ],
)
def test_what_can_not_be_taken_is_said(tmp_path: Path, image: str, stands: str, noted: str) -> None:
    (draft,) = drafts(tmp_path, moodle(f"<p>See {image}</p>"))
    assert draft.question["stem"] == f"<p>See {stands}</p>"
    assert draft.pictures == {}
    assert [noted in note for note in draft.notes] == [True]


def test_files_that_nothing_shows_and_sounds_are_said(tmp_path: Path) -> None:
    text = '<p><a href="@@PLUGINFILE@@/a.mp3">Hear</a></p>'
    (draft,) = drafts(tmp_path, moodle(text, file("a.mp3", b"ID3") + file("lost.png", PNG)))
    assert sorted(draft.notes) == [
        "A file that no text shows is not taken over: 'lost.png'.",
        "Files inside the question other than pictures are not taken over.",
    ]
    assert draft.pictures == {}


def store_tasks(importer: Importer) -> list[dict[str, Any]]:
    return [json.loads(entry["Detail"]) for entry in importer.client.cloud.published(importer.client.tenant)
            if entry["DetailType"] == "upload.store"]  # fmt: skip


def test_pictures_become_uploads_of_who_confirmed_when_their_questions_are_written(importer: Importer) -> None:
    text = moodle(f'<p>See <img src="{DATA_URL}" alt="A leaf"></p>')
    job_id = importer.parsed(text, "moodle_xml")
    (row,) = importer.rows(job_id)
    assert row["outcome"] == "create"
    assert importer.confirm(job_id).status in {200, 202}
    assert deliver(importer.client.cloud, importer.client.tenant, rounds=12) == 0
    (question,) = importer.questions()
    upload_id = question.stem.partition("upload:")[2][:26]
    depot = Depot(importer.client)
    upload = Upload.require(upload_id=upload_id, consistent=True)
    assert (upload.owner_id, upload.purpose, upload.state) == (importer.moderator.user_id, "question_image", "waiting")
    assert depot.process(upload_id) == 0
    for reader in (importer.moderator, importer.client.as_("student")):
        shown = reader.get(f"/api/uploads/{upload_id}").data
        assert (shown["state"], bool(shown["variants"])) == ("ready", True)
    again = importer.parsed(text, "moodle_xml")
    assert [each["outcome"] for each in importer.rows(again)] == ["duplicate"]
    other = importer.parsed(text.replace("See", "Look at"), "moodle_xml")
    importer.confirm(other)
    assert deliver(importer.client.cloud, importer.client.tenant, rounds=12) == 0
    assert Upload.require(upload_id=upload_id, consistent=True).state == "ready"


def test_an_upload_of_another_purpose_is_shown_to_its_owner_alone(importer: Importer) -> None:
    depot = Depot(importer.client)
    upload_id = depot.send(PNG, "image/png", "document")
    assert depot.process(upload_id) == 0
    assert importer.client.as_("eve", "student").get(f"/api/uploads/{upload_id}").status == 404


def test_too_many_bytes_of_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(parse, "MOST_PICTURES_BYTES", 1 << 20)
    monkeypatch.setattr(row_store, "store_picture", lambda _prefix, each: kept.append(each.upload_id))
    album = parse._Album("imports-parsed/t/j/r")
    many = [Picture(str(number), "image/png", "a.png", bytes(400_000)) for number in range(3)]
    album.add([*many[:2], many[0]])
    assert kept == ["0", "1"]
    with pytest.raises(Unreadable, match="1 MiB"):
        album.add(many)
