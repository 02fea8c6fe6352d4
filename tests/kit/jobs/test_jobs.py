"""A domain's jobs: each schedule names one, and every tenant gets its turn."""

from datetime import UTC, datetime, timedelta

import pytest

from lyceum.kit import context
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import tenants
from lyceum.kit.jobs.jobs import Jobs, Run, UnknownJob
from lyceum.kit.table.connection import ConditionFailed, TransactionFailed
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, LambdaContext


class Probe:
    """Two jobs that note what they did, one in every tenant, one for each hour; in the tenant `broken` they fail."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.hours: list[datetime] = []
        self.had_time: list[bool] = []
        self.broken = ""
        self.refusals: list[Exception] = []
        self.jobs = Jobs("probe")

        @self.jobs.in_every_tenant("rate(1 minute)")
        def sweep(run: Run) -> None:
            self._note("sweep")
            self.had_time.append(run.has_time)

        @self.jobs.in_every_span("rate(15 minutes)", timedelta(hours=1))
        def report(span: datetime) -> None:
            self._note("report")
            self.hours.append(span)

    def _note(self, job: str) -> None:
        if context.tenant() == self.broken:
            raise ValueError
        if self.refusals:
            raise self.refusals.pop(0)
        self.done.append((job, context.tenant()))

    def run(self, name: str, lambda_context: object = LAMBDA) -> None:
        self.jobs.handler({"job": name}, lambda_context)


@pytest.fixture
def probe(tenant: str, clock: Clock) -> Probe:
    """Jobs, with a tenant that is on the list since nine o'clock."""
    return Probe()


def at(hour: int) -> datetime:
    return datetime(2027, 1, 11, hour, tzinfo=UTC)


def test_what_another_run_did_meanwhile_is_looked_at_again(probe: Probe, tenant: str) -> None:
    probe.refusals = [ConditionFailed(None), Conflict("This exists already."), TransactionFailed([])]
    probe.run("sweep")
    assert (probe.done, probe.refusals) == ([("sweep", tenant)], [])


def test_a_conflict_that_stays_is_told(probe: Probe) -> None:
    probe.refusals = [Conflict("This exists already.") for _ in range(50)]
    with pytest.raises(tenants.JobIncomplete):
        probe.run("sweep")
    assert probe.done == []


def test_a_schedule_runs_the_job_that_it_names_and_no_other(probe: Probe, tenant: str) -> None:
    probe.run("sweep")
    assert probe.done == [("sweep", tenant)]
    probe.run("report")
    assert probe.done == [("sweep", tenant), ("report", tenant)]


def test_every_job_says_when_it_runs(probe: Probe) -> None:
    declared = {name: job.times for name, job in probe.jobs.declared.items()}
    assert declared == {"sweep": "rate(1 minute)", "report": "rate(15 minutes)"}


def test_a_job_that_nobody_declares_is_an_error_and_runs_nothing(probe: Probe) -> None:
    with pytest.raises(UnknownJob, match="probe has no job called tidy"):
        probe.run("tidy")
    assert probe.done == []


def test_two_jobs_of_one_name_are_refused_when_they_are_declared(probe: Probe) -> None:
    def sweep(run: Run) -> None:
        """Do it another way."""

    with pytest.raises(TypeError, match="two jobs called sweep"):
        probe.jobs.in_every_tenant("rate(5 minutes)")(sweep)


@pytest.mark.parametrize("job", ["sweep", "report"])
def test_a_failure_in_one_tenant_stops_no_other_and_is_told_in_the_end(
    probe: Probe, cloud: Cloud, tenant: str, job: str
) -> None:
    with cloud.new_tenant() as other:
        probe.broken = tenant
        with pytest.raises(tenants.JobIncomplete, match=f"probe.{job}: 1 tenants"):
            probe.run(job)
        assert probe.done == [(job, other)]
        probe.broken, probe.done = "", []
        probe.run(job)
        assert sorted(probe.done) == sorted([(job, tenant), (job, other)])


def test_what_runs_late_is_made_up_for_span_by_span(probe: Probe, clock: Clock) -> None:
    probe.run("report")
    clock.advance(hours=3)
    probe.run("report")
    assert probe.hours == [at(9), at(9), at(10), at(11), at(12)], "nine o'clock was not over when it was done first"


def test_a_doubled_run_does_the_present_span_again_and_no_finished_one(probe: Probe, clock: Clock) -> None:
    clock.advance(hours=1)
    probe.run("report")
    probe.run("report")
    assert probe.hours == [at(9), at(10), at(10)]


def test_a_span_that_failed_is_done_by_the_next_run_and_none_is_skipped(
    probe: Probe, clock: Clock, tenant: str
) -> None:
    clock.advance(hours=2)
    probe.broken = tenant
    with pytest.raises(tenants.JobIncomplete):
        probe.run("report")
    probe.broken = ""
    clock.advance(hours=1)
    probe.run("report")
    assert probe.hours == [at(9), at(10), at(11), at(12)]


def test_jobs_of_one_domain_keep_marks_of_their_own(probe: Probe, clock: Clock) -> None:
    again: list[datetime] = []

    @probe.jobs.in_every_span("rate(1 hour)", timedelta(hours=1))
    def archive(span: datetime) -> None:
        again.append(span)

    clock.advance(hours=1)
    probe.run("report")
    probe.run("archive")
    assert again == [at(9), at(10)]


def test_a_run_knows_when_its_time_is_nearly_up(probe: Probe) -> None:
    class Hurried(LambdaContext):
        @staticmethod
        def get_remaining_time_in_millis() -> int:
            return 4_000

    probe.run("sweep")
    probe.run("sweep", Hurried())
    assert probe.had_time == [True, False]
