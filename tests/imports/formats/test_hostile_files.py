"""Files that mean harm: bombs, entities, places outside, endless nesting. Each is refused by a reason, quickly."""

import base64
import io
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.conftest import Importer
from tests.imports.workbooks import workbook

from functions.imports.formats import moodle_xml, reader
from functions.imports.formats.qti import package as qti
from functions.imports.syntax import limits, safe_zip, xlsx_formats
from functions.imports.syntax.limits import Unreadable

BILLION = '<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><quiz><question type="essay">&b;</question></quiz>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay">&x;</question></quiz>'
NO_ENTITIES = '<!DOCTYPE quiz SYSTEM "http://example.com/quiz.dtd"><quiz></quiz>'
DEEP = "<quiz><question>" + "<a>" * 100 + "</a>" * 100 + "</question></quiz>"
WIDE = "<quiz>" + "<a/>" * 30_000 + "</quiz>"
BROKEN = '<quiz><question type="essay"><name>'
CODED = '<?xml version="1.0" encoding="no-such-code"?><quiz/>'


def packed(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in entries.items():
            file.writestr(name, body)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("text", [BILLION, OUTSIDE, NO_ENTITIES, DEEP, WIDE, BROKEN, CODED], ids=range(7))
def test_xml_that_means_harm_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        list(moodle_xml.read(io.BytesIO(text.encode())))


def test_an_item_with_entities_is_told_and_the_others_are_read(path: Path) -> None:
    body = b'<itemBody><extendedTextInteraction responseIdentifier="R"/>Why so?</itemBody>'
    good = b'<assessmentItem title="t">' + body + b"</assessmentItem>"
    path.write_bytes(packed(**{"a.xml": OUTSIDE.encode(), "b.xml": good}))
    first, second = qti.read(path)
    assert [problem.field for problem in first.problems] == ["file"]
    assert second.question["stem"] == "Why so?" and not second.problems


@pytest.mark.parametrize("name", ["../x.xml", "/etc/x.xml", "a/../../x.xml", "..\\x.xml", "C:\\x.xml"])
def test_an_archive_that_names_places_outside_is_refused(path: Path, name: str) -> None:
    path.write_bytes(packed(**{name: b"<a/>"}))
    with pytest.raises(Unreadable, match="outside"):
        list(qti.read(path))


def test_an_archive_that_unpacks_to_far_more_is_refused(path: Path) -> None:
    path.write_bytes(packed(**{"a.xml": b"0" * (5 * limits.MEBIBYTE)}))
    with pytest.raises(Unreadable, match="far more"):
        safe_zip.repack(path, path.with_suffix(".out"), xlsx_formats.raised)


def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_read(path: Path) -> None:
    body = io.BytesIO(workbook([["stem"]]))
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", b" " * (20 * limits.MEBIBYTE))
    path.write_bytes(body.getvalue())
    with pytest.raises(Unreadable, match="far more"):
        list(reader.read(path, "xlsx", {}).drafts)


def test_all_entries_together_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_zip, "MOST_UNPACKED_BYTES", 1500)
    path.write_bytes(packed(a=b"x" * 1000, b=b"y" * 1000))
    with pytest.raises(Unreadable, match="far more"):
        safe_zip.repack(path, path.with_suffix(".out"), xlsx_formats.raised)


def test_too_many_entries_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_zip, "MOST_ENTRIES", 2)
    path.write_bytes(packed(a=b"", b=b"", c=b""))
    with pytest.raises(Unreadable, match="entries"), safe_zip.opened(path):
        pass


