"""The four corner marks of an answer sheet in a picture, whatever its turn, slant, light and ground.

A pixel is dark where it is darker than what is around it, so shadows do not count. Of each connected dark spot the
second moments are taken: their determinant over the fourth power of the area is 1/144 for every parallelogram, and so
for a square seen from anywhere (Flusser and Suk, affine moment invariants). Four spots are the corners where a
homography of the page explains their places and their sizes; the hollow one says which way up the page lies.
"""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from lyceum.kit.frozen import frozen

from functions.exams.printing.sheet_layout import CORNER, CORNERS

Floats = NDArray[np.float64]
Grey = NDArray[np.float32]
HOLLOW = 0.4
"""The side of the hole of the first corner mark, as a part of its own."""
_WORKING = 1000
"""The longest side, in pixels, of the picture that spots are looked for in."""
_SOLID, _HOLLOW = (0.0058, 0.0092), (0.0096, 0.0185)
_MOST_SPOTS = 14
_AREA, _AREA_OF_HOLLOW = CORNER**2, CORNER**2 * (1 - HOLLOW**2)
_MOST_MISFIT, _GOOD = 0.75, 0.5
_MOST_FITS = 8
_OF_THREE = 0.2
_LARGE = 2.0
"""Of fits that are alike the one with the larger corner marks is better: marked places may lie like corners, too."""
_DARK = 0.8


@frozen
class Spot:
    """A dark spot that may be a corner mark: its centre and area in pixels, and whether it is hollow."""

    x: float
    y: float
    area: float
    is_hollow: bool


def candidates(picture: Grey) -> list[Floats]:
    """Return the homographies, from millimetres of the page to pixels, under which the corners may lie; best first."""
    shrunk, factor = _shrunk(picture)
    spots = _spots(shrunk)
    hollow, solid = [each for each in spots if each.is_hollow], [each for each in spots if not each.is_hollow]
    found = [fit for first in hollow[:4] for fit in _fits(first, solid)]
    if not found or min(fit[0] for fit in found) > _GOOD:
        found += _of_three(hollow, solid)
        found += [fit for first in solid[:6] for fit in _fits(first, [each for each in solid if each is not first])]
    found.sort(key=lambda fit: fit[0])
    scale = np.diag([factor, factor, 1.0])
    return [scale @ matrix for _, matrix in found[:_MOST_FITS]]


