"""A score that changes after the end: stored with everything that follows from it, as one transaction (EXAM R1, R3)."""

from typing import Any, NamedTuple

from lyceum.events import ExamGraded
from lyceum.model import ExamMarks
from lyceum.table import Unit

from functions.exams import finishing, marking, trail
from functions.exams.desk import Desk
from functions.exams.scoring import Key
from functions.exams.totals import PaperScore


class Outcome(NamedTuple):
    """A session's new score, and what it was made of."""

    entries: list[dict[str, Any]]
    keys: dict[str, Key]
    scored: PaperScore
    grades: dict[str, Any]
    rulings: dict[str, Any]


def store(desk: Desk, earlier: ExamMarks, outcome: Outcome, name: str, reason: str | None, **facts: Any) -> None:
    """Write a new score with everything that follows from it in one transaction; a complete earlier one becomes a revision."""
    session, scored = desk.session, outcome.scored
    was_complete = earlier.state == "final"
    if was_complete:
        session.revision = int(session.revision) + 1
    marking.put_score(session, scored)
    marks = marking.marks_of(desk, outcome.entries, outcome.keys, scored, outcome.grades, outcome.rulings)
    event = trail.append(session, name, reason=reason, **facts, score=session.score, percent=session.percent)
    told: list[ExamGraded] = [] if scored.pending else [finishing.graded(session, earlier)]
    unit = Unit().replace(session, *told).create(event)
    if was_complete:
        finishing.store_marks(unit, marks, earlier)
    else:
        marks.version, marks.created_at = earlier.version, earlier.created_at
        unit.replace(marks)
    finishing.list_sitting(unit, session)
    unit.commit()
