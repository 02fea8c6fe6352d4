"""Tables: CSV as spreadsheets and people write it, XLSX, and the columns of questions."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.imports.workbooks import workbook
from tests.support.samples import samples

from functions.imports.formats import columns, tables, template
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.limits import Unreadable

SPECTRUM = samples("csv-spectrum") / "csvs"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read_bytes(body: bytes, named: dict[str, str] | None = None, kind: str = "csv") -> list[Draft]:
        path = tmp_path / f"file.{kind}"
        path.write_bytes(body)
        return list((tables.read_csv if kind == "csv" else tables.read_xlsx)(path, named or {}).drafts())

    return read_bytes


def row(read: Any, **cells: str) -> Draft:
    out = io.StringIO()
    csv.writer(out).writerows([list(cells), list(cells.values())])
    (draft,) = read(out.getvalue().encode())
    assert isinstance(draft, Draft)
    return draft


def test_the_template_is_read_without_a_problem_and_has_every_type(read: Any) -> None:
    found = read(template.template().encode())
    assert [draft.problems for draft in found] == [[]] * len(found)
    assert {draft.question["type"] for draft in found} == set(columns._FILLERS)
    assert [draft.row for draft in found] == list(range(2, 12))


@pytest.mark.parametrize("mark", ["b", "B", "2", "Carbon dioxide"])
def test_a_right_option_is_named_by_letter_number_or_text(read: Any, mark: str) -> None:
    asked = row(read, question="Which gas?", a="Oxygen", b="Carbon dioxide", answer=mark).question
    assert (asked["type"], asked["correctOptionIds"]) == ("single", ["b"])


def test_text_comes_before_number_where_options_are_numbers(read: Any) -> None:
    assert row(read, stem="2 + 1?", option_1="3", option_2="1", option_3="2", correct="3").question[
        "correctOptionIds"
    ] == ["a"]


@pytest.mark.parametrize("marks", ["a,c", "A C", "a;c", "a|c", "1, 3", "Two; Seven"])
def test_several_right_options(read: Any, marks: str) -> None:
    asked = row(
        read, type="multiple", stem="Prime?", option_a="Two", option_b="Four", option_c="Seven", correct=marks
    ).question
    assert asked["correctOptionIds"] == ["a", "c"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"option_a": "x", "option_b": "y", "correct": "a b"}, "multiple"), ({"correct": "TRUE"}, "true_false"),
        ({"correct": "3,5"}, "numeric"), ({"correct": "Paris"}, "short_text"), ({"rubric": "All: 3"}, "theory"),
        ({"type": "Multiple choice", "option_a": "x", "correct": "a"}, "single"),
        ({"type": "True/False", "correct": "no"}, "true_false"), ({"type": "Essay"}, "theory"),
    ],
)  # fmt: skip
def test_a_type_is_understood_or_guessed(read: Any, cells: dict[str, str], kind: str) -> None:
    draft = row(read, stem="?", **cells)
    assert (draft.question["type"], draft.problems) == (kind, [])


def test_tolerances(read: Any) -> None:
    assert row(read, stem="?", correct="9.81", tolerance="1%").question["tolerance"] == {
        "kind": "relative",
        "amount": "0.01",
    }
    assert row(read, stem="?", correct="9.81", tolerance="0.05").question["tolerance"] == {
        "kind": "absolute",
        "amount": "0.05",
    }
    assert row(read, stem="?", correct="9.81").question["tolerance"] == {"kind": "absolute", "amount": "0"}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"option_a": "x", "option_b": "y", "correct": "z"}, "correct"),
        ({"option_a": "x", "option_c": "y", "correct": "a"}, "option_b"),
        ({"type": "true_false", "correct": "perhaps"}, "correct"), ({"type": "numeric", "correct": "1e99"}, "correct"),
        ({"type": "numeric", "correct": "1", "tolerance": "x"}, "tolerance"), ({"type": "short_text"}, "correct"),
        ({"type": "riddle"}, "type"), ({}, "type"), ({"type": "matching", "option_a": "no arrow"}, "option_a"),
        ({"type": "cloze"}, "gaps"), ({"type": "theory", "rubric": "x"}, "rubric"),
        ({"correct": "1", "marks": "many"}, "marks"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_column(read: Any, cells: dict[str, str], field: str) -> None:
    assert field in {problem.field for problem in row(read, stem="?", **cells).problems}


def test_headers_are_mapped_by_name(read: Any) -> None:
    (draft,) = read(b"Frage,Antwort,text\nWie hoch?,8848,x\n", {"stem": "Frage", "correct": "Antwort"})
    assert (draft.question["stem"], draft.question["value"]) == ("Wie hoch?", "8848")
    assert draft.original == ["Wie hoch?", "8848", "x"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", {}), (b"\n\n", {}), (b"a,b\n1,2\n", {}), (b"stem,question\n1,2\n", {}), (b"stem\nx\n", {"stem": "Frage"}),
        (b"stem\nx\n", {"colour": "stem"}), (b"stem" + b",x" * 300, {}), (b'stem\n"' + b"x" * 500_000, {}),
    ],
)  # fmt: skip
def test_a_table_that_can_not_be_read_is_refused(read: Any, body: bytes, named: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        read(body, named)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found(read: Any, encoding: str, separator: str) -> None:
    (draft,) = read(
        f'stem{separator}correct\r\n"Où, donc; là{separator} et ici?"{separator}"à ""Paris"""\r\n'.encode(encoding)
    )
    assert draft.question["stem"] == f"Où, donc; là{separator} et ici?".strip()
    assert draft.question["accepted"][0]["text"].startswith('à "Paris"')


