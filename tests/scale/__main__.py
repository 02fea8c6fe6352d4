"""`python -m tests.scale [A B C D]`: plays the scenarios with quotas raised as docs/scale.md asks, and prints.

When all are played it keeps the figures in docs/performance.md. It fails when a figure is over its ceiling.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "layers/lyceum/python"), str(ROOT)]
os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"

import tests.conftest  # noqa: E402, F401 - sets the environment of the in-process stack
from tests.scale.budgets import Figure, figures  # noqa: E402
from tests.scale.limits import Limits  # noqa: E402
from tests.scale.page import keep  # noqa: E402
from tests.scale.report import report  # noqa: E402
from tests.scale.scenarios import SCENARIOS, learned  # noqa: E402
from tests.support.cloud import cloud_in_process  # noqa: E402


def main(wanted: list[str]) -> int:
    """Play the scenarios that are wanted, or all, and return 1 when a figure is over its ceiling."""
    found: dict[str, list[Figure]] = {}
    with cloud_in_process() as cloud:
        for scenario in (each for each in SCENARIOS if not wanted or each.name in wanted):
            profiles = learned(scenario, cloud)
            units = {name: profile.write_units for name, profile in profiles.items()}
            result = scenario.play(profiles, Limits.raised())
            found[scenario.name] = list(figures(scenario.name, result, takes=scenario.takes(), units=units))
            print("\n".join([*report(scenario, result), ""]))
    if len(found) == len(SCENARIOS):
        keep(found)
    exceeded = [(name, figure) for name, each in found.items() for figure in each if figure.is_exceeded]
    for name, figure in exceeded:
        print(f"{name}: {figure.name} is {figure.found:.4g}, and may be {figure.ceiling:g} at most")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
