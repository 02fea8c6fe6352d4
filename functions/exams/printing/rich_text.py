"""Rich text as what a template sets: runs of words, formulas as drawings, tables.

A run is `{"text", "bold", "italic", "shift"}`, `{"svg", "depth", "block"}`, `{"rows", "columns"}`,
`{"picture", "width", "alt"}` or `{"newline"}`.
A formula that can not be read stands as it was written, and so do those beyond a bound: drawing one takes up to 13 ms.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from lyceum.typeset import formulas

from functions.exams.printing.pictures import Picture

Runs = list[dict[str, Any]]
MOST_FORMULAS = 500
_LONGEST_FORMULA = 500
_FORMULA = re.compile(r"(\\\(.{1,2000}?\\\)|\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$)", re.DOTALL)
_LONG_WORD, _PART_OF_WORD = re.compile(r"\S{31,}"), re.compile(r".{10}")
"""What is longer than a word that is read may be broken after each part."""
_ZERO_WIDTH_SPACE = "\u200b"
_GAP = re.compile(r"\{\{([1-9][0-9]?)\}\}")
_BREAKING = frozenset({"p", "br", "blockquote", "figure", "h2", "h3", "h4", "hr", "li", "ol", "pre", "ul"})
_STYLES = {"b": "bold", "strong": "bold", "h2": "bold", "h3": "bold", "h4": "bold", "th": "bold", "i": "italic",
           "em": "italic"}  # fmt: skip
_LISTS = frozenset({"ol", "ul"})
_INDENT = "\N{NO-BREAK SPACE}" * 4
_PLAIN = {"bold": False, "italic": False, "shift": ""}
_SHIFTS = frozenset({"sub", "sup"})


class Typesetter:
    """Turns the texts of one document into runs; each formula is drawn once."""

    def __init__(self, size: float, shown: Mapping[str, Picture] | None = None) -> None:
        self._size = size
        self._shown = shown or {}
        self._drawn: dict[str, dict[str, Any] | None] = {}

    def runs(self, html: str) -> Runs:
        """Return a rich text as runs; the gaps of a cloze are lines with their number."""
        reader = _Reader(self)
        reader.feed(_GAP.sub(r"____(\1)____", html))
        reader.close()
        return reader.finished()

    def picture(self, source: str, alternative: str) -> dict[str, Any] | None:
        """Return a picture as a run; None where it stands by its alternative text."""
        found = self._shown.get(source.removeprefix("upload:"))
        return {"picture": found.svg, "width": found.width, "alt": alternative} if found else None

    def formula(self, written: str) -> dict[str, Any] | None:
        """Return a formula as a drawing; None where it stays as it was written."""
        if written not in self._drawn:
            self._drawn[written] = self._draw(written) if len(self._drawn) < MOST_FORMULAS else None
        return self._drawn[written]

    def _draw(self, written: str) -> dict[str, Any] | None:
        latex = written[2:-2].strip()
        if len(latex) > _LONGEST_FORMULA:
            return None
        try:
            made = formulas.placed(latex, size=self._size)
        except formulas.UnreadableFormula:
            return None
        return {"svg": made.svg, "depth": made.depth, "block": not written.startswith("\\(")}


class _Reader(HTMLParser):
    """Reads sanitised rich text."""

    def __init__(self, typesetter: Typesetter) -> None:
        super().__init__(convert_charrefs=True)
        self._typesetter = typesetter
        self._open: list[str] = []
        self._counts: list[int] = []
        self._out: list[Runs] = [[]]
        self._table: list[list[Runs]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self._show(dict(attrs))
        elif tag == "tr" and "table" in self._open:
            self._table.append([])
        elif tag in {"td", "th"} and self._table:
            self._out.append([])
        elif tag in _BREAKING:
            self._break()
            self._begin(tag)
        if tag not in {"img", "br", "hr"}:
            self._open.append(tag)

    def _begin(self, tag: str) -> None:
        """Begin a list, or a part of one by its bullet or its number."""
        if tag in _LISTS:
            self._counts.append(0)
        elif tag == "li" and self._counts:
            self._counts[-1] += 1
            innermost = next(each for each in reversed(self._open) if each in _LISTS)
            label = f"{self._counts[-1]}." if innermost == "ol" else "•"
            self._out[-1].append({**_PLAIN, "text": _INDENT * (len(self._counts) - 1) + f"{label} "})

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        self._open.reverse()
        self._open.remove(tag)
        self._open.reverse()
        if tag in _LISTS:
            self._counts.pop()
        if tag in {"td", "th"} and len(self._out) > 1:
            self._table[-1].append(_trimmed(self._out.pop()))
        elif tag == "table":
            self._close_table()
        elif tag in _BREAKING:
            self._break()

    def handle_data(self, data: str) -> None:
        for number, part in enumerate(_FORMULA.split(data)):
            drawn = self._typesetter.formula(part) if number % 2 else None
            if drawn:
                self._out[-1].append(drawn)
            elif part:
                self._say(part)

    def _say(self, text: str) -> None:
        styles = {_STYLES[tag]: True for tag in self._open if tag in _STYLES}
        shift = next((tag for tag in reversed(self._open) if tag in _SHIFTS), "")
        words = text if "pre" in self._open else re.sub(r"\s+", " ", text)
        if self._out[-1] and _stands_alone(self._out[-1][-1]):
            words = words.lstrip()
        if words:
            self._out[-1].append({**_PLAIN, "text": _LONG_WORD.sub(_broken, words), "shift": shift, **styles})

    def _show(self, attributes: Mapping[str, str | None]) -> None:
        alternative = attributes.get("alt") or "…"
        shown = self._typesetter.picture(attributes.get("src") or "", alternative)
        if shown:
            self._out[-1].append(shown)
        else:
            self._say(f"[{alternative}]")

    def _break(self) -> None:
        if self._out[-1] and "newline" not in self._out[-1][-1]:
            self._out[-1].append({"newline": True})

    def _close_table(self) -> None:
        columns = max((len(row) for row in self._table), default=0)
        rows = [[*row, *([[]] * (columns - len(row)))] for row in self._table]
        self._table = []
        if columns:
            self._out[-1].append({"columns": columns, "rows": rows})

    def finished(self) -> Runs:
        """Return everything that was read, whatever was left open."""
        if self._table:
            self._close_table()
        return _trimmed([run for runs in self._out for run in runs])


def _broken(found: re.Match[str]) -> str:
    return _PART_OF_WORD.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", found[0])


def _stands_alone(run: Mapping[str, Any]) -> bool:
    """Whether what follows begins a line."""
    return "picture" in run or "rows" in run or bool(run.get("block"))


def _trimmed(runs: Runs) -> Runs:
    while runs and "newline" in runs[-1]:
        runs = runs[:-1]
    return runs
