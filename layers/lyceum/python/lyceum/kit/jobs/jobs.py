"""A domain's scheduled jobs, declared like routes: what is done, when, and in which tenants.

Each job has a schedule of its own, whose input names it; all jobs of a domain are one Lambda.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.jobs import runs, schedules, tenants
from lyceum.kit.telemetry import sending

_SPARE_MILLISECONDS = 5_000
_TELLS_EVERY = timedelta(minutes=10)


@frozen
class Run:
    """One run of a job, which ends when its function's time does."""

    lambda_context: Any

    @property
    def has_time(self) -> bool:
        """Whether there is time to begin something else."""
        return bool(self.lambda_context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS)


@frozen
class Job:
    """A job and its times, as EventBridge Scheduler writes them: `rate(1 minute)` or `cron(0 3 * * ? *)`, in UTC."""

    name: str
    times: str
    start: Callable[[Run], None]


class UnknownJob(LookupError):
    """A schedule names a job that its domain does not declare."""


class Jobs:
    """The jobs of a domain; `handler` is their Lambda entry point, and gets `{"job": name}`."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.declared: dict[str, Job] = {}

    def once(self, times: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """Declare what is to be done at `times` for the whole deployment, whoever its tenants are."""

        def declare(work: Callable[[], None]) -> Callable[[], None]:
            self._enter(work.__name__, times, lambda _run: work())
            return work

        return declare

    def in_every_tenant(self, times: str) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
        """Declare what is to be done in every tenant at `times`; it must change nothing when it is done again."""

        def declare(work: Callable[[Run], None]) -> Callable[[Run], None]:
            name = work.__name__
            self._enter(name, times, lambda run: tenants.every(self._mark(name), lambda _tenant: work(run)))
            return work

        return declare

    def in_every_span(self, times: str, span: timedelta) -> Callable[[schedules.SpanJob], schedules.SpanJob]:
        """Declare what is to be done for each span of time that has begun, in every tenant; see `schedules.run`."""

        def declare(work: schedules.SpanJob) -> schedules.SpanJob:
            name = work.__name__
            self._enter(name, times, lambda run: schedules.run(self._mark(name), span, work, run.lambda_context))
            return work

        return declare

    def handler(self, event: dict[str, Any], lambda_context: Any) -> None:
        """Run the job that the schedule names; raises UnknownJob, or JobIncomplete when a tenant is left."""
        name = event["job"]
        if name not in self.declared:
            raise UnknownJob(f"{self.domain} has no job called {name}")
        try:
            with runs.noted(self._mark(name), self.declared[name].times):
                self.declared[name].start(Run(lambda_context))
        finally:
            sending.send(every=_TELLS_EVERY)

    def _enter(self, name: str, times: str, start: Callable[[Run], None]) -> None:
        if name in self.declared:
            raise TypeError(f"{self.domain} has two jobs called {name}")
        self.declared[name] = Job(name, times, start)

    def _mark(self, name: str) -> str:
        return f"{self.domain}.{name}"