def homography(places: Floats, pixels: Floats) -> Floats:
    """Return the 3 x 3 matrix that takes places to pixels, by least squares (direct linear transformation)."""
    rows = []
    for (x, y), (u, v) in zip(places, pixels, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    scaled = np.asarray(rows, dtype=np.float64)
    weights = np.abs(scaled).max(axis=0) + 1e-12
    _, _, turned = np.linalg.svd(scaled / weights)
    matrix: Floats = (turned[-1] / weights).reshape(3, 3)
    return np.asarray(matrix / matrix[2, 2])


def moved(matrix: Floats, places: Floats) -> Floats:
    """Return where a homography takes places, one a row."""
    taken = np.c_[places, np.ones(len(places))] @ matrix.T
    return np.asarray(taken[:, :2] / taken[:, 2:])


def refined(picture: Grey, matrix: Floats) -> Floats:
    """Return a homography again by the centres of its corner marks in full resolution; those out of sight stay."""
    there = moved(matrix, np.asarray(CORNERS))
    better = [sought(picture, matrix, place, at) for place, at in zip(CORNERS, there, strict=True)]
    kept = [at if centre is None else centre for centre, at in zip(better, there, strict=True)]
    return homography(np.asarray(CORNERS), np.asarray(kept))


def sought(picture: Grey, matrix: Floats, place: tuple[float, float], at: Floats) -> Floats | None:
    """Return the centre of a corner mark near where it should be; None where nothing like it is."""
    side = np.sqrt(_scale(matrix, place)) * CORNER
    half = int(side * 0.95) + 1
    left, top = int(at[0]) - half, int(at[1]) - half
    part = picture[max(0, top) : top + 2 * half + 1, max(0, left) : left + 2 * half + 1]
    if part.size < 30:
        return None
    light, dark = np.percentile(part, [80, 8])
    if light - dark < 25:
        return None
    weight = np.clip((light + dark) / 2 - part, 0, (light - dark) / 4)
    total = float(weight.sum())
    expected = 0.84 * side**2 * (light - dark) / 4
    if not 0.5 < total / expected < 1.6:
        return None
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    centre = np.array([(columns * weight).sum() / total + max(0, left), (rows * weight).sum() / total + max(0, top)])
    return centre if np.hypot(*(centre - at)) < side * 0.4 else None


def _shrunk(picture: Grey) -> tuple[Grey, float]:
    """Return a picture as the means of squares of pixels, and how many pixels a side of those has."""
    step = max(1, -(-max(picture.shape) // _WORKING))
    height, width = (side // step * step for side in picture.shape)
    blocks = picture[:height, :width].reshape(height // step, step, width // step, step)
    return blocks.mean(axis=(1, 3), dtype=np.float32), float(step)


def box_mean(picture: Grey, radius: int) -> Grey:
    """Return the mean of the square around each pixel; at the rim, of what there is of it."""
    sums = np.pad(picture, ((1, 0), (1, 0))).cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    height, width = picture.shape
    top, bottom = np.clip(np.arange(height) - radius, 0, None), np.clip(np.arange(height) + radius + 1, None, height)
    left, right = np.clip(np.arange(width) - radius, 0, None), np.clip(np.arange(width) + radius + 1, None, width)
    whole = sums[bottom][:, right] - sums[top][:, right] - sums[bottom][:, left] + sums[top][:, left]
    area = np.outer(bottom - top, right - left)
    return np.asarray(whole / area, dtype=np.float32)


def _spots(picture: Grey) -> list[Spot]:
    around = box_mean(picture, max(picture.shape) // 14)
    dark = (picture < around * _DARK) & (picture < around - 12)
    rows, starts, ends = _runs(dark)
    if not len(rows):
        return []
    return _judged(_labels(rows, starts, ends, picture.shape[1]), rows, starts, ends, max(picture.shape))


def _runs(dark: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the runs of dark pixels: row, start, end; those that no corner mark can have are left out."""
    steps = np.diff(np.pad(dark.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    fits = (ends - starts >= 3) & (ends - starts <= max(dark.shape) // 8)
    return rows[fits], starts[fits], ends[fits]


def _labels(
    rows: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64], width: int
) -> NDArray[np.int64]:
    """Return for each run the number of its connected spot: runs that touch in neighbouring rows belong together."""
    pitch = width + 2
    first = np.searchsorted(rows * pitch + ends, (rows + 1) * pitch + starts, "right")
    last = np.searchsorted(rows * pitch + starts, (rows + 1) * pitch + ends, "left")
    count = np.clip(last - first, 0, None)
    one = np.repeat(np.arange(len(rows)), count)
    other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    label = np.arange(len(rows))
    while True:
        lowest = np.minimum(label[one], label[other])
        before = label.copy()
        np.minimum.at(label, one, lowest)
        np.minimum.at(label, other, lowest)
        label = label[label]
        if (label == before).all():
            return label


def _judged(
    label: NDArray[np.int64],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    longest: int,
) -> list[Spot]:
    """Return the spots that are as a square, hollow or solid, would be; the largest first."""
    count = (ends - starts).astype(np.float64)
    middle = (starts + ends - 1) / 2.0
    sums = [
        np.bincount(label, weights=each)
        for each in (
            count,
            count * middle,
            count * rows,
            count * (middle**2 + (count**2 - 1) / 12),
            count * rows.astype(np.float64) ** 2,
            count * middle * rows,
        )
    ]
    area = np.maximum(sums[0], 1e-9)
    x, y = sums[1] / area, sums[2] / area
    xx, yy, xy = sums[3] / area - x**2 + 1 / 12, sums[4] / area - y**2 + 1 / 12, sums[5] / area - x * y
    shape = (xx * yy - xy**2) / area**2
    longer = (xx + yy) / 2 + np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    is_even = longer < 6 * np.maximum(xx + yy - longer, 1e-9)
    fits = (area > 60) & (area < (longest / 9) ** 2) & is_even & (shape > _SOLID[0]) & (shape < _HOLLOW[1])
    found = [Spot(x[each], y[each], area[each], bool(shape[each] > _SOLID[1])) for each in np.flatnonzero(fits)]
    return sorted(found, key=lambda spot: -spot.area)[: 3 * _MOST_SPOTS]


def _fits(first: Spot, others: list[Spot]) -> Iterator[tuple[float, Floats]]:
    """Yield how badly a homography fits, and it, for every three spots that may be the other corners."""
    near = [each for each in others if 0.3 < each.area / first.area < 3.6][:8]
    for three in combinations(near, 3):
        middle = sum(each.x for each in (first, *three)) / 4, sum(each.y for each in (first, *three)) / 4
        turn = np.arctan2(first.y - middle[1], first.x - middle[0])
        angles = [(np.arctan2(each.y - middle[1], each.x - middle[0]) - turn) % (2 * np.pi) for each in three]
        clockwise = [first, *(three[number] for number in np.argsort(angles))]
        fit = _fit(clockwise)
        if fit is not None:
            yield fit


def _fit(corners: list[Spot]) -> tuple[float, Floats] | None:
    pixels = np.array([(each.x, each.y) for each in corners])
    sides = np.roll(pixels, -1, axis=0) - pixels
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if (turns <= 0).any():
        return None
    matrix = homography(np.asarray(CORNERS), pixels)
    misfit = 0.0
    for place, spot in zip(CORNERS, corners, strict=True):
        expected = _scale(matrix, place) * (_AREA_OF_HOLLOW if spot.is_hollow else _AREA)
        if expected <= 0:
            return None
        misfit = max(misfit, abs(float(np.log(spot.area / expected))))
    lengths = np.hypot(*sides.T)
    tall = (lengths[1] + lengths[3]) / (lengths[0] + lengths[2])
    misfit += abs(float(np.log(tall / 1.478))) / 2
    if misfit > _MOST_MISFIT:
        return None
    return misfit - float(np.log(sum(spot.area for spot in corners))) / 4 + _LARGE, matrix


def _of_three(hollow: list[Spot], solid: list[Spot]) -> Iterator[tuple[float, Floats]]:
    """Yield what three corners make where the fourth is folded away or cut off: a parallelogram."""
    for three in combinations([*hollow[:2], *solid[:6]], 3):
        for names in combinations(range(4), 3):
            for order in permutations(three):
                if sum(each.is_hollow for each in order) != (0 in names and any(each.is_hollow for each in three)):
                    continue
                if any(each.is_hollow and name != 0 for each, name in zip(order, names, strict=True)):
                    continue
                spots = dict(zip(names, order, strict=True))
                missing = next(name for name in range(4) if name not in names)
                a, b, c = spots[(missing + 1) % 4], spots[(missing + 2) % 4], spots[(missing + 3) % 4]
                spots[missing] = Spot(a.x + c.x - b.x, a.y + c.y - b.y, (a.area + c.area) / 2, is_hollow=False)
                fit = _fit([spots[name] for name in range(4)])
                if fit is not None:
                    yield fit[0] + _OF_THREE, fit[1]


def _scale(matrix: Floats, place: tuple[float, float]) -> float:
    """Return how many square pixels a square millimetre has at a place."""
    x, y = place
    weight = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    return float(np.linalg.det(matrix) / weight**3)
