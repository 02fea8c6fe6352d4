"""Marks are read back from sheets that were made worse; the whole measurement is `make evaluate TOPIC=scans`."""

import numpy as np
from PIL import Image

from tests.support.papers.degradations import WAYS
from tests.support.papers.scanned_sheets import fill, fill_as_told, printed
from tests.support.papers.sheet_reading import read_back

from functions.exams.scanning import clarity, page_reading


def test_every_way_of_making_a_sheet_worse_is_read_back() -> None:
    counts = read_back(WAYS, 1, seed=25)
    assert len(WAYS) >= 40
    assert counts["places"] > 17_000
    assert counts["wrong"] == 0, counts
    assert counts["to a person"] <= counts["places"] * 0.02, counts


def test_the_code_of_a_sheet_for_somebody_names_them() -> None:
    whose = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
    sheet = printed(10, 4, whose)
    picture = np.asarray(fill_as_told(sheet, 0, {}).picture, dtype=np.float32)
    reading = page_reading.read(picture, {("A", 1): sheet.rows[0]}, sheet.paper_id)
    assert reading.code is not None
    assert reading.code.candidate_id == whose
    assert not any(mark.is_marked for row in reading.rows.values() for mark in row)
    assert all(mark.confidence > clarity.SURE for row in reading.rows.values() for mark in row)


def test_pictures_of_anything_else_are_no_sheets() -> None:
    random = np.random.default_rng(5)
    for picture in (
        np.zeros((40, 30)),
        np.full((900, 700), 255.0),
        random.uniform(0, 255, (900, 700)),
        np.asarray(Image.new("L", (1, 1))),
    ):
        reading = page_reading.read(picture.astype(np.float32), {}, "x")
        assert (reading.fault, reading.rows) == ("NO_SHEET", {})


def test_words_that_are_no_code_are_not_taken_for_one() -> None:
    assert page_reading.parse("https://example.org") is None
    assert page_reading.parse("LYCEUM:1:short:A:1:0123456789abcdef") is None


def test_numbers_and_answers_in_doubt_are_said_to_be() -> None:
    blank, sure, faint = [False, 1.0], [True, 1.0], [False, 0.2]
    digits = [[blank] * 10 for _ in range(8)]
    assert clarity.number(digits) == ""
    digits[0] = [sure, *[blank] * 9]
    digits[1] = [blank, sure, sure, *[blank] * 7]
    digits[3] = [faint, *[blank] * 9]
    assert clarity.number(digits) == "0???"
    said, doubts = clarity.answers(
        {"one": {"a": sure, "b": sure}, "many": {"a": sure, "b": sure}, "weak": {"a": faint, "b": blank}},
        {"one": "single", "many": "multiple", "weak": "single"},
    )
    assert said == {"one": ["a", "b"], "many": ["a", "b"], "weak": []}
    assert doubts == ["one", "weak"]


def test_a_code_that_is_hard_to_read_does_not_move_the_page() -> None:
    """A line through the code made a page be placed by the code alone, and rows were read where others lie."""
    sheet = printed(69, 5)
    random = np.random.default_rng([2026113018, 15, list(WAYS).index("dots and lines")])
    filled = fill(sheet, 0, random, ink=float(random.uniform(0.35, 0.9)))
    picture = np.asarray(WAYS["dots and lines"](filled.picture, random), dtype=np.float32)
    reading = page_reading.read(picture, {("A", 1): sheet.rows[0]}, sheet.paper_id)
    assert reading.fault is None
    for name, row in reading.rows.items():
        sure = [mark for mark in row if mark.confidence >= clarity.SURE]
        assert len(sure) >= 4
        assert all(mark.is_marked == (mark.name in filled.marked[name]) for mark in sure)


def test_a_page_of_which_the_code_alone_is_seen_is_not_read() -> None:
    sheet = printed(20, 4)
    picture = np.asarray(fill_as_told(sheet, 0, {}).picture, dtype=np.float32).copy()
    side = picture.shape[1] // 8
    for top in (0, picture.shape[0] - side):
        for left in (0, picture.shape[1] - side):
            if (top, left) != (0, picture.shape[1] - side):
                picture[top : top + side, left : left + side] = 255
    assert page_reading.read(picture, {("A", 1): sheet.rows[0]}, sheet.paper_id).fault in {"NO_SHEET", "NO_CODE"}
