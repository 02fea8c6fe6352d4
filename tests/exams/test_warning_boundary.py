"""Which sessions are warned of their end: from ten minutes on, and from five minutes before the deadline on."""

from datetime import timedelta

import pytest

from tests.exams.conftest import Start
from tests.exams.test_jobs import Swept
from tests.support.clock import Clock


@pytest.mark.parametrize(("seconds", "is_warned"), [(599, False), (600, True), (601, True)])
def test_a_session_of_ten_minutes_is_warned_and_a_shorter_one_is_not(
    start: Start, clock: Clock, swept: Swept, seconds: int, is_warned: bool
) -> None:
    running = start(durationSeconds=seconds)
    clock.move_to(running.deadline - timedelta(minutes=4))
    swept()
    assert len(running.events("exam.expiring")) == is_warned


def test_the_warning_is_due_at_five_minutes_and_not_a_second_earlier(start: Start, clock: Clock, swept: Swept) -> None:
    running = start(durationSeconds=600)
    clock.move_to(running.deadline - timedelta(minutes=5, seconds=1))
    swept()
    assert running.events("exam.expiring") == []
    clock.move_to(running.deadline - timedelta(minutes=4))
    swept()
    assert len(running.events("exam.expiring")) == 1
