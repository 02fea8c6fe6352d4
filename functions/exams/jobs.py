"""Each minute: warns before deadlines and finishes sessions that nobody finished, in every tenant.

When many are due at once, such as a whole hall at the end of its exam, the sweep only lists them: workers finish them in
batches, as many at a time as it takes.

A tenant's sweep mark is the last minute that is done for good. A run reads each minute after it up to now, and the
current one again in the next run, since an index may show an item a moment late. So a run that is late, doubled or
skipped for a day leads to the same end.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context, ids
from lyceum.kit.consumers.outbox import send
from lyceum.kit.jobs import tenants
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.exams.sessions import ExamSession, SweepMark
from lyceum.tasks.exams import CloseSessions

from functions.exams.marking import deadlines

_MINUTE = timedelta(minutes=1)
_AT_ONCE = 25
_SPARE_MILLISECONDS = 5_000
logger = Logger()


class SweepIncomplete(RuntimeError):
    """Some tenants could not be swept to the end; the next run goes on where this one stopped."""


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Do what is due in every tenant; raises SweepIncomplete after all of them when one failed."""
    now = clock.now()
    marks = _marks()
    failed = []
    for tenant in tenants.listed():
        name = tenant.tenant_name
        with context.working(context.RequestContext(tenant=name, correlation_id=ids.new_id())):
            try:
                _sweep(name, marks.get(name) or clock.minute_bucket(tenant.created_at - _MINUTE), now, lambda_context)
            except Exception:
                logger.exception("tenant not swept", extra={"tenant": name})
                failed.append(name)
    if failed:
        raise SweepIncomplete(f"{len(failed)} tenants could not be swept")


@contextmanager
def _in_main_tenant() -> Iterator[None]:
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        yield


def _marks() -> dict[str, str]:
    marks: dict[str, str] = {}
    after = None
    with _in_main_tenant():
        while True:
            found = find(SweepMark, after=after)
            marks |= {mark.tenant_name: mark.minute for mark in found.items}
            after = found.last_key
            if after is None:
                return marks


def _sweep(tenant_name: str, done: str, now: datetime, lambda_context: Any) -> None:
    """Work through the minutes after `done`, saving the mark at each full hour and before time runs out."""
    minute, last = _moment(done) + _MINUTE, _moment(clock.minute_bucket(now))
    while minute <= last and lambda_context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        _work_through(clock.minute_bucket(minute), now)
        minute += _MINUTE
        if minute.minute == 0:
            _save_mark(tenant_name, done, minute - _MINUTE, last)
    _save_mark(tenant_name, done, minute - _MINUTE, last)


def _moment(minute: str) -> datetime:
    return clock.parse(f"{minute}Z")


def _save_mark(tenant_name: str, done: str, swept: datetime, last: datetime) -> None:
    """Move the mark on, never back and never onto the current minute, which is read once more."""
    minute = clock.minute_bucket(min(swept, last - _MINUTE))
    if minute <= done:
        return
    with _in_main_tenant():
        mark = SweepMark.at(tenant_name=tenant_name)
        is_ahead = SweepMark.pk.does_not_exist() | (SweepMark.minute < minute)
        values = [SweepMark.minute.set(minute), SweepMark.tenant_name.set(tenant_name)]
        with suppress(ConditionFailed):  # another run is further on
            Unit().change(mark, *values, when=is_ahead, or_create=True).commit()


def _work_through(minute: str, now: datetime) -> None:
    """Attend to what is due in a minute: to a few sessions here, to many by handing them on to workers in batches."""
    after = None
    while True:
        found = find(ExamSession, index="gsi1", due_minute=minute, after=after)
        if len(found.items) > _AT_ONCE:
            _hand_on([session.exam_id for session in found.items])
        else:
            for session in found.items:
                deadlines.attend(session, now)
        after = found.last_key
        if after is None:
            return


def _hand_on(exam_ids: list[str]) -> None:
    unit = Unit()
    send(
        unit,
        *(CloseSessions(exam_ids=exam_ids[start : start + _AT_ONCE]) for start in range(0, len(exam_ids), _AT_ONCE)),
    )
    unit.commit()
