"""A stage may say how many calls a student without a paid plan makes a day; exams are never cut off."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lyceum.kit.errors import RateLimited
from lyceum.kit.http import rate_limits
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.settings import settings
from tests.kit.http.conftest import probe
from tests.support.clock import Clock
from tests.support.http import Client

MOST = 3


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Clock]:
    """A stage with a daily number, on a clock that stands still."""
    monkeypatch.setenv("LYCEUM_FREE_CALLS_DAILY", str(MOST))
    settings.cache_clear()
    yield clock
    monkeypatch.delenv("LYCEUM_FREE_CALLS_DAILY")
    settings.cache_clear()


def _call(student: Client) -> int:
    return student.get("/api/probe/things/special").status


def test_one_call_too_many_waits_for_the_next_day(caller: Client, counted: Clock) -> None:
    student = caller.as_("student")
    assert [_call(student) for _ in range(MOST + 1)] == [200] * MOST + [429]
    refused = student.get("/api/probe/things/special")
    assert refused.error.fields == {"PLAN_LIMIT"}
    counted.advance(seconds=int(refused.headers["Retry-After"]))
    assert _call(caller.as_("student")) == 200


@pytest.mark.parametrize("change", [{"tier": "premium"}, {"role": Role.INSTRUCTOR}])
def test_a_paid_plan_and_staff_are_not_counted(caller: Client, counted: Clock, change: dict[str, object]) -> None:
    person = caller.as_("student").principal
    assert person is not None
    route = probe.routes[0]
    for _ in range(MOST + 1):
        rate_limits.count_for_plan(replace(person, **change), person.user_id, route)  # type: ignore[arg-type]


def test_exams_are_never_cut_off(caller: Client, counted: Clock) -> None:
    person = caller.as_("student").principal
    assert isinstance(person, Principal)
    for domain in ("exams", "auth", "realtime"):
        for _ in range(MOST + 1):
            rate_limits.count_for_plan(person, person.user_id, replace(probe.routes[0], domain=domain))
    for _ in range(MOST):
        rate_limits.count_for_plan(person, person.user_id, probe.routes[0])
    with pytest.raises(RateLimited):
        rate_limits.count_for_plan(person, person.user_id, probe.routes[0])


def test_a_stage_that_says_nothing_counts_nothing(caller: Client) -> None:
    student = caller.as_("student")
    first = student.get("/api/probe/things/special").cost.write_units
    assert (first, [_call(student) for _ in range(MOST + 1)]) == (0, [200] * (MOST + 1))
