"""`exam.completed`, `exam.graded`, `exam.released` from a session."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules.exams import release


def completed(session: ExamSession) -> ExamCompleted:
    """Tell that a session ended, and its score as far as it is complete."""
    return ExamCompleted(**_facts(session), **_score(session), pending=int(session.pending_count), cause=session.cause)


def graded(session: ExamSession, earlier: ExamMarks) -> ExamGraded:
    """Tell the score of a session that is complete now, and the one before it if it was complete too."""
    before: dict[str, Any] = {}
    if earlier.percent is not None:
        before = {
            "earlier_revision": int(earlier.revision),
            "earlier_score": earlier.score,
            "earlier_percent": earlier.percent,
            "earlier_passed": Decimal(earlier.percent) >= Decimal(session.policy["passing_percent"]),
        }
    is_withheld = not release.is_result_shown(session, clock.now())
    return ExamGraded(**_facts(session), **_score(session), **before, is_withheld=is_withheld)


def release_result(session: ExamSession, now: datetime) -> list[ExamReleased]:
    """Note that the result of a session is released, and say what to tell; nothing while answers wait for a grader."""
    session.released_at, session.due_minute = now, None
    return [] if session.pending_count or session.is_preview else [ExamReleased(**_facts(session), **_score(session))]


def _score(session: ExamSession) -> dict[str, Any]:
    return {"score": session.score, "percent": session.percent, "passed": session.is_passed}


def _facts(session: ExamSession) -> dict[str, Any]:
    is_quiz = session.mode in {"quiz", "assignment"}
    return {
        "exam_id": session.exam_id,
        "user_id": session.user_id,
        "mode": session.mode,
        "max_score": Decimal(session.max_score),
        "finished_at": session.finished_at,
        "topic_ids": session.topic_ids,
        "is_released": session.released_at is not None,
        "revision": int(session.revision),
        "attempt": int(session.attempt),
        "assessment_id": session.assessment_id,
        "course_id": session.course_id if is_quiz else None,
        "quiz_id": session.assessment_id if is_quiz else None,
        "title": session.title,
    }
