"""Work that is due at a time, in every tenant: what one run leaves undone, the next one does.

Runs may be late, early, doubled or missing. Time is cut into spans of one length. A mark for each schedule and tenant
is the last span that is done for good. A run works through the spans after it up to the present one, and the present
one again in the next run, since an index may show an item a moment late; so the work on a span must change nothing
when it is done again.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.jobs import tenants
from lyceum.kit.jobs.records import ScheduleMark
from lyceum.kit.table import ConditionFailed, Unit, find_all
from lyceum.kit.tenancy.records import Tenant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPARE_MILLISECONDS = 5_000
SpanJob = Callable[[datetime], None]


def start_of(moment: datetime, span: timedelta) -> datetime:
    """Return the beginning of the span that holds a moment; spans are counted in UTC from 1970."""
    return moment - (moment - _EPOCH) % span


def bucket(moment: datetime) -> str:
    """Name the span that begins at a moment, as index partitions do: `2027-01-11T09:15`."""
    return clock.minute_bucket(moment)


def run(schedule: str, span: timedelta, work: SpanJob, lambda_context: Any) -> None:
    """Call `work` with the beginning of each span that is not done yet, in every tenant.

    What there is no time for is left to the next run. One tenant's failure stops no other; JobIncomplete is raised in
    the end.
    """
    present = start_of(clock.now(), span)
    marks = _marks(schedule)

    def work_through(tenant: Tenant) -> None:
        name = str(tenant.tenant_name)
        done = marks[name] if name in marks else start_of(tenant.created_at, span) - span
        reached = _work_through(done + span, present, span, work, lambda_context)
        move_mark(schedule, name, min(reached, present - span))

    tenants.every(schedule, work_through)


def _marks(schedule: str) -> dict[str, datetime]:
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        return {str(mark.tenant_name): mark.done for mark in find_all(ScheduleMark, schedule=schedule)}


def _work_through(
    span_start: datetime, present: datetime, span: timedelta, work: SpanJob, lambda_context: Any
) -> datetime:
    """Work from one span on and return the last that was finished; it ends early when the function's time does."""
    while span_start <= present and lambda_context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        work(span_start)
        span_start += span
    return span_start - span


def move_mark(schedule: str, tenant_name: str, done: datetime) -> None:
    """Note the last span that a schedule has done for good in a tenant; a mark never goes back."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        mark = ScheduleMark.at(schedule=schedule, tenant_name=tenant_name)
        is_ahead = ScheduleMark.pk.does_not_exist() | (ScheduleMark.done < done)
        values = [
            ScheduleMark.done.set(done),
            ScheduleMark.schedule.set(schedule),
            ScheduleMark.tenant_name.set(tenant_name),
        ]
        with suppress(ConditionFailed):  # another run is as far or further
            Unit().change(mark, *values, when=is_ahead, or_create=True).commit()
