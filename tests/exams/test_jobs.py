"""The minute schedule: warned once, finished once, however late, often or rarely it runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit import context, ids
from lyceum.kit.errors import Unavailable
from lyceum.kit.jobs import tenants
from lyceum.kit.jobs.records import ScheduleMark
from lyceum.kit.jobs.tenants import JobIncomplete
from lyceum.kit.table import Entity, Unit, write_many
from lyceum.model.exams.sessions import ExamSession
from tests.exams.conftest import Bank, Running, Start, sweep, visit_only
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.threads import at_once

from functions.exams.attempts import timing
from functions.exams.marking import deadlines, finish

Swept = Callable[[], None]


def sweep_each_minute(clock: Clock, swept: Swept, minutes: int) -> None:
    for _ in range(minutes):
        swept()
        clock.advance(minutes=1)


def end_of(running: Running) -> tuple[Any, ...]:
    session = running.session
    return session.state, session.cause, session.finished_at, session.score, len(running.events("exam.completed"))


def mark_of(tenant: str) -> datetime | None:
    with context.working(context.RequestContext()):
        mark = ScheduleMark.fetch(schedule="exams.sweep", tenant_name=tenant)
    return mark.done if mark else None


def test_a_session_is_finished_in_the_minute_after_its_grace(start: Start, clock: Clock, swept: Swept) -> None:
    running = start(durationSeconds=600)
    running.answer()
    clock.move_to(running.closing)
    swept()
    assert running.session.state == "running"
    clock.advance(minutes=1)
    swept()
    assert end_of(running) == ("finished", "expired", running.deadline, "1.00", 1)


def test_the_warning_goes_out_once_five_minutes_before(running: Running, clock: Clock, swept: Swept) -> None:
    clock.move_to(running.deadline - timedelta(minutes=5, seconds=1))
    swept()
    assert running.events("exam.expiring") == []
    clock.advance(minutes=1, seconds=1)
    swept()
    (event,) = running.events("exam.expiring")
    assert running.state["deadlineAt"][:19] in event["Detail"]
    warned = running.session
    assert warned.due_minute == timing.minute_after(running.closing)
    clock.advance(seconds=30)
    swept()
    swept()
    assert running.session.version == warned.version


def test_a_short_session_is_not_warned(start: Start, clock: Clock, swept: Swept) -> None:
    running = start(durationSeconds=599)
    sweep_each_minute(clock, swept, 9)
    assert running.session.warned_at is None
    sweep_each_minute(clock, swept, 3)
    assert end_of(running)[:3] == ("finished", "expired", running.deadline)


@pytest.mark.parametrize("habit", ["each minute", "doubled", "once, a day late", "with a gap"])
def test_t3_every_habit_of_the_schedule_leads_to_the_same_end(
    start: Start, clock: Clock, swept: Swept, habit: str
) -> None:
    running = start(durationSeconds=900)
    running.answer()
    swept()
    if habit in {"each minute", "doubled"}:
        sweep_each_minute(clock, (lambda: (swept(), swept())[0]) if habit == "doubled" else swept, 18)
    elif habit == "with a gap":
        sweep_each_minute(clock, swept, 3)
        clock.advance(minutes=12)
        sweep_each_minute(clock, swept, 4)
    else:
        clock.advance(days=1)
        swept()
    assert end_of(running) == ("finished", "expired", running.deadline, "1.00", 1)
    assert (running.session.due_minute, running.session.gsi1pk) == (None, None)


def test_concurrent_sweeps_warn_once_and_finish_once(running: Running, clock: Clock, swept: Swept) -> None:
    clock.move_to(running.deadline - timedelta(minutes=3))
    at_once(*[swept] * 3)
    assert (running.session.version, len(running.events("exam.expiring"))) == (2, 1)
    clock.advance(minutes=10)
    at_once(*[swept] * 3)
    assert (running.session.version, len(running.events("exam.completed"))) == (3, 1)


def test_a_submitted_session_is_left_alone(running: Running, clock: Clock, swept: Swept) -> None:
    running.submit()
    version = running.session.version
    clock.advance(minutes=65)
    swept()
    assert running.session.version == version


def test_the_mark_stays_a_minute_behind_since_an_index_may_lag(
    running: Running, clock: Clock, swept: Swept, tenant: str
) -> None:
    clock.advance(minutes=5)
    swept()
    assert mark_of(tenant) == clock.at - timedelta(minutes=1)
    swept()
    assert mark_of(tenant) == clock.at - timedelta(minutes=1)


def test_a_sweep_without_anything_due_costs_little(
    running: Running, clock: Clock, swept: Swept, operations: list[str]
) -> None:
    clock.advance(minutes=5)
    swept()
    clock.advance(minutes=1)
    operations.clear()
    swept()
    marks_and_tenants, minutes = ["Query", "Query"], ["Query", "Query"]
    assert operations == [*marks_and_tenants, *minutes, "UpdateItem"]


def test_a_session_that_can_not_be_scored_stops_no_other_and_is_tried_again(
    start: Start, clock: Clock, swept: Swept
) -> None:
    broken, sound = start("ada", durationSeconds=600), start("eve", durationSeconds=600)
    session = broken.session
    session.scoring = 99
    Unit().replace(session).commit()
    clock.advance(minutes=12)
    swept()
    assert sound.session.state == "finished"
    session = broken.session
    assert (session.state, session.due_minute) == ("running", timing.minute_after(clock.at + timedelta(minutes=10)))
    session.scoring = 1
    Unit().replace(session).commit()
    clock.advance(minutes=12)
    swept()
    assert end_of(broken)[:3] == ("finished", "expired", broken.deadline)


def test_when_storage_is_busy_the_mark_waits(
    running: Running, clock: Clock, swept: Swept, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept()
    before = mark_of(tenant)
    clock.advance(hours=2)

    def busy(exam_id: str) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(finish, "finish_overdue", busy)
        with pytest.raises(JobIncomplete):
            swept()
    assert running.session.state == "running"
    assert mark_of(tenant) == before
    swept()
    assert running.session.state == "finished"


def test_a_run_out_of_time_goes_on_in_the_next(
    running: Running, clock: Clock, swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(minutes=65)
    with monkeypatch.context() as patched:
        left = iter([60_000] * 10 + [4_000] * 10)
        patched.setattr(type(LAMBDA), "get_remaining_time_in_millis", staticmethod(lambda: next(left)))
        swept()
    assert running.session.state == "running"
    assert mark_of(running.student.tenant) == datetime(2027, 1, 11, 9, 9, tzinfo=UTC)
    swept()
    assert running.session.state == "finished"


def test_a_tenant_is_listed_once_and_before_its_first_session(start: Start, tenant: str) -> None:
    start("ada")
    start("eve")
    assert [item.tenant_name for item in tenants.listed()].count(tenant) == 1


def test_tenants_are_swept_apart(
    start: Start, bank: Bank, clock: Clock, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = start(durationSeconds=600)
    finish_overdue = finish.finish_overdue

    def busy_here(exam_id: str) -> ExamSession:
        if exam_id == here.id:
            raise Unavailable
        return finish_overdue(exam_id)

    with cloud.new_tenant() as other:
        asked = {"mode": "timed_exam", "topicIds": [bank.topic(2)], "count": 2, "durationSeconds": 600}
        there = here.student.of(other).as_("ada", "student").post("/api/exams/start", asked).data["examId"]
        clock.advance(minutes=12)
        monkeypatch.setattr(finish, "finish_overdue", busy_here)
        visit_only(monkeypatch, here.student.tenant, other)
        with pytest.raises(JobIncomplete):
            sweep()
        assert ExamSession.require(exam_id=there, consistent=True).state == "finished"
    assert here.session.state == "running"


def copies(running: Running, count: int) -> list[str]:
    """Put as many copies of a session in storage, each somebody else's."""
    made: list[str] = []
    items: list[Entity] = []
    for _ in range(count):
        exam_id = ids.new_id()
        for item in (running.session, running.sheet, running.paper):
            item.exam_id, item.version = exam_id, 0
            if isinstance(item, ExamSession):
                item.user_id = exam_id
            items.append(item)
        made.append(exam_id)
    write_many(items)
    return made


