"""What may be seen of a session, and when: one table, the same for every plan (EXAM L3)."""

from datetime import datetime
from typing import Literal

from lyceum.model.exams.sessions import ExamSession

Feedback = Literal["at_once", "after_submit", "after_window"]
Phase = Literal["running", "open", "closed"]
Aspect = Literal["response", "marks", "correctness", "key", "feedback"]

_OWN: frozenset[Aspect] = frozenset({"response"})
_ALL: frozenset[Aspect] = frozenset({"response", "marks", "correctness", "key", "feedback"})
_SHOWN: dict[Feedback, dict[Phase, frozenset[Aspect]]] = {
    "at_once": {"running": _ALL, "open": _ALL, "closed": _ALL},
    "after_submit": {"running": _OWN, "open": _ALL, "closed": _ALL},
    "after_window": {"running": _OWN, "open": _OWN, "closed": _ALL},
}
"""By policy and phase: while it runs (then of answered questions only), finished with the window open, and after it."""


def phase(session: ExamSession, now: datetime) -> Phase:
    """Return where a session stands: running (or paused), finished while others may still sit it, or all over."""
    if session.state != "finished":
        return "running"
    return "open" if session.closed_from is not None and now <= session.closed_from else "closed"


def shown(session: ExamSession, now: datetime) -> frozenset[Aspect]:
    """Return what the student may see of a session now; of what another exam keeps secret, own answers (EXAM L6).

    Where keys are reviewed first, that lasts until the result is released (EXAM L8).
    """
    if session.embargoed_until is not None and now <= session.embargoed_until:
        return _OWN
    if session.policy.get("review_keys") and session.released_at is None:
        return _OWN
    return _SHOWN[session.policy.get("feedback", "after_submit")][phase(session, now)]


def is_due(session: ExamSession, now: datetime) -> bool:
    """Say whether the time has come at which a finished session's result may be told, if its keys are in order."""
    is_secret = session.embargoed_until is not None and now <= session.embargoed_until
    table = _SHOWN[session.policy.get("feedback", "after_submit")][phase(session, now)]
    return session.state == "finished" and not is_secret and "marks" in table


def due_from(session: ExamSession) -> datetime | None:
    """Return from when everything may be told of a finished session; None where nothing is put off."""
    return max((each for each in (session.closed_from, session.embargoed_until) if each is not None), default=None)


def is_result_shown(session: ExamSession, now: datetime) -> bool:
    """Say whether score and marks of a finished session may be told to the student."""
    return session.state == "finished" and "marks" in shown(session, now)
