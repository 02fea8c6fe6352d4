"""Tables that no spreadsheet computes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.values.spreadsheet import neutral, restored, write_csv


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+1", "-1-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@x", "  =1", "' =1", "\uff1d1", "=HYPERLINK(1)"],
)
def test_what_looks_like_a_formula_is_made_text(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "-1.5", "+3", "-2%", "'quoted'", "a=b"])
def test_other_cells_and_numbers_stay_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


@given(st.text())
def test_what_is_made_neutral_comes_back(cell: str) -> None:
    assert restored(neutral(cell)) == cell
    assert neutral(cell).lstrip(" ")[:1] not in {"=", "@", "\t", "\r"}


@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")), min_size=2, max_size=4
    )
)
def test_a_row_is_read_back_as_it_was_written(row: list[str]) -> None:
    (found,) = csv.reader(io.StringIO(write_csv([row]), newline=""))
    assert [restored(cell) for cell in found] == row
