"""Formulas as SVG from LaTeX, by ziamath; for documents that show questions."""

import re
from typing import NamedTuple

_CHEMISTRY = re.compile(r"\\ce\{((?:[^{}]|\{[^{}]*\})*)\}")
_RAISED = re.compile(r"\^(\d*[+-]|\d+)")
_LOWERED = re.compile(r"_(\d+)|(?<=[A-Za-z)\]])(\d+)")
_LAST_SIGN = re.compile(r"(?<=[A-Za-z\d)\]}])([+-])$")
_ADDED = re.compile(r"(?<=[A-Za-z\d)\]}])\*|(?<=[A-Za-z)\]}])\.(?=\d)|(?<=[A-Za-z)\]}]\d)\.(?=\d)")
_SIGNS = {"v": r"\downarrow ", "(v)": r"\downarrow ", "^": r"\uparrow ", "(^)": r"\uparrow "}
_ARROWS = {"<=>": r"\rightleftharpoons ", "<->": r"\leftrightarrow ", "->": r"\rightarrow ", "<-": r"\leftarrow "}
_LONG = {"->": r"\longrightarrow ", "<-": r"\longleftarrow ", "<->": r"\longleftrightarrow "}
_ARROW = re.compile(rf"({'|'.join(map(re.escape, _ARROWS))})(?:\[([^\]]*)\])?(?:\[([^\]]*)\])?")
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

    Chemistry is read between `\ce{` and `}` as mhchem has it: counts, charges, isotopes, arrows with what stands above
    and below, what falls out (`v`) or escapes (`^`), as in `\ce{Ag+ + Cl- ->[H2O] AgCl v}`.
    """
    svg = drawn(_CHEMISTRY.sub(_chemical, latex), size=size / _POINTS_A_PIXEL)
    view = _VIEW.search(svg)
    below = float(view[1]) + float(view[2]) if view else 0.0
    return Formula(svg, max(0.0, below * _POINTS_A_PIXEL))


def _chemical(found: re.Match[str]) -> str:
    text, made, place = found[1], [], 0
    for arrow in _ARROW.finditer(text):
        made += [_substances(text[place : arrow.start()]), _arrow(*arrow.groups(default=""))]
        place = arrow.end()
    return "".join([*made, _substances(text[place:])])


def _arrow(kind: str, above: str, below: str) -> str:
    """Return an arrow with what stands above and below it."""
    made = _ARROWS[kind]
    if above.strip():
        made = rf"\;\overset{{{_substances(above)}}}{{{_LONG.get(kind, made)}}}\;"
    return rf"\;\underset{{{_substances(below)}}}{{{made}}}\;" if below.strip() else made


def _substances(text: str) -> str:
    """Return formulas that follow each other: what falls out or escapes, charges, counts, and what is added."""
    return rf"\mathrm{{{' '.join(map(_substance, text.split()))}}}" if text.strip() else ""


def _substance(word: str) -> str:
    if word in _SIGNS:
        return _SIGNS[word]
    lowered = _LOWERED.sub(lambda found: f"_{{{found[1] or found[2]}}}", _RAISED.sub(r"^{\1}", word))
    return _ADDED.sub(r" \\cdot ", _LAST_SIGN.sub(r"^{\1}", lowered)).replace("#", r"\equiv ")


def drawn(latex: str, *, size: float = 11) -> str:
    """Return a formula as SVG whose outlines need no font; raises UnreadableFormula."""
    from ziamath.zmath import Latex

    try:
        return str(Latex(latex, size=size).svg())
    except Exception as error:  # the library names no error of its own
        raise UnreadableFormula(latex) from error
