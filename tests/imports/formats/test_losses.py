# ruff: noqa: E501, RUF001 - items and signs are written as they stand in files
"""Siblings of what once was lost: other formats, elements and ways of writing the same; each is kept, refused or noted."""

import io
from decimal import Decimal
from pathlib import Path

import pytest

from tests.imports.formats.test_nothing_is_lost import moodle, workbook

from functions.imports.formats import gift, reader
from functions.imports.formats.cloze import read_gaps
from functions.imports.syntax import rich_text
from functions.imports.syntax.drafts import Draft, decimal_of

FULL = '<answer fraction="100"><text>5</text></answer>'


@pytest.mark.parametrize(
    ("text", "value"),
    [("１,０００", None), ("1_000", None), ("١٬٠٠٠", "1000"), ("٣٫٥", "3.5"), ("6,02×10^23", "6.02e23"), ("−3", "-3")],
)
def test_digits_of_every_script_are_read_as_candidates_write_them(text: str, value: str | None) -> None:
    assert decimal_of(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("numerical", f"<defaultgrade>1,000</defaultgrade>{FULL}"),
        ("numerical", f"{FULL}<units><unit><unit_name>m</unit_name><multiplier>1,000</multiplier></unit></units>"),
        ("shortanswer", '<answer fraction="half"><text>a</text></answer>'),
    ],
)
def test_numbers_of_settings_are_refused_where_they_can_not_be_read(kind: str, inside: str) -> None:
    assert moodle(kind, inside).problems


@pytest.mark.parametrize(
    ("written", "latex"),
    [
        ("<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>", r"{}_{6}^{14}{C}"),
        ("<mmultiscripts><mi>T</mi><mi>i</mi><none/></mmultiscripts>", "{T}_{i}"),
        ('<mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac>', r"{n \atop k}"),
        ('<mfrac linethickness="0.5px"><mi>n</mi><mi>k</mi></mfrac>', r"\frac{n}{k}"),
        ('<menclose notation="radical"><mn>2</mn></menclose>', r"\sqrt{2}"),
        ('<mi mathvariant="bold">v</mi>', r"\mathbf{v}"),
        ("<mo>\\</mo><mi>$</mi>", r"\backslash \$"),
        ("<MSUP><MI>x</MI><MN>2</MN></MSUP>", "{x}^{2}"),
    ],
)
def test_formulas_keep_what_tells_them_apart(written: str, latex: str) -> None:
    draft = rich_text.keep(Draft(1, [], {"stem": f"<math>{written}</math>"}))
    assert (draft.question["stem"], draft.notes) == (rf"\({latex}\)", [])


@pytest.mark.parametrize("written", ['<menclose notation="longdiv"><mn>2</mn></menclose>', "<mphantom>x</mphantom>"])
def test_formulas_that_latex_has_no_word_for_are_noted(written: str) -> None:
    assert rich_text.keep(Draft(1, [], {"stem": f"<math>{written}</math>"})).notes


def test_answers_that_are_typed_keep_raised_signs_and_formulas_in_every_format(tmp_path: Path) -> None:
    math = "<math><msup><mi>x</mi><mi>k</mi></msup></math>"
    (tmp_path / "a.csv").write_text(f"type,stem,correct\nshort_text,Which?,10<sup>2</sup>|{math}\n")
    (table,) = reader.read(tmp_path / "a.csv", "csv", {}).drafts
    (marked,) = gift.read(io.StringIO(f"Which? {{=10<sup>2</sup> =%50%{math}}}"))
    quoted = f"<text><![CDATA[{math}]]></text>"
    listed = moodle("shortanswer", f'{FULL.replace("5", "10²")}<answer fraction="50">{quoted}</answer>')
    for draft in (table, marked, listed):
        assert [each["text"] for each in draft.question["accepted"]] == ["10²", "{x}^{k}"]
        assert "LaTeX" in draft.notes[0]


