"""A simulation: students who live their days on a line, and what is there of it afterwards."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from tests.clients.fault_proxy import FaultProxy
from tests.e2e.conftest import Stack
from tests.simulation import students
from tests.simulation.checking import missing_and_doubled
from tests.simulation.line import Line, Timings
from tests.simulation.students import Pauses, Stopped, Student


@dataclass(frozen=True)
class Plan:
    """What is played.

    - `at_once`: requests that run at the same time at most. `think`: the mean of a student's pauses, in seconds.
    - `days`: how many everybody has. `seconds`: when everybody stops, in whatever they are; they begin within a half.
      Without `seconds`, everybody begins at once and comes to the end.
    - `faults`: the share of requests that meet a fault of the line.
    - `checked`: how many students are looked at afterwards.
    """

    students: int
    at_once: int = 8
    think: float = 0.2
    days: int = 1
    seconds: float = 0
    faults: float = 0
    checked: int = 100


@dataclass(frozen=True)
class Outcome:
    """What came of it; `broken` says how often each fault met a request, `given_up` what students were refused."""

    plan: Plan
    timings: Timings
    seconds: float
    broken: Mapping[str, int]
    given_up: Mapping[str, int]
    failures: list[BaseException]
    confirmed: int
    lost: list[str]
    doubled: list[str]

    @property
    def is_whole(self) -> bool:
        """Say whether everybody came to their end, and what was confirmed is there once."""
        return not (self.lost or self.doubled or self.failures)


def play(stack: Stack, plan: Plan) -> Outcome:
    """Let students live their days, then read back what was confirmed to them, on a line without faults."""
    names = students.enter(stack, plan.students)
    with ExitStack() as until_the_end:
        url, host, broken = stack.facts["apiUrl"], stack.host, dict[str, int]()
        if plan.faults:
            proxy = FaultProxy(url, seed=plan.students, share=plan.faults, host=host)
            until_the_end.enter_context(proxy)
            url, host, broken = proxy.url, None, proxy.done
        line = Line(plan.at_once, host)
        began = time.monotonic()
        stops = began + plan.seconds if plan.seconds else math.inf
        pauses = Pauses(plan.think, stops, patience=0.1 if plan.faults else 1)
        people = [Student(name, url, line, pauses) for name in names]
        failures = students.together(people, _living(plan), plan.seconds / 2)
        seconds, timings = time.monotonic() - began, line.start_again()
        if plan.faults:
            proxy.share = 0
        found: list[tuple[list[str], list[str]]] = []
        looked_at = [each for each in people if each.confirmed.count][: plan.checked]
        failures += students.together(looked_at, lambda each: found.append(missing_and_doubled(each)), 0)
    return Outcome(
        plan=plan,
        timings=timings,
        seconds=seconds,
        broken=broken,
        given_up=sum((each.given_up for each in people), start=Counter()),
        failures=failures,
        confirmed=sum(each.confirmed.count for each in looked_at),
        lost=[name for lost, _ in found for name in lost],
        doubled=[name for _, doubled in found for name in doubled],
    )


def _living(plan: Plan) -> Callable[[Student], None]:
    def live(student: Student) -> None:
        with suppress(Stopped):
            student.begin()
            for _ in range(plan.days):
                student.day()

    return live
