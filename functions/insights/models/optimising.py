"""Finding where a function of a few positive numbers is least (Nelder and Mead 1965), without derivatives."""

from collections.abc import Callable, Sequence
from math import exp, isfinite, log

_REFLECT, _EXPAND, _SHRINK = 1.0, 2.0, 0.5
_STEP = 0.3
_WORST = 1e300
_MOST_LOG = 30.0


def minimise(
    function: Callable[[Sequence[float]], float], start: Sequence[float], *, steps: int = 600, close: float = 1e-9
) -> tuple[list[float], float]:
    """Return positive arguments with the least value that was found, and that value.

    It works in logarithms, so no argument becomes zero or negative; it stops once all corners are equally good.
    """

    def value(point: Sequence[float]) -> float:
        found = function([exp(max(-_MOST_LOG, min(_MOST_LOG, each))) for each in point])
        return found if isfinite(found) else _WORST

    corner = [log(each) for each in start]
    corners = [corner]
    for place in range(len(corner)):
        moved = list(corner)
        moved[place] += _STEP
        corners.append(moved)
    ranked = sorted((value(point), point) for point in corners)
    for _ in range(steps):
        if ranked[-1][0] - ranked[0][0] < close * (1 + abs(ranked[0][0])):
            break
        ranked = sorted(_moved(ranked, value))
    return [exp(each) for each in ranked[0][1]], ranked[0][0]


def _moved(
    ranked: list[tuple[float, list[float]]], value: Callable[[Sequence[float]], float]
) -> list[tuple[float, list[float]]]:
    """Return the corners after the worst one was moved, or all were drawn to the best."""
    *kept, (worst, corner) = ranked
    centre = [sum(point[place] for _, point in kept) / len(kept) for place in range(len(corner))]

    def at(factor: float) -> tuple[float, list[float]]:
        point = [mid + factor * (mid - far) for mid, far in zip(centre, corner, strict=True)]
        return value(point), point

    reflected = at(_REFLECT)
    if reflected[0] < ranked[0][0]:
        return [*kept, min(reflected, at(_EXPAND))]
    if reflected[0] < kept[-1][0]:
        return [*kept, reflected]
    inside = at(_SHRINK if reflected[0] < worst else -_SHRINK)
    if inside[0] < min(reflected[0], worst):
        return [*kept, inside]
    best = ranked[0][1]
    drawn = [[low + _SHRINK * (each - low) for low, each in zip(best, point, strict=True)] for _, point in ranked[1:]]
    return [ranked[0], *((value(point), point) for point in drawn)]
