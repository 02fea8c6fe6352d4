"""Some students of a term on a line that breaks: what was confirmed to them is there, and there once."""

import pytest

from tests.e2e.conftest import Stack
from tests.simulation import report
from tests.simulation.playing import Plan, play

pytestmark = pytest.mark.e2e


def test_what_was_confirmed_on_a_bad_line_is_there_once(stack: Stack) -> None:
    outcome = play(stack, Plan(students=6, at_once=4, faults=0.2))
    assert outcome.failures == []
    assert (outcome.lost, outcome.doubled) == ([], [])
    assert outcome.confirmed >= 30
    assert sum(outcome.broken.values()) > 20, outcome.broken
    assert report.dollars(outcome) > 0
