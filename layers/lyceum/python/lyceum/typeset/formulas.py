"""Formulas as SVG from LaTeX, by ziamath; for documents that show questions."""

import re
from typing import NamedTuple

_CHEMISTRY = re.compile(r"\\ce\{((?:[^{}]|\{[^{}]*\})*)\}")
_COUNTED = re.compile(r"(?<=[A-Za-z)\]])(\d+)")
_CHARGE = re.compile(r"\^(\d*[+-])")
_ARROWS = {"<=>": r"\rightleftharpoons ", "<->": r"\leftrightarrow ", "->": r"\rightarrow ", "<-": r"\leftarrow "}
_ARROW = re.compile("|".join(map(re.escape, _ARROWS)))
_POINTS_A_PIXEL = 0.75
"""A drawing's own unit is the pixel of CSS: 96 an inch."""
_VIEW = re.compile(r'viewBox="\S+ (\S+) \S+ (\S+)"')


class UnreadableFormula(ValueError):
    """A text that is no formula."""


class Formula(NamedTuple):
    """A formula as SVG, and how far it reaches below the line of writing, in points."""

    svg: str
    depth: float


def placed(latex: str, *, size: float = 11) -> Formula:
    r"""Return a formula to stand in a line of text; raises UnreadableFormula.

    Chemistry is read between `\ce{` and `}`: counts, charges and arrows, as in `\ce{2H2 + O2 -> 2H2O}`.
    """
    svg = drawn(_CHEMISTRY.sub(_chemical, latex), size=size / _POINTS_A_PIXEL)
    view = _VIEW.search(svg)
    below = float(view[1]) + float(view[2]) if view else 0.0
    return Formula(svg, max(0.0, below * _POINTS_A_PIXEL))


def _chemical(found: re.Match[str]) -> str:
    counted = _CHARGE.sub(r"^{\1}", _COUNTED.sub(r"_{\1}", found[1]))
    parts = _ARROW.split(counted)
    arrows = [*_ARROW.findall(counted), ""]
    return "".join(rf"\mathrm{{{part}}}" + _ARROWS.get(arrow, "") for part, arrow in zip(parts, arrows, strict=True))


def drawn(latex: str, *, size: float = 11) -> str:
    """Return a formula as SVG whose outlines need no font; raises UnreadableFormula."""
    from ziamath.zmath import Latex

    try:
        return str(Latex(latex, size=size).svg())
    except Exception as error:  # the library names no error of its own
        raise UnreadableFormula(latex) from error
