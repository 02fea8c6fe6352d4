"""Pictures of workbooks, of tables and of texts without markup become uploads where they stand, or are noted."""

import base64
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from tests.content.pictures import picture

from functions.imports.formats.reader import read
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.limits import Unreadable

LEAF, STONE = picture(30, 20, kind="PNG"), picture(31, 20, kind="PNG")
DATA_URL = f"data:image/png;base64,{base64.b64encode(LEAF).decode()}"
HEADER = ["stem", "option_a", "option_b", "correct"]
ROW = ["Which?", "x", "y", "a"]


def drafts(tmp_path: Path, body: bytes | str, kind: str = "xlsx") -> list[Draft]:
    path = tmp_path / "original"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return list(read(path, kind, {}).drafts)


def workbook(draw: Callable[[Any], object], rows: list[list[str]] | None = None) -> bytes:
    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, ROW] if rows is None else rows):
            sheet.write_row(number, 0, row)
        draw(sheet)
    return out.getvalue()


def float_over(row: int, column: int, body: bytes = LEAF, alt: str = "A <leaf>") -> Callable[[Any], object]:
    options = {"image_data": io.BytesIO(body), "description": alt}
    return lambda sheet: sheet.insert_image(row, column, "leaf.png", options)


def place_in(row: int, column: int, body: bytes = LEAF, alt: str = "A <leaf>") -> Callable[[Any], object]:
    options = {"image_data": io.BytesIO(body), "description": alt}
    return lambda sheet: sheet.embed_image(row, column, "leaf.png", options)


def taken(draft: Draft) -> str:
    ((name, kept),) = draft.pictures.items()
    assert (kept.content_type, kept.body) == ("image/png", LEAF)
    return f'<img src="upload:{name}" alt="A &lt;leaf&gt;">'


