"""Tasks on batches of sessions: ends that fell due, incidents of a whole exam, and queues that follow a course."""

from typing import Any

from lyceum.events.courses import CourseUpdated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.exams import (
    ApplyIncident,
    CloseSessions,
    FanOutIncident,
    MoveQueue,
    ReadScans,
    RegradeSessions,
    SettleScan,
    SweepPart,
)

from functions.exams.marking import deadlines, queues
from functions.exams.proctoring import assessment_regrade, fan_out
from functions.exams.scanning import reading_jobs, settling

consumer = Consumer("exams-sessions")
handler = consumer.handler


@consumer.on(CloseSessions)
def close_sessions(task: CloseSessions, _unit: Unit) -> None:
    """Do what is due for each session of a batch."""
    deadlines.process_all(task.exam_ids)


@consumer.paged(SweepPart)
def sweep_part(task: SweepPart, unit: Unit) -> dict[str, Any] | None:
    """Hand a page of what is due in one part of a minute on in batches."""
    return deadlines.hand_on_page(task, unit)


@consumer.paged(FanOutIncident)
def fan_out_incident(task: FanOutIncident, unit: Unit) -> str | None:
    """Hand a page of the assessment's sessions on in batches."""
    return fan_out.fan_out(task, unit)


@consumer.on(ApplyIncident)
def apply_incident(task: ApplyIncident, unit: Unit) -> None:
    """Do what an incident asks to each session of a batch."""
    fan_out.apply(task, unit)


@long_job(consumer, RegradeSessions)
def regrade_sessions(task: RegradeSessions, unit: Unit) -> Progress:
    """Bring a ruling to a page of an assessment's sessions, or preview that."""
    return assessment_regrade.do_page(task, unit)


@long_job(consumer, ReadScans)
def read_scans(task: ReadScans, unit: Unit) -> Progress:
    """Read the next pages of scanned answer sheets."""
    return reading_jobs.do_page(task, unit)


@consumer.on(SettleScan)
def settle_scan(task: SettleScan, _unit: Unit) -> None:
    """Count a page that is clear, and score its sheet once it is complete."""
    settling.settle(task)


@consumer.on(CourseUpdated)
def follow_course(event: CourseUpdated, unit: Unit) -> None:
    """Look whether answers of a course's quizzes wait in the queue of somebody whose course it is no longer."""
    send(unit, MoveQueue(course_id=event.course_id))


@consumer.paged(MoveQueue)
def move_queue(task: MoveQueue, unit: Unit) -> str | None:
    """Bring a page of them into the queue of whose course it is now."""
    return queues.follow_course(task, unit)
