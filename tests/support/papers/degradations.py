"""Forty ways in which a sheet comes back worse than it was, each from a picture and a source of randomness."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Way = Callable[[Image.Image, Generator], Image.Image]


def _array(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(picture, dtype=np.float32)


def _image(values: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _resized(dots_per_inch: float) -> Way:
    def way(picture: Image.Image, _random: Generator) -> Image.Image:
        factor = dots_per_inch / 200
        size = int(picture.width * factor), int(picture.height * factor)
        return picture.resize(size, Image.Resampling.LANCZOS)

    return way


def _turned(degrees: float, ground: int = 255) -> Way:
    def way(picture: Image.Image, random: Generator) -> Image.Image:
        return picture.rotate(
            degrees + random.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, expand=True, fillcolor=ground
        )

    return way


def _quad(reach: float, ground: int) -> Way:
    """A photograph from the side, with some of the table around the sheet."""

    def way(picture: Image.Image, random: Generator) -> Image.Image:
        width, height = picture.size
        margin = 0.05
        size = int(width * (1 + 2 * margin)), int(height * (1 + 2 * margin))
        corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
        at = corners + random.uniform(-reach, reach, (4, 2)) * [1, 0.7] * np.sign(0.5 - corners) * -1 * 0.5
        at = np.clip(at, -margin, 1 + margin)
        there = (at + margin) / (1 + 2 * margin) * size
        source = corners * (width, height)
        rows = []
        for (u, v), (x, y) in zip(source, there, strict=True):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        numbers = np.linalg.solve(np.array(rows), source.ravel())
        return picture.transform(
            size, Image.Transform.PERSPECTIVE, tuple(numbers), Image.Resampling.BICUBIC, fillcolor=ground
        )

    return way


def _sheared(across: float) -> Way:
    def way(picture: Image.Image, random: Generator) -> Image.Image:
        slant = across * random.choice([-1, 1])
        more = int(abs(slant) * picture.height)
        size = picture.width + more, picture.height
        start = 0 if slant < 0 else -more
        return picture.transform(
            size,
            Image.Transform.AFFINE,
            (1, slant, start if slant > 0 else 0, 0, 1, 0),
            Image.Resampling.BICUBIC,
            fillcolor=255,
        )

    return way


def _light(make: Callable[[NDArray[np.float64], NDArray[np.float64], Generator], NDArray[np.float64]]) -> Way:
    """Light that is not the same everywhere; `make` gives the part of it that is left, by place from 0 to 1."""

    def way(picture: Image.Image, random: Generator) -> Image.Image:
        rows, columns = np.mgrid[: picture.height, : picture.width]
        left = make(columns / picture.width, rows / picture.height, random)
        return _image(_array(picture) * left.astype(np.float32))

    return way


def _edge(x: NDArray[np.float64], y: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    angle, at = random.uniform(0, 2 * np.pi), random.uniform(-0.2, 0.2)
    distance = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) - at
    return np.asarray(1 - 0.5 / (1 + np.exp(-distance / 0.012)))


def _hand(x: NDArray[np.float64], y: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    a, b = random.uniform(0.2, 0.8, 2)
    return np.asarray(1 - 0.45 / (1 + np.exp((np.hypot(x - a, (y - b) * 1.4) - 0.22) / 0.02)))


def _lamp(x: NDArray[np.float64], y: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    a, b = random.uniform(0, 1, 2)
    return np.asarray(0.4 + 0.6 * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.5))


def _slope(x: NDArray[np.float64], y: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    angle = random.uniform(0, 2 * np.pi)
    return np.asarray(0.7 + 0.3 * np.clip(((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)) * 2, -1, 1))


def _folded(*, is_across: bool) -> Way:
    """A fold: the halves stand at an angle, so one is shorter, shifted and darker, and the fold is a line."""

    def way(picture: Image.Image, random: Generator) -> Image.Image:
        upright = picture if is_across else picture.transpose(Image.Transpose.ROTATE_90)
        values = _array(upright)
        height, width = values.shape
        at = int(height * random.uniform(0.42, 0.6))
        shorter = random.uniform(0.985, 0.997)
        rows = np.arange(int(at + (height - at) * shorter))
        source = np.where(rows <= at, rows, at + (rows - at) / shorter).clip(0, height - 1).astype(int)
        values = values[source]
        slide = random.uniform(-0.004, 0.004) * width
        for row in range(at, len(values)):
            values[row] = np.roll(values[row], round(slide * (row - at) / (height - at)))
        values[at:] *= random.uniform(0.82, 0.95)
        values[at - 2 : at + 2] *= 0.75
        folded = _image(values)
        return folded if is_across else folded.transpose(Image.Transpose.ROTATE_270)

    return way


def _curled(picture: Image.Image, random: Generator) -> Image.Image:
    values = _array(picture)
    height, width = values.shape
    lift = np.sin(np.linspace(0, np.pi, width)) * random.uniform(0.002, 0.0045) * height * random.choice([-1, 1])
    rows = (np.arange(height)[:, None] + lift[None, :]).clip(0, height - 1)
    low = np.floor(rows).astype(int)
    part = (rows - low).astype(np.float32)
    columns = np.arange(width)[None, :]
    return _image(values[low, columns] * (1 - part) + values[np.minimum(low + 1, height - 1), columns] * part)


def _waved(picture: Image.Image, random: Generator) -> Image.Image:
    values = _array(picture)
    height, width = values.shape
    lift = np.sin(np.linspace(0, 3 * np.pi, width) + random.uniform(0, 6)) * 0.0022 * height
    rows = (np.arange(height)[:, None] + lift[None, :]).round().clip(0, height - 1).astype(int)
    return _image(values[rows, np.arange(width)[None, :]])


def _noisy(spread: float) -> Way:
    def way(picture: Image.Image, random: Generator) -> Image.Image:
        return _image(_array(picture) + random.normal(0, spread, (picture.height, picture.width)).astype(np.float32))

    return way


def _peppered(picture: Image.Image, random: Generator) -> Image.Image:
    values = _array(picture).copy()
    drawn = random.random(values.shape)
    values[drawn < 0.01], values[drawn > 0.99] = 0, 255
    return _image(values)


def _blurred(radius: float) -> Way:
    return lambda picture, _random: picture.filter(ImageFilter.GaussianBlur(radius))


def _shaken(picture: Image.Image, random: Generator) -> Image.Image:
    values, length = _array(picture), 6
    angle = random.uniform(0, np.pi)
    steps = [(round(k * np.cos(angle)), round(k * np.sin(angle))) for k in np.linspace(-length / 2, length / 2, 7)]
    return _image(np.mean([np.roll(values, step, axis=(1, 0)) for step in steps], axis=0))


def _squeezed(quality: int) -> Way:
    def way(picture: Image.Image, _random: Generator) -> Image.Image:
        held = BytesIO()
        picture.save(held, "JPEG", quality=quality)
        return Image.open(BytesIO(held.getvalue())).convert("L")

    return way


def _toned(low: float, high: float, power: float = 1.0) -> Way:
    return lambda picture, _random: _image(low + (high - low) * (_array(picture) / 255) ** power)


def _bitonal(picture: Image.Image, _random: Generator) -> Image.Image:
    return _image(np.where(_array(picture) > 190, 255, 0).astype(np.float32))


def _stained(picture: Image.Image, random: Generator) -> Image.Image:
    rows, columns = np.mgrid[: picture.height, : picture.width]
    x, y = random.uniform(0.2, 0.8) * picture.width, random.uniform(0.3, 0.9) * picture.height
    away = np.hypot(columns - x, rows - y) / picture.width
    left = 1 - 0.18 * (away < 0.17) - 0.2 * (np.abs(away - 0.17) < 0.006)
    return _image(_array(picture) * left.astype(np.float32))


def _dirtied(picture: Image.Image, random: Generator) -> Image.Image:
    dirty = picture.copy()
    draw = ImageDraw.Draw(dirty)
    for _ in range(60):
        x, y, r = random.uniform(0, picture.width), random.uniform(0, picture.height), random.uniform(1, 4)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=int(random.uniform(40, 160)))
    for _ in range(2):
        ends = random.uniform(0, 1, 4)
        draw.line(
            [ends[0] * picture.width, ends[1] * picture.height, ends[2] * picture.width, ends[3] * picture.height],
            fill=120,
            width=2,
        )
    return dirty


def _torn(picture: Image.Image, random: Generator) -> Image.Image:
    torn = picture.copy()
    width, height, reach = picture.width, picture.height, 0.12 * picture.width
    x, y = [(0, 0), (width, 0), (width, height), (0, height)][int(random.integers(4))]
    across, down = (reach if x == 0 else -reach), (reach if y == 0 else -reach)
    ImageDraw.Draw(torn).polygon([(x, y), (x + across, y), (x, y + down)], fill=70)
    return torn


def _on_table(picture: Image.Image, random: Generator) -> Image.Image:
    margin = int(0.09 * picture.width)
    grain = random.normal(70, 14, (picture.height + 2 * margin, 1)) + random.normal(
        0, 5, (1, picture.width + 2 * margin)
    )
    table = _image(grain.astype(np.float32))
    table.paste(picture, (margin, margin))
    return table


def _lined(picture: Image.Image, _random: Generator) -> Image.Image:
    values = _array(picture).copy()
    values[:, ::97] *= 0.75
    values[::211] *= 1.25
    return _image(values)


def _shown_through(picture: Image.Image, _random: Generator) -> Image.Image:
    back = _array(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2)))
    return _image(_array(picture) * (1 - 0.12 * (1 - back / 255)))


def _all(*ways: Way) -> Way:
    def way(picture: Image.Image, random: Generator) -> Image.Image:
        for each in ways:
            picture = each(picture, random)
        return picture

    return way


WAYS: dict[str, Way] = {
    "clean, 200 dpi": _all(),
    "100 dpi": _resized(100),
    "120 dpi": _resized(120),
    "300 dpi": _resized(300),
    "turned by 2 degrees": _turned(2),
    "turned by -5 degrees": _turned(-5),
    "turned by 17 degrees": _turned(17, 120),
    "on its side": _turned(90),
    "upside down": _turned(180),
    "on its other side": _turned(270),
    "sheared by 3 %": _sheared(0.03),
    "sheared by 7 %": _sheared(0.07),
    "from the side": _quad(0.06, 90),
    "from far to the side": _quad(0.16, 60),
    "shadow of an edge": _light(_edge),
    "shadow of a hand": _light(_hand),
    "under a lamp": _light(_lamp),
    "light from one side": _light(_slope),
    "folded across": _folded(is_across=True),
    "folded along": _folded(is_across=False),
    "curled": _curled,
    "waved": _waved,
    "noise of 10": _noisy(10),
    "noise of 25": _noisy(25),
    "pepper and salt": _peppered,
    "out of focus": _blurred(1.4),
    "far out of focus": _blurred(2.4),
    "shaken": _shaken,
    "JPEG of 40": _squeezed(40),
    "JPEG of 15": _squeezed(15),
    "grey and flat": _toned(90, 190),
    "too light": _toned(60, 255, 0.6),
    "too dark": _toned(0, 170, 1.3),
    "black and white": _bitonal,
    "stained": _stained,
    "dots and lines": _dirtied,
    "a corner torn off": _torn,
    "on a wooden table": _all(_on_table, _turned(4, 70)),
    "lines of a bad scanner": _all(_lined, _shown_through),
    "a photograph": _all(_quad(0.08, 80), _light(_slope), _noisy(6), _squeezed(60)),
    "a bad photograph at night": _all(_curled, _quad(0.1, 40), _light(_lamp), _blurred(1.2), _noisy(12), _squeezed(35)),
}