def test_rows_are_counted_by_the_lines_of_the_file(read: Any) -> None:
    found = read(b'stem,correct\n"two\nlines",1\n\n,\nlast,2\n')
    assert [(draft.row, draft.question["stem"]) for draft in found] == [(2, "two<br>lines"), (6, "last")]


def test_a_row_with_more_cells_than_the_header_is_told(read: Any) -> None:
    (draft,) = read(b"stem,correct\nx,1,2\n")
    assert [problem.field for problem in draft.problems] == ["row"]


@pytest.mark.skipif(not SPECTRUM.exists(), reason="the sample tables are not here")
@pytest.mark.parametrize(
    "path", sorted(set(SPECTRUM.glob("*.csv")) - {SPECTRUM / "location_coordinates.csv"}), ids=lambda path: path.stem
)
def test_awkward_tables_are_read_as_they_are(path: Path) -> None:
    import json

    expected = json.loads((SPECTRUM.parent / "json" / f"{path.stem}.json").read_text())
    header, *rows = [cells for _, cells in tables._csv_rows(path)]
    assert [dict(zip(header, cells, strict=True)) for cells in rows] == [
        {name: cell.strip().replace("\r\n", "\n") for name, cell in each.items()} for each in expected
    ]


def test_a_workbook_is_read_by_its_first_sheet(read: Any) -> None:
    sheet = [["stem", "correct", "tolerance", "marks"], ["How high?", 8848, 0.5, 2.0], ["True?", True, None, None]]
    first, second = read(workbook(sheet), kind="xlsx")
    assert (first.row, first.question["value"], first.question["tolerance"]["amount"], first.question["marks"]) == (
        2,
        "8848",
        "0.5",
        "2",
    )
    assert (second.row, second.question["type"], second.question["correct"]) == (3, "true_false", True)


@pytest.mark.parametrize("cell", ["XFD2", "A1048576", "zzz3"])
def test_a_workbook_whose_cells_lie_far_apart_is_refused(read: Any, cell: str) -> None:
    with pytest.raises(Unreadable, match="at most"):
        read(workbook([["stem"], ["x"]], stray=cell), kind="xlsx")


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 nonsense", b"stem,correct\n", workbook([["stem"]])[:-30]])
def test_what_is_no_workbook_is_refused(read: Any, body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, kind="xlsx")