@pytest.mark.parametrize(
    "left",
    [
        "{SA:=b}", "{1:MULTICHOICE=b~c}", "{1:SA=b}", "{1：SA：=b}", "{1:<b>SA</b>:=b}", "&#123;1:SA:=b&#125;",
        "&lbrace;1:SA:=b&rbrace;", "{1.5:SA:=b}", "{-1:mc:=b~c}", "{1;SA:=b}", "{12345:SA:=b}",
    ],
)  # fmt: skip
def test_the_source_of_a_gap_never_stays_in_the_text(left: str) -> None:
    draft = Draft(1, [])
    read_gaps(f"x {{1:SA:=a}} y {left}", draft)
    assert [problem.field for problem in draft.problems] == ["stem"]


def test_sets_and_formulas_beside_gaps_are_text() -> None:
    draft = Draft(1, [])
    stem, _ = read_gaps(r"{1:SA:=a} of {x : x = 1} and \(\{1, 2\}\)", draft)
    assert draft.problems == [] and "{x : x = 1}" in stem


def test_a_weight_with_a_comma_is_a_part_of_the_marks() -> None:
    draft = Draft(1, [])
    _, gaps = read_gaps("x {1:SA:=a~%33,333%b}", draft)
    assert gaps["1"]["accepted"][1] == {"text": "b", "credit": "0.3333"}


def test_options_that_are_each_wholly_right_are_told_where_several_may_be_chosen() -> None:
    answers = "".join(f'<answer fraction="100"><text>{each}</text></answer>' for each in "ab")
    (marked,) = gift.read(io.StringIO("Which? {~%100%a ~%100%b ~c}"))
    for draft in (marked, moodle("multichoice", f"<single>false</single>{answers}")):
        assert draft.question["type"] == "multiple" and "by themselves" in draft.notes[0]


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("multichoice", "<idnumber>Q17</idnumber>"), ("multichoice", "<hidden>1</hidden>"),
        ("multichoice", "<answernumbering>none</answernumbering>"),
        ("multichoice", "<ownplugin><text>x</text></ownplugin>"), ("multichoice", "<penalty>1,000</penalty>"),
        ("numerical", "<instructions><text>Use SI units</text></instructions>"),
        ("numerical", "<unitgradingtype>1</unitgradingtype>"), ("numerical", "<unitsleft>1</unitsleft>"),
        ("numerical", "<showunits>0</showunits>"), ("numerical", "<tolerancetype>1</tolerancetype>"),
        ("numerical", '<answer fraction="50"><text>*</text></answer>'), ("essay", "<maxbytes>1000</maxbytes>"),
        ("essay", "<attachmentsrequired>1</attachmentsrequired>"), ("essay", "<attachments>-1</attachments>"),
        ("ordering", "<selecttype>RANDOM</selecttype>"), ("ordering", "<gradingtype>RELATIVE</gradingtype>"),
    ],
)  # fmt: skip
def test_settings_that_can_not_be_kept_are_noted(kind: str, inside: str) -> None:
    assert len(moodle(kind, f"<single>true</single>{FULL}{inside}").notes) == 1


def test_what_moodle_always_writes_is_not_noted() -> None:
    usual = (
        "<defaultgrade>1</defaultgrade><penalty>0</penalty><hidden>0</hidden><idnumber></idnumber><single>true</single>"
        "<shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering><correctfeedback><text></text>"
        "</correctfeedback><showstandardinstruction>0</showstandardinstruction>"
    )
    assert moodle("multichoice", usual + FULL).notes == []


def test_an_order_is_the_one_that_its_numbers_say() -> None:
    answers = "".join(f'<answer fraction="{place}"><text>{place}</text></answer>' for place in (3, 1, 2))
    assert [each["text"] for each in moodle("ordering", answers).question["items"]] == ["1", "2", "3"]


def test_files_alone_without_a_limit_are_a_question_for_files() -> None:
    draft = moodle("essay", "<responseformat>noinline</responseformat><attachments>-1</attachments>")
    assert (draft.question["type"], draft.question["maxFiles"]) == ("practical", "10") and draft.notes


