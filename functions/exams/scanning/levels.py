"""How dark each place to mark is, on a page that was straightened: against its own paper, and where it really lies.

Paper bends, so the page's homography is right to a millimetre or two only. The printed ring of each place is looked for
around where it should be, for a few rows together, and the place is measured where its ring is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lyceum.kit.frozen import frozen

from functions.exams.printing.sheet_layout import MARK, PAGE, Place
from functions.exams.scanning.corners import Floats, Grey

PER_MM = 6
"""Pixels of the straightened page to a millimetre."""
SIZE = (int(PAGE[0] * PER_MM), int(PAGE[1] * PER_MM))
_BLOCK = 18
_REACH = 9
"""How many pixels a place is looked for in each direction: a millimetre and a half."""
_INNER, _RING, _OUTER = 1.45, MARK / 2, 2.95
_ANGLES = np.linspace(0, 2 * np.pi, 28, endpoint=False)


@frozen
class Level:
    """What was measured at a place.

    - `dark`: how much of the light it takes, from 0 for paper to 1 for black.
    - `ring`: how clearly its printed ring was found.
    """

    place: Place
    dark: float
    ring: float


def straightened(picture: Grey, matrix: Floats) -> Grey:
    """Return the page that a homography finds in a picture, upright and in one scale."""
    to_mm = np.diag([1 / PER_MM, 1 / PER_MM, 1.0])
    numbers = (matrix @ to_mm).ravel()
    image = Image.fromarray(picture).transform(
        SIZE, Image.Transform.PERSPECTIVE, tuple(numbers[:8] / numbers[8]), Image.Resampling.BILINEAR, fillcolor=255
    )
    return np.asarray(image, dtype=np.float32)


def darkness(page: Grey) -> Grey:
    """Return how much of the light each pixel takes, compared with the paper around it."""
    height, width = (side // _BLOCK for side in page.shape)
    blocks = page[: height * _BLOCK, : width * _BLOCK].reshape(height, _BLOCK, width, _BLOCK)
    paper = np.percentile(blocks.transpose(0, 2, 1, 3).reshape(height, width, -1), 80, axis=2).astype(np.float32)
    padded = np.pad(paper, 1, mode="edge")
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    lightest = np.sort(np.stack(around), axis=0)[-3]
    padded = np.pad(lightest, 1, mode="edge")
    smooth = np.mean([padded[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0)
    white = Image.fromarray(smooth.astype(np.float32)).resize((page.shape[1], page.shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(np.clip(1 - page / np.maximum(np.asarray(white), 20), -0.2, 1), dtype=np.float32)


def rings(dark: Grey) -> Grey:
    """Return for each pixel how much darker the ring of a place around it is than what lies outside of that."""
    return np.asarray(_circle(dark, _RING) - _circle(dark, _OUTER))


def _circle(dark: Grey, radius: float) -> Grey:
    edge = int(radius * PER_MM) + 2
    padded = np.pad(dark, edge, mode="edge")
    height, width = dark.shape
    total = np.zeros_like(dark)
    for angle in _ANGLES:
        x, y = edge + round(radius * PER_MM * np.cos(angle)), edge + round(radius * PER_MM * np.sin(angle))
        total += padded[y : y + height, x : x + width]
    return np.asarray(total / len(_ANGLES), dtype=np.float32)


def ring_of_all(ring: Grey, places: Sequence[Place]) -> float:
    """Return how clearly the rings of places are seen where they should be, within half a millimetre."""
    windows = _windows(ring, places)
    middle = windows[:, _REACH - 3 : _REACH + 4, _REACH - 3 : _REACH + 4]
    return float(np.median(middle.mean(axis=0).max(initial=-1.0))) if len(windows) else 0.0


def measured(dark: Grey, ring: Grey, groups: Sequence[Sequence[Place]]) -> list[Level]:
    """Measure the places of every group; those of a group lie near each other and are moved together."""
    shifts = _shifts(ring, groups)
    return [level for group, shift in zip(groups, shifts, strict=True) for level in _levels(dark, ring, group, shift)]


def _shifts(ring: Grey, groups: Sequence[Sequence[Place]]) -> list[tuple[int, int]]:
    """Return how far each group lies from where it should: where its rings and those of its neighbours are seen."""
    seen = [np.sort(_windows(ring, group), axis=0) for group in groups]
    scores = [each[len(each) // 4 :].mean(axis=0) if len(each) else np.zeros((_SPAN, _SPAN)) for each in seen]
    centres = [(np.mean([p.x for p in group]), np.mean([p.y for p in group])) for group in groups]
    found = []
    for x, y in centres:
        weights = [np.exp(-(((x - a) / 45) ** 2 + ((y - b) / 9) ** 2)) for a, b in centres]
        together = sum(weight * score for weight, score in zip(weights, scores, strict=True) if weight > 0.03)
        best = np.unravel_index(int(np.argmax(together - _FAR * sum(weights))), (_SPAN, _SPAN))
        found.append((int(best[0]) - _REACH, int(best[1]) - _REACH))
    return found


_SPAN = 2 * _REACH + 1
_FAR = 0.0006 * np.hypot(*np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1])
"""A place is rather where it should be than far away."""


def _windows(ring: Grey, places: Sequence[Place]) -> Grey:
    return np.stack(
        [
            ring[row - _REACH : row + _REACH + 1, column - _REACH : column + _REACH + 1]
            for row, column in (_pixel(place) for place in places)
        ]
    )


def _pixel(place: Place) -> tuple[int, int]:
    return round(place.y * PER_MM), round(place.x * PER_MM)


_DISC: NDArray[np.bool_] = np.hypot(*np.mgrid[-9:10, -9:10]) <= _INNER * PER_MM


def _levels(dark: Grey, ring: Grey, group: Sequence[Place], shift: tuple[int, int]) -> list[Level]:
    found = []
    for place in group:
        row, column = (at + by for at, by in zip(_pixel(place), shift, strict=True))
        part = dark[row - 9 : row + 10, column - 9 : column + 10]
        found.append(Level(place, float(part[_DISC].mean()), float(ring[row, column])))
    return found
