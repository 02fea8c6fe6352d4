"""The worker's side of long jobs: each page counts once, and the job ends once, whatever is delivered how often.

The number of the page that is next stands in the job. What a page does is committed together with the step to the next
one, on the condition that it is still this page's turn and the job goes on. So a page that comes twice, late or after a
cancellation changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, RateLimited, Unavailable
from lyceum.kit.frozen import frozen
from lyceum.kit.long_jobs.control import KEPT
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.task import JobTask
from lyceum.kit.table import Unit

if TYPE_CHECKING:  # whoever only starts jobs needs no worker
    from lyceum.kit.consumers.consumer import Consumer

_TRIES = 3
"""How often a page is tried: as often as a queue hands out a message."""
_MAY_PASS = (Unavailable, RateLimited, Conflict)
logger = Logger()


@frozen
class Progress:
    """What a page did.

    Attributes:
        done: How many things were done.
        failed: How many could not be done.
        after: What the next page starts behind; None when this was the last.
        total: How many things there are in all, when the page found out.
        result: Where the outcome is, of the last page: a path of the API (`/api/...`), or a key of the bucket.
        then: Another task that does the next page, such as one that typesets what the pages before wrote.
    """

    done: int = 0
    failed: int = 0
    after: Any = None
    total: int | None = None
    result: str | None = None
    then: JobTask | None = None


Page = Callable[[Any, Unit], Progress]


class _Overtaken(Conflict):
    """It is not this page's turn any more: it was done elsewhere, or the job has ended."""

    def __init__(self) -> None:
        super().__init__("this page's turn is over")


def long_job(consumer: "Consumer", task: type[JobTask]) -> Callable[[Page], Page]:
    """Declare one page of a long job; for work that nobody watches there is `Consumer.paged`.

    The page adds up to 99 writes to its unit and returns its Progress. What it does beside them must change nothing
    when it is done again. An error of the domain ends the job as failed and is shown to its owner, unless it may pass.
    Every other error is tried again, and ends the job the third time.
    """

    def declare(page: Page) -> Page:
        consumer.on(task, outside=True)(partial(_do, page))
        return page

    return declare


def _do(page: Page, received: JobTask, _marker: Unit) -> None:
    job = LongJob.fetch(owner_id=received.owner_id, job_id=received.job_id, consistent=True)
    if job is None or job.has_ended or job.page != received.page:
        return
    unit = Unit()
    try:
        _step(unit, job, received, page(received, unit))
        unit.commit()
    except _Overtaken:
        return
    except Exception as error:
        if isinstance(error, DomainError) and not isinstance(error, _MAY_PASS):  # a rule refused: nobody has to mend it
            logger.info("long job refused", extra={**_named(job), "code": error.code})
            _fail(job, received, error)
            return
        if job.failures + 1 >= _TRIES:
            logger.exception("long job failed", extra=_named(job))
            _fail(job, received, error)
            return
        with suppress(_Overtaken):
            _change(Unit(), job, received, LongJob.failures.add(1)).commit()
        raise


def _named(job: LongJob) -> dict[str, str]:
    return {"job": job.job_id, "type": job.type}


def _step(unit: Unit, job: LongJob, received: JobTask, progress: Progress) -> None:
    is_last = progress.after is None and progress.then is None
    actions: list[Any] = [
        LongJob.page.set(received.page + 1),
        LongJob.failures.set(0),
        LongJob.done.add(progress.done),
        LongJob.failed.add(progress.failed),
        *([LongJob.total.set(progress.total)] if progress.total is not None else []),
        *([LongJob.result.set(progress.result)] if progress.result is not None else []),
        *(_ended("done") if is_last else [LongJob.state.set("running")]),
    ]
    following = [] if is_last else [_following(received, progress)]
    _change(unit, job, received, *actions, events=following)


def _following(received: JobTask, progress: Progress) -> JobTask:
    """Return the task of the next page, of the same job whoever does it."""
    if progress.then is None:
        return received.following(progress.after)
    same = {"owner_id": received.owner_id, "job_id": received.job_id, "page": received.page + 1}
    return progress.then.model_copy(update=same)


def _fail(job: LongJob, received: JobTask, error: Exception) -> None:
    code, message = "INTERNAL", "The job could not be finished."
    if isinstance(error, DomainError):
        code, message = error.code, error.message
    why = [LongJob.error_code.set(code), LongJob.error_message.set(message)]
    with suppress(_Overtaken):
        _change(Unit(), job, received, *why, *_ended("failed")).commit()


def _ended(state: str) -> list[Any]:
    now = clock.now()
    return [LongJob.state.set(state), LongJob.finished_at.set(now), LongJob.ttl.set(now + KEPT)]


def _change(unit: Unit, job: LongJob, received: JobTask, *actions: Any, **options: Any) -> Unit:
    is_its_turn: Condition = LongJob.goes_on() & (LongJob.page == received.page)
    return unit.change(job, *actions, when=is_its_turn, refuse=_Overtaken(), **options)
