"""What is due for an attempt: the warning before its end, the end itself, the release of a result kept back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.events.exams import ExamExpiring, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.exams.sessions import ExamPaper, ExamSession
from lyceum.rules.exams import release
from lyceum.tasks.exams import CloseSessions, SweepPart

from functions.exams.attempts import timing
from functions.exams.key_review import reviewing
from functions.exams.marking import finish, result_events
from functions.exams.papers import embargo

BATCH = 25
_BATCHES = 40
_RETRY_AFTER = timedelta(minutes=10)
logger = Logger()


def hand_on(exam_ids: Sequence[str], unit: Unit) -> None:
    """Hand sessions for which something is due on to workers, in batches."""
    batches = [list(exam_ids[start : start + BATCH]) for start in range(0, len(exam_ids), BATCH)]
    send(unit, *(CloseSessions(exam_ids=batch) for batch in batches))


def hand_on_page(task: SweepPart, unit: Unit) -> dict[str, Any] | None:
    """Hand on a page of what is due in one part of a minute (1 storage request); returns where it ended, if not all."""
    found = find(ExamSession, index="gsi1", due_minute=task.due_minute, limit=BATCH * _BATCHES, after=task.after)
    hand_on([session.exam_id for session in found.items], unit)
    return found.last_key


def process_all(exam_ids: Sequence[str]) -> None:
    """Do what is due for each session of a batch (1 storage request, and what each of them costs)."""
    found = batch_fetch([ExamSession.at(exam_id=exam_id) for exam_id in exam_ids], consistent=True)
    for session in found:
        if isinstance(session, ExamSession) and session.due_minute is not None:
            process(session, clock.now())


def process(session: ExamSession, now: datetime) -> None:
    """Do what is due for one session; one that can not be finished is put off and stops no other."""
    try:
        if session.state == "finished":
            _release(session, now)
        elif timing.is_closed(session, now):
            finish.finish_overdue(session.exam_id)
        elif session.state == "running":
            _move_on(session, now)
    except Unavailable:
        raise
    except Exception:
        logger.exception("session put off", extra={"exam_id": session.exam_id})
        session.due_minute = timing.due_at(session, now + _RETRY_AFTER)
        _replace(session)


def _move_on(session: ExamSession, now: datetime) -> None:
    """Warn if it is time to, once; then wait for the next thing that is due."""
    events = []
    if timing.is_warning_due(session, now):
        session.warned_at = now
        events.append(
            ExamExpiring(
                exam_id=session.exam_id,
                user_id=session.user_id,
                deadline_at=session.deadline_at,
                topic_ids=session.topic_ids,
                title=session.title,
            )
        )
    session.due_minute = timing.due_minute(session, now)
    _replace(session, *events)


def _release(session: ExamSession, now: datetime) -> None:
    """Tell the result if it may be told by now; that time may have moved on, since others sit the exam for longer.

    One whose exam has a suspected key waits for the person who rules on that, and nothing is due until then (EXAM L8).
    """
    if session.embargoed_until is not None:
        embargo.judge(session, ExamPaper.require(exam_id=session.exam_id))
    if release.is_due(session, now) and reviewing.is_held(session):
        session.due_minute = None
        _replace(session)
    elif release.is_due(session, now):
        _replace(session, *result_events.release_result(session, now))
    else:
        session.due_minute = timing.due_minute(session, now)
        _replace(session)


def note_release(session: ExamSession, now: datetime) -> None:
    """Release a result that is shown before it was released, so that it is known since when (EXAM L7)."""
    _replace(session, *result_events.release_result(session, now))


def _replace(session: ExamSession, *events: ExamExpiring | ExamReleased) -> None:
    try:
        Unit().replace(session, *events).commit()
    except Conflict:  # it was finished or moved by somebody else meanwhile
        logger.info("session changed meanwhile", extra={"exam_id": session.exam_id})
