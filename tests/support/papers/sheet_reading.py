"""Reads simulated sheets back and counts what came of each place to mark."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from tests.support.papers.degradations import WAYS
from tests.support.papers.scanned_sheets import Filled, fill, printed

from functions.exams.scanning import page_reading
from functions.exams.scanning.clarity import SURE

_QUESTIONS, _OPTIONS, _DIGITS = 69, 5, 80


def read_back(ways: Iterable[str], sheets: int, *, seed: int = 0) -> Counter[str]:
    """Fill, degrade and read sheets; returns how many places there were, made as marks, to a person, and wrong."""
    sheet = printed(_QUESTIONS, _OPTIONS)
    rows = {("A", 1): sheet.rows[0]}
    names = list(WAYS)
    counts: Counter[str] = Counter()
    for way in ways:
        for number in range(sheets):
            random = np.random.default_rng([seed, number, names.index(way)])
            filled = fill(sheet, 0, random, ink=float(random.uniform(0.35, 0.9)))
            picture = np.asarray(WAYS[way](filled.picture, random), dtype=np.float32)
            _count(counts, filled, page_reading.read(picture, rows, sheet.paper_id))
    return counts


def _count(counts: Counter[str], filled: Filled, reading: page_reading.PageReading) -> None:
    counts["places"] += _QUESTIONS * _OPTIONS + _DIGITS
    counts["marks"] += sum(map(len, filled.marked.values())) + len(filled.number)
    if reading.fault:
        counts["to a person"] += _QUESTIONS * _OPTIONS + _DIGITS
        counts["pages not read"] += 1
        return
    pairs = [(mark, mark.name in filled.marked[name]) for name, row in reading.rows.items() for mark in row]
    pairs += [
        (mark, mark.name == digit) for digit, row in zip(filled.number, reading.number, strict=True) for mark in row
    ]
    for mark, is_marked in pairs:
        if mark.confidence < SURE:
            counts["to a person"] += 1
        elif mark.is_marked != is_marked:
            counts["wrong"] += 1
