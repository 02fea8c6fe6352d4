"""Charts as SVG, written by hand: bars and lines over a row of labels. Pure.

Sizes are in points. Labels may be anybody's words; they are escaped. Values that are missing leave a gap.
"""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 480, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 6, 8, 18
INK, GRID, BAR, LINE = "#1f2937", "#e5e7eb", "#2563eb", "#0f766e"
_MOST_LABELS = 12
_STEPS = (1, 2, 2.5, 5, 10)
Value = float | None


def bars(labels: Sequence[str], values: Sequence[Value], *, most: float | None = None) -> str:
    """Return a chart with a bar for each value."""
    top = _top(values, most)
    room = _room(len(values))
    width = room * 0.7
    shapes = []
    for number, value in enumerate(values):
        if value:
            tall = _height(value, top)
            left = _LEFT + room * number + (room - width) / 2
            shapes.append(
                f'<rect x="{left:.2f}" y="{_base() - tall:.2f}" width="{width:.2f}" height="{tall:.2f}" fill="{BAR}"/>'
            )
    return _framed(labels, top, shapes)


def lines(labels: Sequence[str], values: Sequence[Value], *, most: float | None = None) -> str:
    """Return a chart with a line through the values; it is broken where one is missing."""
    top = _top(values, most)
    room = _room(len(values))
    runs: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_LEFT + room * (number + 0.5), _base() - _height(value, top)))
    shapes = []
    for run in filter(None, runs):
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in run)
        shapes.append(f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="1.5"/>')
        shapes += [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2" fill="{LINE}"/>' for x, y in run]
    return _framed(labels, top, shapes)


def nice(value: float) -> float:
    """Return the next round number: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in _STEPS if step * power >= value * (1 - 1e-9))


def _top(values: Sequence[Value], most: float | None) -> float:
    return most or nice(max((value for value in values if value is not None), default=0))


def _room(count: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(1, count)


def _base() -> float:
    return HEIGHT - _BOTTOM


def _height(value: float, top: float) -> float:
    return (HEIGHT - _TOP - _BOTTOM) * min(1.0, max(0.0, value / top))


def _framed(labels: Sequence[str], top: float, shapes: Sequence[str]) -> str:
    drawn = []
    for quarter in range(5):
        value = top * quarter / 4
        y = _base() - _height(value, top)
        drawn.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.2f}" y2="{y:.2f}" stroke="{GRID}"/>')
        drawn.append(_text(_LEFT - 4, y + 3, f"{value:g}", "end"))
    room, every = _room(len(labels)), max(1, ceil(len(labels) / _MOST_LABELS))
    drawn += [
        _text(_LEFT + room * (number + 0.5), HEIGHT - 5, labels[number], "middle")
        for number in range(0, len(labels), every)
    ]
    inside = "".join([*drawn, *shapes])
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    form = f'font-family="Noto Sans" font-size="8" fill="{INK}" text-anchor="{anchor}"'
    return f'<text x="{x:.2f}" y="{y:.2f}" {form}>{escape(text)}</text>'
