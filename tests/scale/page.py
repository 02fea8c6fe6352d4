"""The part of docs/performance.md that the simulator writes; what else stands there is left as it is."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.scale.budgets import Figure, budgets

_PAGE = Path(__file__).parents[2] / "docs/performance.md"
_BEFORE = Path(__file__).with_name("before.toml")
_TARGETS = budgets()["target"]
_TITLE = "Under load"
_SMALL, _LARGE = 0.01, 100


def keep(found: Mapping[str, Sequence[Figure]]) -> None:
    """Write the figures of all scenarios into the page."""
    put(_TITLE, list(_lines(found)))


def put(title: str, lines: Sequence[str]) -> None:
    """Write a section of the page, where it stands or at its end."""
    before, _, after = _parts(_PAGE.read_text(), f"## {title}\n")
    section = "\n".join([f"## {title}", "", *lines])
    _PAGE.write_text(before.rstrip() + f"\n\n{section}\n" + (f"\n{after}" if after else ""))


def _parts(text: str, wanted: str) -> tuple[str, str, str]:
    before, head, rest = text.partition(wanted)
    body, next_head, after = rest.partition("\n## ")
    return before, head + body, next_head.lstrip("\n") + after


def _lines(found: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    yield "Written by `make simulate-scale`, with the quotas raised that [scale](scale.md) names. Peaks are of what is"
    yield "asked for the first time in the worst second, in parts of what a partition of the table or an index takes; a"
    yield "figure over its target is known and only ever lowered (`tests/scale/budgets.toml`). What stands under"
    yield "`before` was measured before the product was laid out for a crowd (`tests/scale/before.toml`)."
    earlier = tomllib.loads(_BEFORE.read_text())
    for name, each in found.items():
        before = earlier.get(name, {})
        yield f"\n| scenario {name} | before | today | target |\n|---|---|---|---|"
        for figure in each:
            was = _shown(before[figure.name]) if figure.name in before else ""
            yield f"| {figure.name} | {was} | {_shown(figure.found)} | {_shown(figure.target)} |"
        today = {figure.name for figure in each}
        for gone in (figure for figure in before if figure not in today):
            yield f"| {gone} | {_shown(before[gone])} | met | {_shown(_TARGETS['key'])} |"


def _shown(value: float) -> str:
    if value == round(value) or value >= _LARGE:
        return f"{value:,.0f}"
    return f"{value:.4f}" if value < _SMALL else f"{value:.2f}"
