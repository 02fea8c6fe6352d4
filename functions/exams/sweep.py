"""Each minute: warns before deadlines and finishes sessions that nobody finished, in every tenant.

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

from lyceum import clock, context, ids, tenants
from lyceum.errors import Conflict, Unavailable
from lyceum.events import ExamExpiring
from lyceum.model import ExamSession, SweepMark
from lyceum.table import ConditionFailed, Unit, find

from exams import finishing, timing

_MINUTE = timedelta(minutes=1)
_RETRY_AFTER = timedelta(minutes=10)
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
        with context.working(context.Work(tenant=name, correlation_id=ids.new_id())):
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
    after = None
    while True:
        found = find(ExamSession, index="gsi1", due_minute=minute, after=after)
        for session in found.items:
            _attend(session, now)
        after = found.last_key
        if after is None:
            return


def _attend(session: ExamSession, now: datetime) -> None:
    """Do what is due for one session; one that can not be finished is put off and stops no other."""
    try:
        if timing.is_closed(session, now):
            finishing.finish_overdue(session.exam_id)
        else:
            _move_on(session, now)
    except Unavailable:
        raise
    except Exception:
        logger.exception("session put off", extra={"exam_id": session.exam_id})
        session.due_minute = timing.minute_after(now + _RETRY_AFTER)
        _replace(session)


def _move_on(session: ExamSession, now: datetime) -> None:
    """Warn if it is time to, once; then wait for the next thing that is due."""
    events = []
    if timing.is_warning_due(session, now):
        session.warned_at = now
        events.append(ExamExpiring(exam_id=session.exam_id, user_id=session.user_id, deadline_at=session.deadline_at))
    session.due_minute = timing.due_minute(session, now)
    _replace(session, *events)


def _replace(session: ExamSession, *events: ExamExpiring) -> None:
    try:
        Unit().replace(session, *events).commit()
    except Conflict:  # it was finished or moved by somebody else meanwhile
        logger.info("session changed meanwhile", extra={"exam_id": session.exam_id})
