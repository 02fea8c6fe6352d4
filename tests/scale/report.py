"""Prints what came of a scenario: keys, quotas, steps, queues, chains and the bill."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.scale.budgets import families
from tests.scale.engine import Result
from tests.scale.scenarios import Scenario

_COST = Path(__file__).parents[2] / "docs/cost.md"
_FEW = 0.05
_MOST_ROWS = 14


def report(scenario: Scenario, result: Result) -> Iterator[str]:
    """Return the lines of a scenario's report."""
    yield f"{scenario.name}: {scenario.title}"
    yield from _section("keys", ("key", "peak", "with repeats", "seconds over", "given up in conflicts"), _keys(result))
    yield from _section("quotas", ("quota", "peak", "seconds over"), _quotas(result))
    yield from _section("steps", ("step", "attempts", "refused", "given up"), _steps(result))
    yield from _section("queues", ("worker", "done", "most waiting", "drained after", "dead letters"), _queues(result))
    chains = [(chain.name, f"{chain.pages:,}", f"{chain.seconds:,.0f} s") for chain in scenario.chains]
    yield from _section("one after another", ("chain", "pages", "takes"), chains)
    yield from _section("bill", ("what", "USD"), _bill(scenario, result))


def _section(name: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    yield f"\n  {name}"
    for row in (head, *rows):
        cells = [
            f"{row[0]:<{widths[0]}}",
            *(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        yield "    " + "  ".join(cells)


def _keys(result: Result) -> list[tuple[str, ...]]:
    ordered = sorted(families(result).items(), key=lambda held: -held[1].peak)
    return [
        (name, f"{held.peak:.2f}", f"{held.with_repeats:.2f}", str(held.seconds_over), f"{held.given_up:.1%}")
        for name, held in ordered[:_MOST_ROWS]
        if held.peak > _FEW or held.given_up > 0
    ]


def _quotas(result: Result) -> list[tuple[str, ...]]:
    tables = [
        (f"table {name}", f"{table.peak:,.0f} of {table.rate:,.0f}", str(table.seconds_over))
        for name, table in result.tables.items()
    ]
    quotas = [
        (name, f"{bucket.peak:,.0f} of {bucket.rate:,.0f}", str(bucket.seconds_over))
        for name, bucket in result.quotas.items()
        if bucket.peak
    ]
    return [*tables, *quotas]


def _steps(result: Result) -> list[tuple[str, ...]]:
    return [
        (name, f"{step.attempts:,.0f}", f"{step.refused_share:.2%}", f"{step.given_up:,.0f}")
        for name, step in result.steps.items()
    ]


def _queues(result: Result) -> list[tuple[str, ...]]:
    rows = [
        (name, f"{queue.done:,.0f}", f"{queue.most_waiting:,.0f}", f"{queue.drained:,} s", f"{queue.dead:,.0f}")
        for name, queue in result.queues.items()
    ]
    return [*rows, ("the stream", "", "", f"{result.stream_drained:,} s", f"{result.parked:,.0f}")]


def _bill(scenario: Scenario, result: Result) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (name, f"{usd:,.2f}") for name, usd in sorted(result.bill.items(), key=lambda held: -held[1]) if usd >= _FEW
    ]
    rows += [("in all", f"{result.cost:,.2f}"), ("a head", f"{result.cost / scenario.heads:.5f}")]
    if not scenario.days:
        return rows
    month = (f"a month of {scenario.days} such days", f"{scenario.days * result.cost:,.2f}")
    return [*rows, month, *((f"beside it, fixed for a whole stage ({name})", usd) for name, usd in fixed())]


def fixed() -> list[tuple[str, str]]:
    """Return what stages cost a month that nobody uses, as docs/cost.md has it."""
    lines = [[cell.strip(" *") for cell in line.split("|")] for line in _COST.read_text().splitlines()]
    head = next(cells for cells in lines if cells[1:2] == ["a month"])
    together = next(cells for cells in lines if cells[1:2] == ["together"])
    return list(zip(head[2:-1], together[2:-1], strict=True))
