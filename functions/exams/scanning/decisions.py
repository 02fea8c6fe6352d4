"""Which places of a page are marked, and how sure that is. Pure arithmetic on levels.

A page is judged by itself: what is blank is learnt from the lighter places of each printed letter, and how dark this
candidate marks from the darkest place of each row. So a faint pencil and a dark scan are read by the same rule.
"""

from collections.abc import Sequence

import numpy as np

from lyceum.kit.frozen import frozen

from functions.exams.scanning.clarity import SURE
from functions.exams.scanning.levels import Level

MARKED, BLANK = 0.66, 0.22
"""From this part of a usual mark on a place is marked, up to that one it is blank; between, a person looks."""
_LEAST_INK = 0.075
"""A page whose darkest places take no more light than this has no mark."""
_FAINT = 0.14
"""In a row without a mark, the part of a usual mark from which a person looks."""
_LETTERS_DIFFER = 0.05
_LEAST_CLEAR = 0.35
"""A row whose rings are seen so much worse than others' is not where it was looked for."""
_MOST_LIE_RIGHT = 0.5
"""A page whose middle row is seen so much worse than its best ones does not lie where it was looked for."""
_ALIKE = 0.75
"""In a row, a mark is surely one when it has so much of the darkest one's ink; stains have less."""


@frozen
class Mark:
    """What was decided of a place: whether it is marked, and from 0 to 1 how sure that is."""

    name: str
    is_marked: bool
    confidence: float


def decide(rows: Sequence[Sequence[Level]]) -> list[list[Mark]]:
    """Decide each place of the rows of a page."""
    blank = _blank_levels([level for row in rows for level in row])
    ink = [[level.dark - blank[level.place.letter] for level in row] for row in rows]
    usual = _usual(ink)
    clear = [float(np.mean([level.ring for level in row])) for row in rows]
    least = _least_clear(clear)
    return [
        _row(row, amounts, usual, is_clear=seen >= least) for row, amounts, seen in zip(rows, ink, clear, strict=True)
    ]


def _row(row: Sequence[Level], amounts: Sequence[float], usual: float, *, is_clear: bool) -> list[Mark]:
    """Decide the places of a row; where none is marked, something faint may be all that was left of a mark."""
    alike = _ALIKE * max(amounts)
    marks = [
        _mark(level, amount / usual, amount, is_clear=is_clear and (amount >= alike or amount < MARKED * usual))
        for level, amount in zip(row, amounts, strict=True)
    ]
    faint = max(range(len(row)), key=lambda place: amounts[place])
    if not any(mark.is_marked for mark in marks) and amounts[faint] > max(_FAINT * usual, _LEAST_INK / 2):
        marks[faint] = Mark(marks[faint].name, is_marked=False, confidence=0.0)
    return marks


def _least_clear(clear: Sequence[float]) -> float:
    """Return how clearly the rings of a row have to be seen; of a page that lies wrong no row is clear."""
    middle, best = float(np.median(clear)), float(np.percentile(clear, 90))
    return _LEAST_CLEAR * middle if middle >= _MOST_LIE_RIGHT * best else float("inf")


def _blank_levels(levels: Sequence[Level]) -> dict[str, float]:
    """Return how dark a blank place is by the letter that is printed in it."""
    everything = float(np.percentile([level.dark for level in levels], 30))
    letters = {level.place.letter for level in levels}
    of_letter = {
        letter: float(np.percentile([level.dark for level in levels if level.place.letter == letter], 25))
        for letter in letters
    }
    return {
        letter: min(max(level, everything - _LETTERS_DIFFER), everything + _LETTERS_DIFFER)
        for letter, level in of_letter.items()
    }


def _usual(ink: Sequence[Sequence[float]]) -> float:
    """Return how dark this candidate's marks usually are."""
    darkest = sorted(max(amounts) for amounts in ink)
    strong = [each for each in darkest if each > max(_LEAST_INK, 0.4 * darkest[-max(1, len(darkest) // 20)])]
    return max(float(np.median(strong)) if strong else 0.0, 2 * _LEAST_INK)


def _mark(level: Level, part: float, amount: float, *, is_clear: bool) -> Mark:
    is_marked = part >= (MARKED + BLANK) / 2 and amount > _LEAST_INK
    distance = (part - MARKED) / 0.3 if is_marked else (BLANK - part) / 0.3
    confidence = min(1.0, max(0.0, SURE + distance)) if is_clear else 0.0
    return Mark(level.place.name, is_marked, round(float(confidence), 3))
