"""Schedules: every span of time is worked on, however late, doubled or missing runs are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.kit import context
from lyceum.kit.jobs import schedules, tenants
from lyceum.kit.jobs.records import ScheduleMark
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, LambdaContext

HOUR = timedelta(hours=1)


class Job:
    """A job that notes the spans that it was given, by tenant."""

    def __init__(self) -> None:
        self.done: list[tuple[str, datetime]] = []
        self.fails_in: str | None = None

    def __call__(self, span: datetime) -> None:
        if context.tenant() == self.fails_in:
            raise ValueError
        self.done.append((context.tenant(), span))

    def run(self, lambda_context: object = LAMBDA) -> None:
        schedules.run("job", HOUR, self, lambda_context)

    @property
    def hours(self) -> list[int]:
        return [span.hour for _, span in self.done]


@pytest.fixture
def job(tenant: str, clock: Clock) -> Job:
    """A job in a tenant that is on the list since nine o'clock."""
    return Job()


def test_the_present_span_is_done_and_done_again_by_the_next_run(job: Job, clock: Clock) -> None:
    job.run()
    clock.advance(minutes=30)
    job.run()
    clock.advance(minutes=31)
    job.run()
    assert job.hours == [9, 9, 9, 10]


def test_a_run_makes_up_for_those_that_were_missing(job: Job, clock: Clock) -> None:
    job.run()
    clock.advance(hours=26)
    job.run()
    assert [span for _, span in job.done[1:]] == [
        datetime(2027, 1, 11, 9, tzinfo=UTC) + number * HOUR for number in range(27)
    ]


def test_a_run_that_is_early_does_not_look_ahead(job: Job, clock: Clock) -> None:
    clock.advance(minutes=-1)
    job.run()
    assert job.done == []


def test_a_run_whose_time_is_up_leaves_the_rest_to_the_next(job: Job, clock: Clock) -> None:
    class Hurried(LambdaContext):
        calls = 0

        def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
            self.calls += 1
            return 10_000 if self.calls <= 3 else 4_000

    clock.advance(hours=9)
    job.run(Hurried())
    assert job.hours == [9, 10, 11]
    job.run()
    assert job.hours[3:] == [12, 13, 14, 15, 16, 17, 18]


def test_a_failure_in_one_tenant_stops_no_other_and_is_made_up_for(
    job: Job, cloud: Cloud, tenant: str, clock: Clock
) -> None:
    with cloud.new_tenant() as other:
        job.fails_in = tenant
        with pytest.raises(tenants.JobIncomplete):
            job.run()
        assert {name for name, _ in job.done} == {other}
        job.fails_in = None
        clock.advance(hours=2)
        job.run()
        assert [span.hour for name, span in job.done if name == tenant] == [9, 10, 11]


def test_a_mark_never_goes_back(job: Job, clock: Clock, tenant: str) -> None:
    clock.advance(hours=5)
    job.run()
    schedules.move_mark("job", tenant, clock.at - 9 * HOUR)
    with context.working(context.RequestContext()):
        mark = ScheduleMark.require(schedule="job", tenant_name=tenant)
    assert mark.done == clock.at - HOUR


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(minutes=st.lists(st.integers(0, 200), min_size=1, max_size=5))
def test_whenever_runs_come_every_span_up_to_the_last_run_is_done(cloud: Cloud, minutes: list[int]) -> None:
    with Clock() as clock, cloud.new_tenant():
        job = Job()
        for wait in minutes:
            clock.advance(minutes=wait)
            job.run()
        first, last = datetime(2027, 1, 11, 9, tzinfo=UTC), schedules.start_of(clock.at, HOUR)
        assert {span for _, span in job.done} == {first + number * HOUR for number in range((last - first) // HOUR + 1)}
