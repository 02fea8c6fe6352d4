"""What a simulation is told by: what is lost, how long answers took, and what the requests would cost."""

import tomllib
from collections.abc import Iterator

from infra import request_costs
from infra.routes import ROOT
from lyceum_client.operations import operation
from tests.simulation.playing import Outcome

CROWD = "Many people at once"
_SHOWN = 12
_PRICES = ROOT / "infra/prices.toml"


def rows(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of a section in Markdown."""
    plan, timings = outcome.plan, outcome.timings
    yield (
        f"{plan.students:,} students for {outcome.seconds / 60:.1f} minutes, {plan.think:g} s of thought between two "
        f"requests on average, against the local stack on the machine of the other figures. At most {plan.at_once} "
        "requests run at once, since the stack has a process for each; who waits for a place waits within the times. "
        f"Looked at afterwards: {min(plan.checked, plan.students)} students."
    )
    yield ""
    yield "| requests | a second | most at once | sent again | lost | doubled | refused | USD |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|"
    refused = sum(outcome.given_up.values())
    yield (
        f"| {timings.requests:,} | {timings.requests / outcome.seconds:.1f} | {timings.most_at_once} "
        f"| {sum(timings.refused.values()):,} | {len(outcome.lost)} of {outcome.confirmed:,} | {len(outcome.doubled)} "
        f"| {refused} | {dollars(outcome):.4f} |"
    )
    yield ""
    yield "| request | times | median, ms | p95 | p99 | longest |"
    yield "|---|--:|--:|--:|--:|--:|"
    often = sorted(timings.seconds, key=lambda name: -len(timings.seconds[name]))[:_SHOWN]
    for name in [None, *often]:
        shown = "all" if name is None else f"`{operation(name).method} {operation(name).path}`"
        count = timings.requests if name is None else len(timings.seconds[name])
        took = " | ".join(f"{each:,.0f}" for each in timings.milliseconds(name).values())
        yield f"| {shown} | {count:,} | {took} |"


def dollars(outcome: Outcome) -> float:
    """Return what the requests cost at list prices; one whose price is not known costs as much as the mean of those."""
    prices = tomllib.loads(_PRICES.read_text())
    known = {
        name.partition(" (")[0]: request_costs.cost_of(each, prices["use"], prices["busy"]).together / 1_000_000
        for part in ("requests", "courses", *request_costs.PARTS)
        for name, each in request_costs.measured(part).items()
    }
    mean = sum(known.values()) / len(known)
    return sum(
        len(seconds) * known.get(f"{operation(name).method} {operation(name).path}", mean)
        for name, seconds in outcome.timings.seconds.items()
    )
