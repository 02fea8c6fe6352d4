# ruff: noqa: E501 - parts of a workbook are written as they stand in one
"""What a file says survives the reading, or is refused or noted: nothing changes its meaning silently."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lyceum.rules.questions.values import is_ambiguous

from functions.imports.formats import aiken, gift, moodle_xml, reader
from functions.imports.formats.cloze import read_gaps
from functions.imports.syntax import rich_text
from functions.imports.syntax.drafts import Draft, credit_of, decimal_of
from functions.imports.syntax.encodings import encoding_of
from functions.imports.syntax.limits import Unreadable

ITEM = """<assessmentItem identifier="a" title="A"><responseDeclaration identifier="R" cardinality="{cardinality}"
baseType="identifier"><correctResponse><value>A</value>{more}</correctResponse></responseDeclaration><itemBody>{before}
<choiceInteraction responseIdentifier="R" maxChoices="1" shuffle="{shuffle}"><prompt>Which?</prompt>
<simpleChoice identifier="A">one</simpleChoice><simpleChoice identifier="B" fixed="true">none</simpleChoice>
</choiceInteraction></itemBody>{after}</assessmentItem>"""


def qti(path: Path, **parts: str) -> Draft:
    text = ITEM.format(**{"cardinality": "single", "shuffle": "true", "more": "", "before": "", "after": ""} | parts)
    (path / "item.xml").write_text(text)
    (draft,) = reader.read(path / "item.xml", "qti", {}).drafts
    return draft


def moodle(kind: str, inside: str) -> Draft:
    text = f'<quiz><question type="{kind}"><questiontext><text>Which?</text></questiontext>{inside}</question></quiz>'
    (draft,) = moodle_xml.read(io.BytesIO(text.encode()))
    return draft


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000", None), ("10,500", None), ("-1,000", None), ("1 2", None), ("0,125", "0.125"), ("3,14", "3.14"),
        ("1,000,000", "1000000"), ("1,234.5", "1234.5"), ("1.234,5", "1234.5"), ("1 000", "1000"),
        ("6.02e23", "6.02e23"),
    ],
)  # fmt: skip
def test_a_number_is_read_only_when_it_can_be_read_in_one_way(text: str, value: str | None) -> None:
    assert decimal_of(text) == (None if value is None else Decimal(value))


def test_an_ambiguous_number_is_told(tmp_path: Path) -> None:
    assert is_ambiguous("10,500")
    (tmp_path / "a.csv").write_text('stem,correct\nHow many?,"1,000"\n')
    (draft,) = reader.read(tmp_path / "a.csv", "csv", {}).drafts
    assert draft.question["type"] == "numeric" and "two ways" in draft.problems[0].message


@pytest.mark.parametrize(
    ("percent", "share"), [("33.33333", "0.3333"), ("16.6666667", "0.1667"), ("14.2857142857", "0.1429")]
)
def test_credits_of_thirds_sixths_and_sevenths(percent: str, share: str) -> None:
    assert credit_of(Decimal(percent)) == share
    (draft,) = gift.read(io.StringIO(f"Where?{{=a =%{percent}%b}}"))
    assert draft.question["accepted"][1]["credit"] == share


@pytest.mark.parametrize("text", ["x {1:SA:=f(x)={a\\}} y", "x {1:MC:=a{b~c} y"])
def test_a_gap_may_hold_an_opening_brace(text: str) -> None:
    draft = Draft(1, [])
    stem, gaps = read_gaps(text, draft)
    assert (stem, len(gaps), draft.problems) == ("x {{1}} y", 1, [])


@pytest.mark.parametrize("text", ["x {1:SA:=a} y {1:MC:=b~c", "x {1:SA:=a y {1:MC:=b~c} z", "x {1:sa:=a} {1:SA:=b}"])
def test_a_gap_without_an_end_never_shows_its_answers(text: str) -> None:
    draft = Draft(1, [])
    read_gaps(text, draft)
    assert draft.problems


def test_two_right_options_of_one_answer_are_told(tmp_path: Path) -> None:
    right = '<answer fraction="100"><text>{}</text></answer>'
    (marked,) = gift.read(io.StringIO("Which?{=a =b ~c}"))
    listed = moodle("multichoice", f"<single>true</single>{right.format('a')}{right.format('b')}")
    for draft in (marked, listed, qti(tmp_path, more="<value>B</value>")):
        assert draft.problems[0].field == "correctOptionIds"


def test_options_keep_their_places_where_the_file_says_so(tmp_path: Path) -> None:
    assert [each.get("pinned") for each in qti(tmp_path).question["options"]] == [None, True]
    assert [each.get("pinned") for each in qti(tmp_path, shuffle="false").question["options"]] == [True, True]
    answers = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'
    draft = moodle("multichoice", f"<single>1</single><shuffleanswers>0</shuffleanswers>{answers}")
    assert all(each["pinned"] for each in draft.question["options"])


@pytest.mark.parametrize(
    "inside",
    [
        "<penalty>0.3333333</penalty>", "<correctfeedback><text>Well done</text></correctfeedback>",
        "<attachments>2</attachments>", "<hint><text>x</text><clearwrong/></hint>",
        "<responsetemplate><text>Dear</text></responsetemplate>", '<file name="a.png">x</file>',
    ],
)  # fmt: skip
def test_what_a_question_can_not_keep_is_noted(inside: str) -> None:
    assert len(moodle("essay", inside).notes) == 1


def test_a_unit_is_the_one_that_the_value_is_in() -> None:
    units = "".join(
        f"<unit><unit_name>{name}</unit_name><multiplier>{times}</multiplier></unit>"
        for name, times in (("cm", 100), ("m", 1))
    )
    draft = moodle("numerical", f'<answer fraction="100"><text>3</text></answer><units>{units}</units>')
    assert (draft.question["unit"], draft.question["value"]) == ("m", "3") and draft.notes


def test_scripts_formulas_and_line_breaks_survive(tmp_path: Path) -> None:
    math = "<math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
    (tmp_path / "a.csv").write_text(f'stem,correct\n"10<sup>2</sup>\nand {math}",true\n')
    (draft,) = reader.read(tmp_path / "a.csv", "csv", {}).drafts
    assert draft.question["stem"] == "10<sup>2</sup><br>and \\({x}^{2}+\\frac{1}{2}\\)"
    assert rich_text.raised("H<sub>2</sub>O, 10<sup>-3</sup>, a<sup>b</sup>") == "H₂O, 10⁻³, a^{b}"
    odd = rich_text.keep(Draft(1, [], {"stem": "<math><maction>x</maction></math>"}))
    assert "maction" in odd.notes[0]


def test_an_option_may_follow_its_letter_at_once() -> None:
    (draft,) = aiken.read(io.StringIO("U.S. capital?\nA.One\nB.Two\nANSWER: B\n"))
    assert [each["text"] for each in draft.question["options"]] == ["One", "Two"] and not draft.problems


def test_tags_in_comments_are_kept() -> None:
    (draft,) = gift.read(io.StringIO("// question: 1 [tag:rivers] [tag:africa]\nThe Niger is a river.{T}\n"))
    assert draft.question["tags"] == ["rivers", "africa"]


@pytest.mark.parametrize(
    ("text", "written", "name"),
    [("Größe schön", "utf-8", "utf-8"), ("abc déf", "utf-16-le", "utf-16-le"), ("abc déf", "utf-16-be", "utf-16-be")],
)
def test_an_encoding_is_proved(tmp_path: Path, text: str, written: str, name: str) -> None:
    (tmp_path / "a").write_bytes(text.encode(written))
    found = encoding_of(tmp_path / "a")
    assert (found.name, found.confidence, found.sample) == (name, 1, text)


def test_an_encoding_is_guessed_with_how_sure_it_is_and_may_be_chosen(tmp_path: Path) -> None:
    text = "Как называется столица России? Москва или Санкт-Петербург, выберите правильный ответ"
    (tmp_path / "a").write_bytes(text.encode("cp1251"))
    found = encoding_of(tmp_path / "a")
    assert found.name == "cp1251" and 0.3 < found.confidence < 1 and "столица" in found.sample
    assert encoding_of(tmp_path / "a", "cp1252").name == "cp1252"


def test_a_stray_byte_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("Größe schön über\n".encode() * 5 + b"a\nstray \xff byte\n")
    with pytest.raises(Unreadable, match=r"^Line 7 "):
        encoding_of(tmp_path / "a")


def test_items_of_version_3_are_read(tmp_path: Path) -> None:
    names = ("assessmentItem", "responseDeclaration", "correctResponse", "itemBody", "choiceInteraction", "simpleChoice",
             "prompt", "value")  # fmt: skip
    text = ITEM.format(cardinality="single", shuffle="true", more="", before="<p>Look.</p>", after="")
    for name in names:
        kebab = "qti-" + "".join(f"-{each.lower()}" if each.isupper() else each for each in name)
        text = text.replace(f"<{name}", f"<{kebab}").replace(f"</{name}", f"</{kebab}")
    text = text.replace("responseIdentifier", "response-identifier").replace("baseType", "base-type")
    (tmp_path / "a.xml").write_text(text.replace("maxChoices", "max-choices"))
    (draft,) = reader.read(tmp_path / "a.xml", "qti", {}).drafts
    assert draft.problems == [] and draft.question["correctOptionIds"] == ["a"]
    assert draft.question["stem"].endswith("Which?")


def test_templates_strange_scoring_and_rubrics_are_told(tmp_path: Path) -> None:
    assert qti(tmp_path, before="<p><printedVariable identifier='x'/></p>").problems
    strange = "<responseProcessing><responseCondition><responseIf><random/></responseIf></responseCondition></responseProcessing>"
    assert "random" in qti(tmp_path, after=strange).notes[0]
    told = qti(tmp_path, before="<rubricBlock view='candidate'><p>Read.</p></rubricBlock>")
    assert told.question["stem"].startswith("<p>Read.</p>")


def test_other_versions_and_missing_files_are_rows(tmp_path: Path) -> None:
    resources = "".join(
        f'<resource identifier="{name}" type="imsqti_item_xmlv2p1" href="{name}"/>' for name in ("old.xml", "gone.xml")
    )
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("imsmanifest.xml", f"<manifest><resources>{resources}</resources></manifest>")
        package.writestr("old.xml", "<questestinterop><item/></questestinterop>")
    found = list(reader.read(tmp_path / "a.zip", "qti", {}).drafts)
    assert [draft.problems[0].field for draft in found] == ["file", "file"]


def workbook(path: Path, cell: str, style: int, values: dict[str, Any] | None = None) -> Path:
    """Write a sheet of a stem and one styled cell: 1 is a percentage, 2 a date."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006'
        '/relationships/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf '
        'numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>stem</t></is></c><c r="B1" t="inlineStr"><is><t>option_a</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>option_b</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Which?</t></is>'
        f'</c><c r="B2" s="{style}"><v>{cell}</v></c><c r="C2"><v>0.5</v></c></row></sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (parts | (values or {})).items():
            archive.writestr(name, text)
    return path


def test_percentages_stay_and_dates_are_told(tmp_path: Path) -> None:
    (percent,) = reader.read(workbook(tmp_path / "a.xlsx", "0.25", 1), "xlsx", {}).drafts
    assert percent.original[1:] == ["25%", "0.5"]
    (dated,) = reader.read(workbook(tmp_path / "b.xlsx", "45000", 2), "xlsx", {}).drafts
    assert "date" in next(each.message for each in dated.problems if each.field == "option_a")
