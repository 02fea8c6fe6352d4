"""Regrading: a ruling on a question after the end, such as another key, and what follows for each score (EXAM R1, R2).

A ruling replaces the key, gives everybody full marks, or leaves the question out of score and maximum. The score is
made anew from paper, answers, grades and rulings by the same pure function as ever; it becomes a revision, the earlier
one stays readable and can be restored. The same ruling twice is one. Only finished sessions are regraded.
"""

from decimal import Decimal
from typing import Any

from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.question import AnswerKey

from functions.exams.attempts.state import AttemptState
from functions.exams.marking import revisions
from functions.exams.marking.keys import keys_of
from functions.exams.marking.marks import pinned_entries, read_marks, require_marker, score_of
from functions.exams.marking.schemas import Regrade, Regraded, Ruling


def regrade(caller: Principal, exam_id: str, wanted: Regrade) -> Regraded:
    """Apply a ruling to one finished session, or show what it would do.

    Costs two or three reads and one transaction, the reads alone for a preview. Raises NotFound, Forbidden for one's
    own, Conflict EXAM_RUNNING, or RuleViolation (UNKNOWN_QUESTION, UNKNOWN_REVISION, LOWERED).
    """
    attempt, earlier = read_marks(exam_id)
    require_marker(caller, attempt.session)
    if attempt.session.state != "finished":
        raise Conflict("This exam is still running.", code="EXAM_RUNNING")
    return apply(attempt, earlier, wanted, wanted.reason, lower=wanted.lower, preview=wanted.preview)


def apply(
    attempt: AttemptState,
    earlier: ExamMarks,
    ruling: Ruling,
    reason: str,
    *,
    lower: bool,
    preview: bool = False,
    incident_id: str | None = None,
) -> Regraded:
    """Work a ruling out for a finished session and, unless it is a preview, store it.

    A preview shows what is stored then (EXAM R2). Raises RuleViolation (UNKNOWN_QUESTION, UNKNOWN_REVISION, LOWERED).
    """
    outcome = _outcome(attempt, earlier, ruling)
    shown = _shown(attempt, earlier, outcome)
    if preview or (outcome.rulings, outcome.grades) == (earlier.rulings, earlier.grades):
        return shown
    if shown.is_lowered and not lower:
        raise rule_violation("LOWERED", f"This lowers the score from {earlier.score}: say `lower` if it shall.")
    if incident_id:
        attempt.session.incident_ids = [*attempt.session.incident_ids, incident_id]
    facts = {
        **ruling.model_dump(include={"question_id", "ruling", "revision"}, exclude_none=True),
        **({"incident": incident_id} if incident_id else {}),
    }
    revisions.store(attempt, earlier, outcome, "regraded", reason, **facts)
    return shown.model_copy(update={"applied": True, "revision": int(attempt.session.revision)})


def _outcome(attempt: AttemptState, earlier: ExamMarks, ruling: Ruling) -> revisions.NewScore:
    entries = pinned_entries(attempt)
    rulings, grades = _after(entries, earlier, ruling)
    keys = keys_of(entries, rulings)
    return revisions.NewScore(entries, keys, score_of(attempt, entries, keys, grades, rulings), grades, rulings)


def _after(entries: list[dict[str, Any]], earlier: ExamMarks, ruling: Ruling) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return rulings and grades as they stand after a ruling."""
    if ruling.ruling == "restore":
        kept = (
            earlier
            if ruling.revision == earlier.revision
            else MarksRevision.fetch(exam_id=earlier.exam_id, revision=ruling.revision)
        )
        if kept is None:
            raise rule_violation("UNKNOWN_REVISION", f"The score has no revision {ruling.revision}.")
        return dict(kept.rulings), dict(kept.grades)
    if ruling.question_id not in {entry["question_id"] for entry in entries}:
        raise rule_violation("UNKNOWN_QUESTION", "This question is not in the paper.")
    if ruling.ruling == "key" and AnswerKey.fetch(question_id=ruling.question_id, revision=ruling.revision) is None:
        raise rule_violation("UNKNOWN_REVISION", f"The question has no revision {ruling.revision}.")
    made = {"ruling": ruling.ruling, **({"revision": ruling.revision} if ruling.ruling == "key" else {})}
    return {**earlier.rulings, str(ruling.question_id): made}, dict(earlier.grades)


def _shown(attempt: AttemptState, earlier: ExamMarks, outcome: revisions.NewScore) -> Regraded:
    scored = outcome.scored
    complete = {} if scored.pending else {"score": scored.score, "percent": scored.percent, "passed": scored.is_passed}
    was = Decimal(earlier.percent) if earlier.percent is not None else None
    return Regraded(
        exam_id=attempt.session.exam_id,
        revision=int(earlier.revision),
        earlier_score=earlier.score,
        earlier_percent=was,
        max_score=scored.max_score,
        is_lowered=was is not None and not scored.pending and scored.percent < was,
        **complete,
    )
