"""Finishing a session: once, whoever comes first of submit, late read and sweep (EXAM T3, W4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lyceum.events.exams import ExamFinished
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.event import Event, Message
from lyceum.kit.identity import Principal, require_owner
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ActiveSession, AnswerSheet, ExamSession
from lyceum.model.questions.question import Question
from lyceum.rules.exams import answer_sheets, release
from lyceum.tasks.exams import ApplyIncident

from functions.exams.attempts import audit_log, timing
from functions.exams.attempts.attempt_list import update_entry
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.marking.keys import NO_RULINGS, keys_and_questions
from functions.exams.marking.marks import (
    ScoringImpossible,
    marks_of,
    pinned_entries,
    put_score,
    score_of,
)
from functions.exams.marking.result_events import completed, graded
from functions.exams.marking.revisions import store_marks
from functions.exams.marking.schemas.receipts import Receipt
from functions.exams.marking.scoring import Key
from functions.exams.papers import embargo

_TRIES = 8


class _GuardMoved(Conflict):
    """A newer session holds the guard of this one's scope."""

    def __init__(self) -> None:
        super().__init__("the scope has a newer session")


def submit(caller: Principal, exam_id: str) -> Receipt:
    """Finish the caller's session and return its receipt, the same however often it is called.

    What its result may tell is judged each time (EXAM L8). Costs two reads and one transaction, and two reads once it
    is finished. Raises NotFound for anybody else's, and Conflict EXAM_PAUSED or LEASED_ELSEWHERE.
    """
    attempt = require_attempt(exam_id)
    require_owner(caller, attempt.session.user_id, "exam")
    now = clock.now()
    if not timing.is_closed(attempt.session, now):
        require_held(caller, attempt)
    return receipt(finish(attempt).session, now)


def require_held(caller: Principal, attempt: AttemptState) -> None:
    """Raise Conflict EXAM_PAUSED, EXAM_AWAY, or LEASED_ELSEWHERE when another device holds the session."""
    if attempt.session.state in {"away", "quarantined"}:
        raise Conflict("This exam is sat without a line: hand its pack in.", code="EXAM_AWAY")
    if attempt.session.state == "paused":
        raise Conflict("This exam is paused.", code="EXAM_PAUSED")
    if attempt.sheet.device and attempt.sheet.device != caller.session_id:
        raise Conflict("This exam is open on another device. Resume it here to go on.", code="LEASED_ELSEWHERE")


def finish_overdue(exam_id: str) -> ExamSession:
    """Finish a session whose grace is over and return it; one that still takes answers is left as it is."""
    attempt = require_attempt(exam_id)
    return finish(attempt).session if timing.is_closed(attempt.session, clock.now()) else attempt.session


def finish(attempt: AttemptState, write_in: Callable[[AnswerSheet], list[Message]] | None = None) -> AttemptState:
    """Score the sheet as it stands and close it, as one write; starts over when an answer came in between.

    `write_in` puts more answers on the sheet before it is scored, and returns what has to be told of that. Raises
    Conflict EXAM_PAUSED for a session that is paused, ScoringImpossible, or Unavailable.
    """
    keys: dict[str, Key] | None = None
    found: list[Question | Assessment] = []
    holds_guard = True
    for _ in range(_TRIES):
        if attempt.session.state == "finished":
            embargo.judge(attempt.session, attempt.paper)
            return attempt
        _require_going(attempt.session)
        told = write_in(attempt.sheet) if write_in else []
        entries = pinned_entries(attempt)
        earlier = (
            ExamMarks.require(exam_id=attempt.session.exam_id, consistent=True) if attempt.session.revision else None
        )
        if keys is None:
            keys, found = keys_and_questions(
                entries, earlier.rulings if earlier else NO_RULINGS, attempt.session.assessment_id
            )
        embargo.judge_by(attempt.session, found)
        told = [*told, *_rulings_that_wait(attempt.session, found)]
        try:
            _close(attempt, entries, keys, earlier, told, holds_guard=holds_guard)
        except _GuardMoved:
            holds_guard = False
        except ScoringImpossible:
            raise
        except (ConditionFailed, Conflict):
            pass
        else:
            return attempt
        attempt = require_attempt(attempt.session.exam_id)
    raise Unavailable


