"""The part of docs/performance.md that the simulator writes; what else stands there is left as it is."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.scale.budgets import Figure

_PAGE = Path(__file__).parents[2] / "docs/performance.md"
_HEAD = "## Under load"
_SMALL, _LARGE = 0.01, 100


def keep(found: Mapping[str, Sequence[Figure]]) -> None:
    """Write the figures of all scenarios into the page."""
    before, _, after = _parts(_PAGE.read_text())
    _PAGE.write_text(before.rstrip() + "\n\n" + "\n".join(_lines(found)) + "\n" + (f"\n{after}" if after else ""))


def _parts(text: str) -> tuple[str, str, str]:
    before, head, rest = text.partition(_HEAD)
    body, next_head, after = rest.partition("\n## ")
    return before, head + body, next_head.lstrip("\n") + after


def _lines(found: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    yield _HEAD
    yield ""
    yield "Written by `make simulate-scale`, with the quotas raised that [scale](scale.md) names. Peaks are of what is"
    yield "asked for the first time in the worst second, in parts of what a partition of the table or an index takes; a"
    yield "figure over its target is known and only ever lowered (`tests/scale/budgets.toml`)."
    for name, each in found.items():
        yield f"\n| scenario {name} | today | target |\n|---|---|---|"
        yield from (f"| {figure.name} | {_shown(figure.found)} | {_shown(figure.target)} |" for figure in each)


def _shown(value: float) -> str:
    if value == round(value) or value >= _LARGE:
        return f"{value:,.0f}"
    return f"{value:.4f}" if value < _SMALL else f"{value:.2f}"