def test_an_entry_that_lies_about_its_size_is_refused(path: Path) -> None:
    body = bytearray(packed(**{"a.xml": b"0" * 100_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = body.index(mark) + offset
        body[place : place + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(bytes(body))
    with pytest.raises(Unreadable, match="broken"):
        safe_zip.repack(path, path.with_suffix(".out"), xlsx_formats.raised)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gift", "aiken", "moodle_xml", "qti"])
@pytest.mark.parametrize(
    "body",
    [b"\0" * 2000, b"MZ\x90\0\x81\x8d\x9d", bytes(range(256)) * 40, b"{" * 5000, b'"' * 5000, b"<" * 5000],
    ids=range(6),
)
def test_nonsense_is_refused_or_told_and_never_breaks_the_reader(path: Path, kind: str, body: bytes) -> None:
    path.write_bytes(body)
    with suppress(Unreadable):
        assert all(draft.problems for draft in reader.read(path, kind, {}).drafts)


PIECES = [
    "{", "}", "~", "=", "#", "%50%", "%-1e9%", "->", "::", "\n\n", "\n", "[html]", "T", "####", "\\", "\\n", "1..2",
    ":", "x", "A) ", "B. ", "ANSWER: A", "$CATEGORY: a/b", "{1:MC:", "{:SA:=", "{2:NM:=1:", "&#126;", "<b>", "//", "é",
    "\ue003", "\0", "99999999999999999999", "-", ".", ",", '"', ";", "stem,correct\n",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "gift", "aiken"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_text_breaks_a_reader(path: Path, kind: str, pieces: list[str]) -> None:
    path.write_bytes(("stem,correct,a,b,type\n" * (kind == "csv") + "".join(pieces)).encode())
    with suppress(Unreadable):
        for draft in reader.read(path, kind, {}).drafts:
            assert draft.problems or "type" in draft.question


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from([*moodle_xml._FILLERS, "x"]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=12),
    fraction=st.sampled_from(["100", "0", "-50", "x", ""]),
)
def test_no_question_of_moodle_breaks_the_reader(kind: str, pieces: list[str], fraction: str) -> None:
    text = escape("".join(pieces)).replace("\0", "")
    stem = f"<questiontext><text>{text}</text></questiontext>"
    inside = f'{stem}<answer fraction="{fraction}"><text>{text}</text><tolerance>{text}</tolerance></answer>'
    answer = f"<answer><text>{text}</text></answer>"
    pair = f"<subquestion><text>{text}</text>{answer}</subquestion><defaultgrade>{text}</defaultgrade>"
    body = f'<quiz><question type="{kind}">{inside}{pair}</question></quiz>'
    (draft,) = moodle_xml.read(io.BytesIO(body.encode()))
    assert draft.problems or "type" in draft.question


SLOW = [
    "{1:MC:" * 16_000,
    " " * 99_000 + "x",
    "<" * 99_000,
    "{1:SA:=" + "<" * 90_000 + "}",
    "\\" * 99_000,
    "%1" * 49_000,
    "-" * 99_000,
    "&#" * 49_000,
    "@@PLUGINFILE@@" * 7_000,
]


@pytest.mark.parametrize("text", SLOW, ids=range(len(SLOW)))
def test_no_text_is_read_slowly(path: Path, text: str) -> None:
    started = time.process_time()
    path.write_text(f'stem,type,correct,tags\n"{text}",cloze,"{text}","{text}"\n')
    list(reader.read(path, "csv", {}).drafts)
    path.write_text(f"Why {text}{{={text} ={text}}}\n\nQ {text}\nA) {text}\nB) {text}\nANSWER: {text}\n")
    list(reader.read(path, "gift", {}).drafts)
    list(reader.read(path, "aiken", {}).drafts)
    written = f"<text>{escape(text)}</text>"
    answer = f"<questiontext>{written}</questiontext><answer fraction='100'>{written}</answer>"
    for kind in ("cloze", "numerical", "essay"):
        list(moodle_xml.read(io.BytesIO(f"<quiz><question type='{kind}'>{answer}</question></quiz>".encode())))
    assert time.process_time() - started < 2


def test_a_page_of_long_rows_is_short(importer: Importer) -> None:
    rows = "".join(f"{number} {'x' * 90_000},y\n" for number in range(20))
    job_id = importer.parsed(None, base64=base64.b64encode(f"stem,type\n{rows}"[: 1024 * 1024 - 3].encode()).decode())
    page = importer.moderator.get(importer.path(job_id, "/errors"), {"limit": 100})
    assert page.status == 200 and len(page.body) < 1_100_000
    assert page.pagination["hasNext"] and 0 < len(page.data) < page.pagination["total"]
