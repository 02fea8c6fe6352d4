"""Where everything stands on an answer sheet, in millimetres from the top left corner of the page (A4). Pure.

What prints the sheet and what reads it go by the same places. The four corner marks are squares; the first, at the top
left, is hollow, so a sheet that lies upside down is known. Each page has a grid for the candidate's number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lyceum.kit.frozen import frozen

from functions.exams.printing.keys_in_words import letter

PAGE = (210.0, 297.0)
CORNER = 8.0
CORNERS = ((14.0, 14.0), (196.0, 14.0), (196.0, 283.0), (14.0, 283.0))
"""The centres of the corner marks: top left, top right, bottom right, bottom left."""
MARK = 4.4
"""The diameter of a place to mark."""
DIGITS = 8
_NUMBER_AT, _NUMBER_STEP = (28.0, 56.0), (6.0, 4.9)
_FIRST_ROW, _LAST_ROW, _ROW = 118.0, 270.0, 6.9
_LEFT, _RIGHT, _LABEL, _PITCH, _BETWEEN = 24.0, 188.0, 11.0, 6.6, 6.0
MARKED_TYPES = frozenset({"single", "multiple", "true_false"})


@frozen
class Place:
    """A place to mark: the centre, what it stands for and the words in it."""

    x: float
    y: float
    name: str
    letter: str


@frozen
class Row:
    """The places of one question; `number` is the one that it has in the paper."""

    number: int
    question_id: str
    x: float
    y: float
    places: tuple[Place, ...]


@frozen
class Sheet:
    """One page of an answer sheet."""

    rows: tuple[Row, ...]


def number_grid() -> list[list[Place]]:
    """Return the places of the candidate's number, digit by digit."""
    (left, top), (across, down) = _NUMBER_AT, _NUMBER_STEP
    return [
        [Place(left + across * digit, top + down * value, str(value), str(value)) for value in range(10)]
        for digit in range(DIGITS)
    ]


def sheets(entries: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """Lay the questions of a form that are answered by marks out on as many pages as it takes."""
    asked = [(number, entry, _options(entry)) for number, entry in enumerate(entries, 1)]
    marked = [each for each in asked if each[2]]
    widest = max((len(options) for _, _, options in marked), default=0)
    width = _LABEL + widest * _PITCH + _BETWEEN
    columns = max(1, int((_RIGHT - _LEFT + _BETWEEN) // width))
    height = int((_LAST_ROW - _FIRST_ROW) // _ROW) + 1
    room = columns * height
    pages = [marked[start : start + room] for start in range(0, len(marked), room)]
    return [
        Sheet(tuple(_row(each, _LEFT + width * (place // height), place % height) for place, each in enumerate(page)))
        for page in pages
    ]


def _options(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    if entry["type"] == "true_false":
        return [("true", letter(0)), ("false", letter(1))]
    if entry["type"] not in MARKED_TYPES:
        return []
    return [(option["id"], letter(number)) for number, option in enumerate(entry["options"])]


def _row(each: tuple[int, Mapping[str, Any], list[tuple[str, str]]], left: float, line: int) -> Row:
    number, entry, options = each
    y = _FIRST_ROW + _ROW * line
    places = tuple(
        Place(left + _LABEL + _PITCH * (place + 0.5), y, name, letter) for place, (name, letter) in enumerate(options)
    )
    return Row(number, entry["question_id"], left, y, places)
