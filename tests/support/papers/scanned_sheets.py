"""Answer sheets as people fill them in, from the sheet that is really printed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from lyceum.kit.ids import new_id
from lyceum.model.exams.assessments import Assessment
from lyceum.typeset import documents as typeset

from functions.exams.printing import documents, sheet_layout
from functions.exams.printing.schemas import PrintQuery
from functions.exams.printing.sheet_layout import Place, Row

DOTS_PER_INCH = 200
_PER_MM = DOTS_PER_INCH / 25.4
Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Printed:
    """A sheet that was printed: its pages as pictures, and the rows on each."""

    paper_id: str
    pages: list[Image.Image]
    rows: list[tuple[Row, ...]]


@dataclass(frozen=True)
class Filled:
    """A page with marks: the picture, the names marked in each question, and the digits of the number."""

    picture: Image.Image
    marked: Mapping[str, frozenset[str]]
    number: str


@cache
def printed(questions: int = 60, options: int = 4, candidate_id: str | None = None) -> Printed:
    """Print the answer sheet of a paper of single-choice questions."""
    entries = [
        {
            "question_id": f"Q{number:03d}",
            "type": "single",
            "stem": "What?",
            "marks": "1",
            "options": [{"id": f"o{place}", "text": f"option {place}"} for place in range(options)],
        }
        for number in range(questions)
    ]
    paper_id = new_id()
    assessment = Assessment(
        assessment_id=paper_id, title="Mock examination in mathematics", forms=["A"], policy={"duration_seconds": 3600}
    )
    wanted = PrintQuery(part="answers", candidate_id=candidate_id)
    data = documents.data_of(assessment, entries, wanted)
    pages = typeset.pages("answers", data, dots_per_inch=DOTS_PER_INCH)
    shown = [Image.open(BytesIO(page)).convert("L") for page in pages]
    return Printed(paper_id, shown, [sheet.rows for sheet in sheet_layout.sheets(entries)])


def fill_as_told(sheet: Printed, page: int, answers: Mapping[str, str], number: str = "") -> Filled:
    """Fill whole circles of a page: of each question the options whose letters are named, and a number."""
    picture, marked = sheet.pages[page].copy(), {}
    hand = _Hand(picture, np.random.default_rng(page), 0.8)
    for row in sheet.rows[page]:
        chosen = [place for place in row.places if place.letter in answers.get(row.question_id, "")]
        marked[row.question_id] = frozenset(place.name for place in chosen)
        for place in chosen:
            hand.blob(place, 2.1, 0.8)
    for digit, places in zip(number, sheet_layout.number_grid(), strict=False):
        hand.blob(places[int(digit)], 2.1, 0.8)
    return Filled(picture, marked, number)


def fill(sheet: Printed, page: int, random: Generator, *, ink: float = 0.75) -> Filled:
    """Mark a page as a candidate does: mostly whole circles, some scribbles, crosses, rubbed out marks and blanks."""
    picture = sheet.pages[page].copy()
    hand = _Hand(picture, random, ink)
    marked = {}
    for row in sheet.rows[page]:
        answers = _answers(row.places, random)
        marked[row.question_id] = frozenset(place.name for place in answers)
        for place in answers:
            hand.mark(place)
        if random.random() < 0.01:
            hand.rub_out(next(place for place in row.places if place not in answers))
    number = "".join(str(random.integers(10)) for _ in range(sheet_layout.DIGITS))
    for digit, places in zip(number, sheet_layout.number_grid(), strict=True):
        hand.mark(places[int(digit)])
    hand.write()
    return Filled(picture, marked, number)


def _answers(places: Sequence[Place], random: Generator) -> list[Place]:
    if random.random() < 0.02:
        return []
    return [places[int(random.integers(len(places)))]]


class _Hand:
    """Draws with a pencil of a certain darkness, never quite in the middle."""

    def __init__(self, picture: Image.Image, random: Generator, ink: float) -> None:
        self._picture, self._random, self._ink = picture, random, ink

    def mark(self, place: Place) -> None:
        """Mark a place: filled (of ten thousand 9700), as a scribble (200) or with a thick cross (100)."""
        kind, ink = self._random.random(), self._ink * self._random.uniform(0.85, 1.1)
        if kind < 0.97:
            self.blob(place, self._random.uniform(1.75, 2.35), ink)
        elif kind < 0.99:
            self._scribble(place, ink)
        else:
            self._cross(place, min(1.0, ink * 1.2))

    def rub_out(self, place: Place) -> None:
        """Leave what an eraser leaves of a mark."""
        self.blob(place, 2.0, 0.1)

    def write(self) -> None:
        """Write a name and a date, and the number above its grid."""
        draw = ImageDraw.Draw(self._picture)
        for x, y in ((84, 66), (84, 82), (28, 43)):
            line = [
                ((x + step * 1.1) * _PER_MM, (y + self._random.normal(0, 1.1)) * _PER_MM)
                for step in range(int(self._random.integers(20, 38)))
            ]
            draw.line(line, fill=60, width=4)

    def _at(self, place: Place, spread: float = 0.22) -> tuple[float, float]:
        x, y = place.x + self._random.normal(0, spread), place.y + self._random.normal(0, spread)
        return x * _PER_MM, y * _PER_MM

    def blob(self, place: Place, radius: float, ink: float) -> None:
        """Fill a place."""
        x, y = self._at(place)
        angles = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        reach = radius * _PER_MM * self._random.uniform(0.88, 1.06, len(angles))
        self._paint(lambda draw: draw.polygon(
            [(x + r * np.cos(a), y + r * np.sin(a)) for a, r in zip(angles, reach, strict=True)], fill=255
        ), x, y, ink)  # fmt: skip

    def _scribble(self, place: Place, ink: float) -> None:
        x, y = self._at(place)
        reach, width = 2.0 * _PER_MM, int(0.75 * _PER_MM)
        steps = np.linspace(-1, 1, 7)
        line = [
            (x + reach * step, y + reach * np.sqrt(max(0.05, 1 - step**2)) * (-1) ** turn)
            for turn, step in enumerate(steps)
        ]
        self._paint(lambda draw: draw.line(line, fill=255, width=width), x, y, ink)

    def _cross(self, place: Place, ink: float) -> None:
        x, y = self._at(place, 0.15)
        reach, width = 1.7 * _PER_MM, int(0.95 * _PER_MM)

        def draw_cross(draw: ImageDraw.ImageDraw) -> None:
            draw.line([(x - reach, y - reach), (x + reach, y + reach)], fill=255, width=width)
            draw.line([(x - reach, y + reach), (x + reach, y - reach)], fill=255, width=width)

        self._paint(draw_cross, x, y, ink)

    def _paint(self, shape: Callable[[ImageDraw.ImageDraw], None], x: float, y: float, ink: float) -> None:
        half = int(4 * _PER_MM)
        left, top = int(x) - half, int(y) - half
        box = (left, top, left + 2 * half, top + 2 * half)
        stencil = Image.new("L", self._picture.size, 0).crop(box)
        draw = ImageDraw.Draw(stencil)
        moved = _Moved(draw, left, top)
        shape(moved)  # type: ignore[arg-type]
        covered = np.asarray(stencil.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32) / 255
        grain = self._random.uniform(0.8, 1.0, covered.shape).astype(np.float32)
        below = np.asarray(self._picture.crop(box), dtype=np.float32)
        painted = below * (1 - np.clip(ink, 0, 1) * covered * grain)
        self._picture.paste(Image.fromarray(painted.astype(np.uint8)), box)


class _Moved:
    """Draws with its origin elsewhere."""

    def __init__(self, draw: ImageDraw.ImageDraw, left: int, top: int) -> None:
        self._draw, self._left, self._top = draw, left, top

    def _here(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x - self._left, y - self._top) for x, y in points]

    def polygon(self, points: Sequence[tuple[float, float]], **options: Any) -> None:
        self._draw.polygon(self._here(points), **options)

    def line(self, points: Sequence[tuple[float, float]], **options: Any) -> None:
        self._draw.line(self._here(points), **options)
