"""`python -m tests.simulation term | crowd`: plays students against the deployed local stack, and says what came of it.

`term` is some students on a line that breaks; `crowd` many of them who think between two requests on a line that does
not, whose figures stand in docs/performance.md. Both end with status 1 if anything confirmed is missing or doubled.
"""

import argparse
import json
import os
import sys

from demo import load
from local.place import Place
from tests.e2e.conftest import Stack
from tests.scale import page
from tests.simulation import report
from tests.simulation.playing import Plan, play

_TENANT = "simulation"


def deployed() -> Stack:
    """Return the stack that is up, seen from a tenant of its own with the demonstration data."""
    place = Place.from_environment()
    if not place.stack_file.exists():
        sys.exit("no stack is deployed: run `make up`")
    os.environ.update({name: value for name, value in place.environment().items() if name.startswith("AWS_")})
    main_stack = Stack(place, json.loads(place.stack_file.read_text()))
    main_stack.make_tenant(_TENANT)
    accounts = load.main({**main_stack.facts, "accounts": {}}, _TENANT)
    return Stack(place, {**main_stack.facts, "accounts": accounts}, _TENANT)


def main() -> int:
    """Play, print, and keep the figures of a crowd; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("kind", choices=("term", "crowd"))
    parser.add_argument("--students", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=6, help="how long a crowd goes on")
    parser.add_argument("--think", type=float, default=60, help="mean seconds between two requests of one of a crowd")
    parser.add_argument("--at-once", type=int, default=8, help="requests that run at the same time at most")
    asked = parser.parse_args()
    term = Plan(asked.students or 20, at_once=asked.at_once, days=3, faults=0.2)
    crowd = Plan(
        students=asked.students or 1000,
        at_once=asked.at_once,
        think=asked.think,
        days=1_000,
        seconds=60 * asked.minutes,
    )
    outcome = play(deployed(), term if asked.kind == "term" else crowd)
    lines = list(report.rows(outcome))
    print("\n".join([*lines, "", *map(repr, outcome.failures[:5]), *outcome.lost[:5], *outcome.doubled[:5]]))
    print(dict(outcome.broken), dict(outcome.given_up), dict(outcome.timings.refused))
    if asked.kind == "crowd" and outcome.is_whole and not asked.students:
        page.put(report.CROWD, ["Written by `make simulate-crowd`. " + lines[0], *lines[1:]])
    return 0 if outcome.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