def _rulings_that_wait(session: ExamSession, found: list[Question | Assessment]) -> list[Message]:
    """Return the orders to rule on a session as its exam was ruled on while it ran (EXAM R4)."""
    exam = next((item for item in found if isinstance(item, Assessment)), None)
    if exam is None or session.is_preview:
        return []
    return [
        ApplyIncident(assessment_id=exam.assessment_id, incident_id=each, exam_ids=[session.exam_id], is_late=True)
        for each in exam.ruling_ids
        if each not in session.incident_ids
    ]


def _require_going(session: ExamSession) -> None:
    """Refuse to end a session that stands, unless it has stood for as long as a pause may last."""
    if session.state == "paused" and not timing.is_closed(session, clock.now()):
        raise Conflict("This exam is paused.", code="EXAM_PAUSED")


def _close(
    attempt: AttemptState,
    entries: list[dict[str, Any]],
    keys: dict[str, Key],
    earlier: ExamMarks | None,
    told: list[Message],
    *,
    holds_guard: bool,
) -> None:
    session, now = attempt.session, clock.now()
    session.finished_at, session.cause = timing.ending(session, now)
    session.state, session.paused_at, session.revision = "finished", None, int(session.revision) + 1
    if earlier is None and release.is_result_shown(session, now):
        session.released_at = now
    session.due_minute = timing.due_minute(session, now)
    grades = _lasting_grades(attempt, earlier)
    rulings = earlier.rulings if earlier else NO_RULINGS
    scored = score_of(attempt, entries, keys, grades, rulings)
    put_score(session, scored)
    marks = marks_of(attempt, entries, keys, scored, grades, rulings)
    facts = {
        "score": session.score,
        "answers": audit_log.hash_of_answers(attempt.sheet.answers.as_dict()),
        "keys": marks.keys_hash,
    }
    event = audit_log.append(session, "finished", cause=session.cause, end=clock.iso(session.finished_at), **facts)
    attempt.sheet.state = "finished"
    unit = Unit()
    answer_sheets.replace(unit, attempt.sheet, *told)
    unit.replace(session, *_events_of(session, earlier)).create(event)
    store_marks(unit, marks, earlier)
    update_entry(unit, session)
    if holds_guard:
        guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
        is_mine = ActiveSession.pk.does_not_exist() | (ActiveSession.exam_id == session.exam_id)
        unit.remove(guard, when=is_mine, refuse=_GuardMoved())
    unit.commit()


def _lasting_grades(attempt: AttemptState, earlier: ExamMarks | None) -> dict[str, Any]:
    """Return the grades that were given before a session was reopened, for answers that are still the same."""
    if earlier is None:
        return {}
    answers = attempt.sheet.answers.as_dict()
    graded = {row["question_id"]: row["response"] for row in earlier.marks}
    return {name: grade for name, grade in earlier.grades.items() if answers[name].get("chosen") == graded[name]}


def _events_of(session: ExamSession, earlier: ExamMarks | None) -> list[Event]:
    """Say what the end of a session tells others: that it ended, once; later ends tell a score that has changed.

    The student's devices hear of every end.
    """
    ended = ExamFinished(
        exam_id=session.exam_id, user_id=session.user_id, finished_at=session.finished_at, cause=session.cause
    )
    if session.is_preview:
        return [ended]
    if earlier is None:
        return [ended, completed(session)]
    return [ended] if session.pending_count else [ended, graded(session, earlier)]


def receipt(session: ExamSession, now: datetime) -> Receipt:
    """Show how a finished session ended; its score as far as it may be told."""
    is_shown = release.is_result_shown(session, now)
    return Receipt.model_validate(
        {
            "server_now": now,
            "deadline_at": session.deadline_at,
            "seconds_left": 0,
            "exam_id": session.exam_id,
            "mode": session.mode,
            "finished_at": session.finished_at,
            "cause": session.cause,
            "score": session.score if is_shown else None,
            "max_score": session.max_score,
            "percent": session.percent if is_shown else None,
            "passing_percent": session.policy["passing_percent"],
            "passed": session.is_passed if is_shown else None,
            "pending": int(session.pending_count),
            "result_from": None if is_shown else release.due_from(session),
        }
    )