def test_a_whole_hall_at_once_is_handed_on_to_workers_in_batches(
    start: Start, clock: Clock, swept: Swept, tenant: str, deliver: Callable[[], int], operations: list[str]
) -> None:
    running = start(durationSeconds=600, count=2)
    running.answer()
    everybody = [running.id, *copies(running, 60)]
    clock.move_to(running.deadline - timedelta(minutes=6))
    swept()
    clock.move_to(running.closing + timedelta(minutes=1))
    operations.clear()
    swept()
    assert len(operations) <= 14
    assert running.session.state == "running"
    handed = [entry for entry in running.student.cloud.outbox(tenant) if entry["DetailType"] == "sessions.close"]
    assert len(handed) == 3
    assert deliver() == 0
    found = [ExamSession.require(exam_id=exam_id, consistent=True) for exam_id in everybody]
    assert {(each.state, each.cause, each.finished_at, each.score) for each in found} == {
        ("finished", "expired", running.deadline, "1.00")
    }


def test_a_batch_warns_as_the_sweep_does_and_leaves_what_is_paused(running: Running, clock: Clock) -> None:
    session = running.session
    session.state = "paused"
    Unit().replace(session).commit()
    clock.move_to(running.deadline - timedelta(minutes=3))
    deadlines.process_all([running.id, "nothing"])
    assert running.events("exam.expiring") == []
    session = running.session
    session.state = "running"
    Unit().replace(session).commit()
    deadlines.process_all([running.id])
    assert len(running.events("exam.expiring")) == 1
