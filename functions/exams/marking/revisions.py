"""A score that changes after the end: stored with everything that follows from it, as one transaction (EXAM R1, R3)."""

from typing import Any, NamedTuple

from lyceum.events.exams import ExamGraded
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find, retry_on_conflict
from lyceum.model.audit import AuditEvent, audit
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.question import Question

from functions.exams.attempts import attempt_list, audit_log
from functions.exams.attempts.state import AttemptState
from functions.exams.marking import result_events
from functions.exams.marking.marks import marks_of, put_score, read_marks, require_marker
from functions.exams.marking.schemas.regrading import Revisions, RevisionView
from functions.exams.marking.scoring import Key
from functions.exams.marking.totals import PaperScore
from functions.exams.papers import embargo

_MOST_REVISIONS = 100


class NewScore(NamedTuple):
    """A session's new score, and what it was made of; `found` are its questions and assessment as they stand now."""

    entries: list[dict[str, Any]]
    keys: dict[str, Key]
    scored: PaperScore
    grades: dict[str, Any]
    rulings: dict[str, Any]
    found: list[Question | Assessment]


def store(
    attempt: AttemptState, earlier: ExamMarks, outcome: NewScore, name: str, reason: str | None, **facts: Any
) -> None:
    """Write a new score with everything that follows from it in one transaction.

    A complete earlier one becomes a revision, and is audited unless that was done for a whole exam (`incident`).
    Whether it may be told is judged anew, since what an exam keeps secret by now would show in a score that changes
    (EXAM L6).
    """
    session, scored = attempt.session, outcome.scored
    embargo.judge_by(session, outcome.found)
    was_complete = earlier.state == "final"
    if was_complete:
        session.revision = int(session.revision) + 1
    put_score(session, scored)
    marks = marks_of(attempt, outcome.entries, outcome.keys, scored, outcome.grades, outcome.rulings)
    event = audit_log.append(session, name, reason=reason, **facts, score=session.score, percent=session.percent)
    events: list[ExamGraded] = [] if scored.pending or session.is_preview else [result_events.graded(session, earlier)]
    unit = Unit().replace(session, *events).create(event)
    if was_complete:
        store_marks(unit, marks, earlier)
    else:
        marks.version = earlier.version
        unit.replace(marks)
    attempt_list.update_entry(unit, session)
    if was_complete and "incident" not in facts:
        unit.create(_changed_grade(session, earlier, reason))
    unit.commit()


def _changed_grade(session: ExamSession, earlier: ExamMarks, reason: str | None) -> AuditEvent:
    before = {"score": earlier.score, "percent": earlier.percent}
    after = {"score": session.score, "percent": session.percent, "examId": session.exam_id}
    return audit("grade.change", session.user_id, before=before, after=after, reason=reason)


def store_marks(unit: Unit, marks: ExamMarks, earlier: ExamMarks | None) -> None:
    """Store the marks of a session; those that they replace stay readable as a revision of their own (EXAM R1)."""
    if earlier is None:
        unit.create(marks)
        return
    kept = ("exam_id", "revision", "keys_hash", "marks", "grades", "rulings", "score", "percent")
    unit.create(MarksRevision(**{name: getattr(earlier, name) for name in kept}))
    marks.version = earlier.version
    unit.replace(marks)


def show(caller: Principal, exam_id: str, reason: str | None) -> Revisions:
    """Show every revision of a session's marks, the one in force last; the audit log notes the reading (EXAM R1, U3).

    Who reads those of another's exam gives a reason.

    Costs two reads and one transaction. Raises NotFound, Forbidden, Conflict EXAM_RUNNING or RuleViolation
    REASON_MISSING.
    """
    return retry_on_conflict(lambda: _show(caller, exam_id, reason))


def _show(caller: Principal, exam_id: str, reason: str | None) -> Revisions:
    attempt, marks = read_marks(exam_id)
    require_marker(caller, attempt.session)
    if attempt.session.state != "finished":
        raise Conflict("This exam is still running.", code="EXAM_RUNNING")
    if not reason and caller.user_id != attempt.session.owner_id:
        raise rule_violation("REASON_MISSING", "These are another's marks: say why you read them.")
    earlier = find(MarksRevision, exam_id=exam_id, limit=_MOST_REVISIONS).items
    event = audit_log.append(attempt.session, "marks_read", reason=reason)
    Unit().replace(attempt.session).create(event).commit()
    return Revisions(exam_id=exam_id, revisions=[RevisionView.model_validate(each) for each in [*earlier, marks]])