RAISED = (
    "<r><t>10</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>2</t></r><r><rPr><vertAlign val='subscript'/>"
    "</rPr><t>a</t></r>"
)
CELL = '<c r="A2" t="inlineStr"><is><t>Which?</t></is></c>'
SHEET = "xl/worksheets/sheet1.xml"


def sheet(second: str) -> dict[str, str]:
    head = "".join(f'<c r="{place}1" t="inlineStr"><is><t>{name}</t></is></c>' for place, name in
                   (("A", "stem"), ("B", "option_a"), ("C", "option_b")))  # fmt: skip
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = f'<row r="1">{head}</row><row r="2">{second}</row>'
    return {SHEET: f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'}


def test_raised_and_lowered_signs_of_a_workbook_survive(tmp_path: Path) -> None:
    cell = f'<c r="A2" t="inlineStr"><is>{RAISED}</is></c>'
    (draft,) = reader.read(workbook(tmp_path / "a.xlsx", "1", 0, sheet(cell * 1)), "xlsx", {}).drafts
    assert draft.question["stem"] == "10<sup>2</sup><sub>a</sub>"


def test_raised_signs_survive_wherever_a_long_sheet_is_cut(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="inlineStr"><is>{RAISED}</is></c></row>' for row in range(2, 2000))
    body = sheet("")[SHEET].replace('<row r="2"></row>', cells)
    drafts = list(reader.read(workbook(tmp_path / "a.xlsx", "1", 0, {SHEET: body}), "xlsx", {}).drafts)
    assert {draft.question["stem"] for draft in drafts} == {"10<sup>2</sup><sub>a</sub>"} and len(drafts) == 1998


def test_errors_and_durations_of_a_workbook_are_told(tmp_path: Path) -> None:
    cells = f'{CELL}<c r="B2" t="e"><v>#DIV/0!</v></c><c r="C2" s="3"><v>1.5</v></c>'
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="170" '
        'formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/>'
        '<xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    (draft,) = reader.read(
        workbook(tmp_path / "a.xlsx", "1", 0, sheet(cells) | {"xl/styles.xml": styles}), "xlsx", {}
    ).drafts
    told = {problem.field: problem.message for problem in draft.problems}
    assert "error" in told["option_a"] and "date" in told["option_b"]


def test_what_is_not_read_of_a_workbook_is_noted(tmp_path: Path) -> None:
    beside = {"xl/media/image1.png": "x", "xl/comments1.xml": "<comments/>", "xl/worksheets/sheet2.xml": '<c r="A1"/>'}
    (draft,) = reader.read(workbook(tmp_path / "a.xlsx", "1", 0, beside), "xlsx", {}).drafts
    assert len(draft.notes) == 3


@pytest.mark.parametrize(("low", "high", "noted"), [("gte", "lte", 0), ("gt", "lt", 1), ("gte", "lt", 1)])
@pytest.mark.parametrize("declared", ["<correctResponse><value>5</value></correctResponse>", ""])
def test_a_range_of_an_item_is_kept_open_or_closed(
    tmp_path: Path, low: str, high: str, noted: int, declared: str
) -> None:
    draft = ranged(
        tmp_path, f"<and><{low}>{ANSWER}{number(4)}</{low}><{high}>{ANSWER}{number(7)}</{high}></and>", declared
    )
    assert (draft.question["value"], draft.question["tolerance"]["amount"]) == ("5.5", "1.5")
    assert (draft.problems, len(draft.notes)) == ([], noted)


def test_a_range_without_an_end_is_refused_and_the_scores_own_bounds_are_none(tmp_path: Path) -> None:
    assert ranged(tmp_path, f"<gt>{ANSWER}{number(4)}</gt>").problems
    bonus = f"<and><equal toleranceMode='exact'>{ANSWER}{number(5)}</equal><gte><variable identifier='SCORE'/>{number(0)}</gte></and>"
    assert ranged(tmp_path, bonus).question["value"] == "5"


ANSWER = '<variable identifier="R"/>'


def number(value: int) -> str:
    return f'<baseValue baseType="float">{value}</baseValue>'


def ranged(path: Path, condition: str, declared: str = "<correctResponse><value>5</value></correctResponse>") -> Draft:
    (path / "item.xml").write_text(
        '<assessmentItem identifier="a" title="A"><responseDeclaration identifier="R" cardinality="single" '
        f'baseType="float">{declared}</responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" '
        'baseType="float"/><itemBody><p>Say <textEntryInteraction responseIdentifier="R"/></p></itemBody>'
        f'<responseProcessing><responseCondition><responseIf>{condition}<setOutcomeValue identifier="SCORE">{number(1)}'
        "</setOutcomeValue></responseIf></responseCondition></responseProcessing></assessmentItem>"
    )
    (draft,) = reader.read(path / "item.xml", "qti", {}).drafts
    return draft


def test_a_number_that_rules_divide_out_is_right(tmp_path: Path) -> None:
    quotient = f"<divide>{number(7)}{number(2)}</divide>"
    draft = ranged(tmp_path, f"<equal toleranceMode='exact'>{ANSWER}{quotient}</equal>", "")
    assert (draft.question["value"], draft.problems) == ("3.5", [])


ORDER = """<assessmentItem identifier="a" title="A"><responseDeclaration identifier="R" cardinality="ordered"
baseType="identifier"><correctResponse><value>C</value><value>A</value><value>B</value></correctResponse>
</responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="integer"/><itemBody>
<orderInteraction responseIdentifier="R"><prompt>Order?</prompt><simpleChoice identifier="A">a</simpleChoice>
<simpleChoice identifier="B">b</simpleChoice><simpleChoice identifier="C">c</simpleChoice></orderInteraction></itemBody>
{}</assessmentItem>"""
NEARLY = """<responseProcessing><responseCondition><responseIf><match><variable identifier="R"/><correct identifier="R"/>
</match><setOutcomeValue identifier="SCORE"><baseValue baseType="integer">2</baseValue></setOutcomeValue></responseIf>
<responseElseIf><match><variable identifier="R"/><ordered><baseValue baseType="identifier">C</baseValue><baseValue
baseType="identifier">B</baseValue><baseValue baseType="identifier">A</baseValue></ordered></match><setOutcomeValue
identifier="SCORE"><baseValue baseType="integer">1</baseValue></setOutcomeValue></responseElseIf></responseCondition>
</responseProcessing>"""
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'


@pytest.mark.parametrize(("rules", "noted"), [(MATCH, []), (NEARLY, ["Part marks"])])
def test_an_order_is_compared_place_by_place(tmp_path: Path, rules: str, noted: list[str]) -> None:
    (tmp_path / "a.xml").write_text(ORDER.format(rules))
    (draft,) = reader.read(tmp_path / "a.xml", "qti", {}).drafts
    assert draft.question["correctOrder"] == ["c", "a", "b"]
    assert [note[:10] for note in draft.notes] == noted


@pytest.mark.parametrize(
    ("attributes", "inside"), [('adaptive="true"', ""), ("", "<catalogInfo/>"), ("", "<companionMaterialsInfo/>")]
)
def test_what_an_item_does_beside_asking_is_noted(tmp_path: Path, attributes: str, inside: str) -> None:
    (tmp_path / "a.xml").write_text(
        f'<assessmentItem identifier="a" title="A" {attributes}><responseDeclaration identifier="R" cardinality="single"'
        ' baseType="identifier"><correctResponse><value>A</value></correctResponse></responseDeclaration><itemBody>'
        '<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Which?</prompt><simpleChoice identifier="A">a'
        f'</simpleChoice><simpleChoice identifier="B">b</simpleChoice></choiceInteraction></itemBody>{inside}</assessmentItem>'
    )
    (draft,) = reader.read(tmp_path / "a.xml", "qti", {}).drafts
    assert len(draft.notes) == 1