def changed(body: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = change(name, before.read(name))
            if part is not None:
                after.writestr(name, part)
    return out.getvalue()


def test_a_floating_picture_stands_behind_the_text_of_its_cell(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, workbook(float_over(1, 0)))
    assert draft.question["stem"] == f"Which? {taken(draft)}"
    (draft,) = drafts(tmp_path, workbook(float_over(1, 2)))
    assert [each["text"] for each in draft.question["options"]] == ["x", f"y {taken(draft)}"]
    assert (draft.question["correctOptionIds"], draft.notes, draft.problems) == (["a"], [], [])


def test_a_picture_beside_the_columns_belongs_to_the_question_of_its_row(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, workbook(float_over(1, 9)))
    assert draft.question["stem"] == f"Which? {taken(draft)}"
    (draft,) = drafts(tmp_path, workbook(float_over(1, 4), [[*HEADER, "Figure"], ROW]))
    assert (draft.question["stem"], draft.problems) == (f"Which? {taken(draft)}", [])


def test_options_may_be_pictures_alone_and_their_words_still_name_the_right_one(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        place_in(1, 1)(sheet)
        place_in(1, 2, STONE, "")(sheet)
        float_over(2, 1)(sheet)

    rows = [HEADER, ["Which?", "", "", "b"], ["And now?", "Leaf", "Stone", "Leaf"]]
    first, second = drafts(tmp_path, workbook(draw, rows))
    assert [each["text"].partition('"')[0] for each in first.question["options"]] == ["<img src=", "<img src="]
    assert (first.question["correctOptionIds"], len(first.pictures), first.problems) == (["b"], 2, [])
    assert second.question["options"][0]["text"] == f"Leaf {taken(second)}"
    assert second.question["correctOptionIds"] == ["a"]


def test_a_picture_that_a_program_names_by_a_formula_is_taken(tmp_path: Path) -> None:
    body = workbook(lambda sheet: sheet.write_formula(1, 1, '=DISPIMG("ID_7",1)', None, '=DISPIMG("ID_7",1)'))
    drawn = '<a:blip r:embed="r1" xmlns:r="r" xmlns:a="a"/>'
    out = io.BytesIO(body)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/cellimages.xml", f'<c><pic><cNvPr name="ID_7" descr="A &lt;leaf&gt;"/>{drawn}</pic></c>')
        archive.writestr(
            "xl/_rels/cellimages.xml.rels", '<R><Relationship Id="r1" Type="x/image" Target="media/i.png"/></R>'
        )
        archive.writestr("xl/media/i.png", LEAF)
    (draft,) = drafts(tmp_path, out.getvalue())
    assert draft.question["options"][0]["text"] == taken(draft)


def test_pairs_say_which_half_a_picture_stands_with(tmp_path: Path) -> None:
    rows = [
        ["type", "stem", "option_a", "option_b", "option_c"],
        ["matching", "Match.", "-> Accra", "Kenya ->", "a -> b"],
    ]

    def draw(sheet: Any) -> None:
        for column in (2, 3, 4):
            float_over(1, column)(sheet)

    (draft,) = drafts(tmp_path, workbook(draw, rows))
    shown = taken(draft)
    assert [each["text"] for each in draft.question["prompts"]] == [shown, "Kenya", "a"]
    assert [each["text"] for each in draft.question["choices"]] == ["Accra", shown, f"b {shown}"]
    assert draft.notes == ["A picture of a pair stands with its answer."]


@pytest.mark.parametrize(
    ("draw", "noted"),
    [
        (float_over(0, 1), "in the row that names the columns"),
        (float_over(5, 0), "in row 6, which holds no question"),
        (float_over(1, 3), "in the column 'correct'"),
        (lambda sheet: sheet.write_comment(1, 1, "look"), "Comments on cells"),
        (lambda sheet: sheet.insert_textbox(1, 1, "look"), "text boxes"),
        (lambda sheet: sheet.write_url(1, 1, "https://example.org", string="x"), "Links behind cells"),
        (lambda sheet: sheet.write_row(0, 4, ["Remark"]) or sheet.write(1, 4, "x"), "The column 'Remark' is not read"),
        (
            lambda sheet: sheet.write_formula(1, 1, '=_xlfn.IMAGE("https://a.example/b.png")'),
            "at https://a.example/b.png",
        ),
    ],
)
def test_what_can_not_be_taken_of_a_workbook_is_noted(
    tmp_path: Path, draw: Callable[[Any], object], noted: str
) -> None:
    (draft,) = drafts(tmp_path, workbook(draw))
    assert [noted in note for note in draft.notes] == [True]
    assert draft.pictures == {}


def test_a_formula_that_nothing_computed_is_a_wrong_row(tmp_path: Path) -> None:
    body = workbook(lambda sheet: sheet.write_formula(1, 1, "=A1&A2", None, ""))
    (draft,) = drafts(tmp_path, changed(body, lambda _, part: part.replace(b' t="str"', b"")))
    assert ("option_a", True) in [(each.field, "formula" in each.message) for each in draft.problems]


def test_a_picture_that_is_not_in_the_workbook_and_one_from_elsewhere_are_noted(tmp_path: Path) -> None:
    body = workbook(float_over(1, 0))
    gone = changed(body, lambda name, part: None if "media" in name else part)
    (draft,) = drafts(tmp_path, gone)
    assert ("is not in the file" in draft.notes[0], draft.question["stem"]) == (True, "Which? [A &lt;leaf&gt;]")
    linked = b'Target="https://a.example/b.png" TargetMode="External"'
    elsewhere = changed(body, lambda _, part: part.replace(b'Target="../media/image1.png"', linked))
    (draft,) = drafts(tmp_path, elsewhere)
    assert "at https://a.example/b.png" in draft.notes[-1]


def test_a_workbook_whose_drawings_are_spoilt_is_read_or_refused(tmp_path: Path) -> None:
    chance = random.Random(7)

    def draw(sheet: Any) -> None:
        float_over(1, 0)(sheet)
        place_in(1, 1)(sheet)

    body = workbook(draw)
    for _ in range(150):

        def spoil(name: str, part: bytes) -> bytes:
            if not any(word in name for word in ("drawing", "rich", "metadata", "_rels/sheet")):
                return part
            place = chance.randrange(len(part))
            return part[:place] + bytes([chance.randrange(256)]) + part[place + chance.randrange(3) :]

        with suppress(Unreadable):
            assert len(drafts(tmp_path, changed(body, spoil))) == 1


GIFT_TAG = f'<img src="{DATA_URL}" alt="A <leaf>">'.replace("A <leaf>", "A &lt;leaf&gt;")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("csv", "stem,a,b,correct\nWhich?,%s,y,a\n"),
        ("csv", "stem,a,b,correct,image\nWhich?,x,y,a,%s\n"),
        ("csv", f'stem;a;b;correct\n"Look: {DATA_URL}";x;y;a\n'),
        ("gift", f"Which? {GIFT_TAG} {{={GIFT_TAG} ~{GIFT_TAG}}}"),
        ("gift", f"[markdown]Which? ![A <leaf>]({DATA_URL}) {{=x ~y}}"),
        ("gift", f"[plain]Which? {DATA_URL.replace(':', chr(92) + ':', 1)} {{=x ~y}}"),
        ("aiken", f"Which? {GIFT_TAG}\nA) {DATA_URL}\nB) y\nANSWER: A\n"),
    ],
)
def test_a_data_url_is_a_picture_wherever_it_stands(tmp_path: Path, kind: str, text: str) -> None:
    quoted = f'"{DATA_URL}"'
    found = drafts(tmp_path, text.replace("%s", quoted), kind)
    assert [len(draft.pictures) for draft in found] == [1]
    assert "base64" not in str(found[0].question)
    assert found[0].problems == []


def test_words_that_only_look_like_a_data_url_stay_words(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, "Which of these begins data\\:image/png;base64,iVBORw0KGgo ? {=x ~y}", "gift")
    assert "data:image/png;base64,iVBORw0KGgo ?" in draft.question["stem"]
    assert (draft.pictures, draft.notes) == ({}, [])


def test_a_large_picture_does_not_count_as_text(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(300_000)
    body = f"data:image/png;base64,{base64.b64encode(LEAF + noise).decode()}"
    (draft,) = drafts(tmp_path, f'stem,a,b,correct\nWhich?,"{body}",y,a\n', "csv")
    assert (draft.problems, len(draft.pictures)) == ([], 1)
    (draft,) = drafts(tmp_path, f"Which? <img src='{body}'> {{=x ~y}}", "gift")
    assert (draft.problems, len(draft.pictures)) == ([], 1)


def test_pictures_of_markdown_are_files_of_their_question(tmp_path: Path) -> None:
    coded = base64.b64encode(LEAF).decode()
    (draft,) = drafts(
        tmp_path,
        '<quiz><question type="shortanswer"><questiontext format="markdown"><text>'
        "1 &lt; 2 ![A &lt;leaf>](@@PLUGINFILE@@/a.png)"
        f'</text><file name="a.png" path="/" encoding="base64">{coded}</file></questiontext>'
        '<answer fraction="100"><text>a</text></answer></question></quiz>',
        "moodle_xml",
    )
    assert draft.question["stem"] == f"1 &lt; 2 {taken(draft)}"
