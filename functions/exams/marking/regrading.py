"""Regrading: a ruling on a question after the end, such as another key, and what follows for each score (EXAM R1, R2).

A ruling replaces the key, gives everybody full marks, or leaves the question out of score and maximum. The score is
made anew from paper, answers, grades and rulings by the same pure function as ever; it becomes a revision, the earlier
one stays readable and can be restored. The same ruling twice is one. Only finished sessions are regraded.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import retry_on_conflict
from lyceum.model.exams.assessments import Incident
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.question import AnswerKey

from functions.exams.attempts.state import AttemptState
from functions.exams.marking import revisions
from functions.exams.marking.keys import fits, keys_and_questions
from functions.exams.marking.marks import pinned_entries, read_marks, require_marker, score_of
from functions.exams.marking.schemas.regrading import Regrade, Regraded, Ruling


def regrade(caller: Principal, exam_id: str, wanted: Regrade) -> Regraded:
    """Apply a ruling to one finished session, or show what it would do.

    Costs two or three reads and one transaction, the reads alone for a preview. Raises NotFound, Forbidden for one's
    own, Conflict EXAM_RUNNING, or RuleViolation (UNKNOWN_QUESTION, UNKNOWN_REVISION, KEY_MISFIT, LOWERED).
    """
    return retry_on_conflict(lambda: _regrade(caller, exam_id, wanted))


def _regrade(caller: Principal, exam_id: str, wanted: Regrade) -> Regraded:
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
    incident: Incident | None = None,
) -> Regraded:
    """Work a ruling out for a finished session and, unless it is a preview, store it.

    A preview shows what is stored then (EXAM R2). Of rulings on one question the one that was made last stands, however
    late it or the others come (EXAM W9). Raises RuleViolation: UNKNOWN_QUESTION, UNKNOWN_REVISION, KEY_MISFIT, LOWERED.
    """
    ruled_at = incident.declared_at if incident else clock.now()
    outcome = _outcome(attempt, earlier, ruling, clock.iso(ruled_at))
    shown = _shown(attempt, earlier, outcome)
    if preview or (_decided(outcome.rulings), outcome.grades) == (_decided(earlier.rulings), earlier.grades):
        return shown
    if shown.is_lowered and not lower:
        raise rule_violation("LOWERED", f"This lowers the score from {earlier.score}: say `lower` if it shall.")
    facts = ruling.model_dump(include={"question_id", "ruling", "revision"}, exclude_none=True)
    if incident:
        attempt.session.incident_ids = [*attempt.session.incident_ids, incident.incident_id]
        facts["incident"] = incident.incident_id
    revisions.store(attempt, earlier, outcome, "regraded", reason, **facts)
    return shown.model_copy(update={"applied": True, "revision": int(attempt.session.revision)})


def _decided(rulings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was ruled on each question, whenever that was."""
    return {name: (each["ruling"], each.get("revision")) for name, each in rulings.items()}


def _outcome(attempt: AttemptState, earlier: ExamMarks, ruling: Ruling, ruled_at: str) -> revisions.NewScore:
    entries = pinned_entries(attempt)
    rulings, grades = _after(entries, earlier, ruling, ruled_at)
    keys, found = keys_and_questions(entries, rulings, attempt.session.assessment_id)
    scored = score_of(attempt, entries, keys, grades, rulings)
    return revisions.NewScore(entries, keys, scored, grades, rulings, found)


def _after(
    entries: list[dict[str, Any]], earlier: ExamMarks, ruling: Ruling, ruled_at: str
) -> tuple[dict[str, Any], dict[str, Any]]:
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
    entry = next((each for each in entries if each["question_id"] == ruling.question_id), None)
    if entry is None:
        raise rule_violation("UNKNOWN_QUESTION", "This question is not in the paper: there is nothing to rule on.")
    if ruling.ruling == "key":
        _check_key(entry, ruling)
    if earlier.rulings.get(entry["question_id"], {}).get("at", "") > ruled_at:
        return dict(earlier.rulings), dict(earlier.grades)
    made = {"ruling": ruling.ruling, **({"revision": ruling.revision} if ruling.ruling == "key" else {})}
    return {**earlier.rulings, entry["question_id"]: {**made, "at": ruled_at}}, dict(earlier.grades)


def _check_key(entry: dict[str, Any], ruling: Ruling) -> None:
    """Refuse the key of a revision that there is not, of another type, or that names what was not asked."""
    kept = AnswerKey.fetch(question_id=entry["question_id"], revision=ruling.revision)
    if kept is None:
        raise rule_violation("UNKNOWN_REVISION", f"The question has no revision {ruling.revision}.")
    if not fits(entry, kept.key):
        message = f"The key of revision {ruling.revision} does not fit the question as it was asked."
        raise rule_violation("KEY_MISFIT", message)


def _shown(attempt: AttemptState, earlier: ExamMarks, outcome: revisions.NewScore) -> Regraded:
    scored = outcome.scored
    result = {"score": scored.score, "percent": scored.percent, "passed": scored.is_passed}
    complete = result if scored.is_complete else {}
    was = Decimal(earlier.percent) if earlier.percent is not None else None
    return Regraded(
        exam_id=attempt.session.exam_id,
        revision=int(earlier.revision),
        earlier_score=earlier.score,
        earlier_percent=was,
        max_score=scored.max_score,
        is_lowered=was is not None and scored.is_complete and scored.percent < was,
        **complete,
    )
