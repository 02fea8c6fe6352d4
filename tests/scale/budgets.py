"""What a scenario may take at most: the targets, and the ceilings of today, which later work lowers towards them."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.scale.engine import Result

_FILE = Path(__file__).with_name("budgets.toml")
_FEW_MESSAGES = 0.5


@dataclass(frozen=True)
class KeyFamily:
    """The worst partition of a family.

    Attributes:
        peak: What was asked for the first time in its worst second, in parts of what a partition takes.
        with_repeats: The same with all that is asked again after a refusal.
        given_up: The greatest part of the transactions on one of its items that were given up for conflicts.
    """

    peak: float = 0
    with_repeats: float = 0
    seconds_over: int = 0
    given_up: float = 0


def families(result: Result) -> dict[str, KeyFamily]:
    """Return the worst of each key family and index."""
    found: dict[str, KeyFamily] = {}
    for (label, _), bucket in result.keys.items():
        known = found.get(label.family, KeyFamily())
        family = label.family.partition("#")[0]
        lost = [share for item, share in result.conflicts.items() if item.partition("#")[0].partition("/")[0] == family]
        found[label.family] = KeyFamily(
            max(known.peak, bucket.ratio),
            max(known.with_repeats, bucket.ratio_with_repeats),
            max(known.seconds_over, bucket.seconds_over),
            max(known.given_up, *lost, 0.0) if not label.index else known.given_up,
        )
    return found


@dataclass(frozen=True)
class Figure:
    """One figure of a scenario, with its target and its ceiling."""

    name: str
    found: float
    target: float
    ceiling: float

    @property
    def is_exceeded(self) -> bool:
        """Whether it is over the ceiling."""
        return self.found > self.ceiling


def budgets() -> dict[str, Any]:
    """Return the declared targets and ceilings."""
    return tomllib.loads(_FILE.read_text())


def figures(
    scenario: str,
    result: Result,
    declared: dict[str, Any] | None = None,
    takes: Sequence[tuple[str, float, float]] = (),
    units: Mapping[str, float] | None = None,
) -> Iterator[Figure]:
    """Return the figures that a scenario is judged by.

    `takes` are chains with their seconds and the most of them; `units` what each step writes, by its name.

    What has no ceiling of its own must meet the target.
    """
    declared = declared or budgets()
    target, ceiling = declared["target"], declared.get("ceiling", {}).get(scenario, {})
    keys = ceiling.get("keys", {})
    for name, held in sorted(families(result).items(), key=lambda each: -each[1].peak):
        if name in keys or held.peak > target["key"]:
            yield Figure(f"peak of {name}", held.peak, target["key"], keys.get(name, target["key"]))
    dead = result.dead_letters if result.dead_letters > _FEW_MESSAGES else 0.0
    yield Figure("dead letters", dead, target["dead_letters"], ceiling.get("dead_letters", target["dead_letters"]))
    refused = ceiling.get("refused", {})
    for name, step in result.steps.items():
        share = step.refused_share
        yield Figure(f"refused of {name}", share, target["refused"], refused.get(name, target["refused"]))
    drained = float(max([result.stream_drained, *(queue.drained for queue in result.queues.values())]))
    yield Figure("seconds until all is drained", drained, target["drained"], ceiling.get("drained", target["drained"]))
    chains = ceiling.get("chains", {})
    for name, seconds, most in takes:
        yield Figure(f"seconds in which {name}", seconds, most, chains.get(name, most))
    for name, most in target.get("units", {}).get(scenario, {}).items():
        yield Figure(f"units written by a {name}", (units or {})[name], most, most)
    bound = target.get("cost", {}).get(scenario)
    if bound is not None:
        yield Figure("USD", result.cost, bound, ceiling.get("cost", bound))
