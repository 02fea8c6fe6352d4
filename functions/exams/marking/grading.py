"""Grading: marks for what no key can judge, by points or by the criteria of a rubric.

The score of a session follows from its grades by the same pure function as ever. While answers wait there is none
(EXAM G9); a grade that changes a complete score adds a revision and leaves the earlier one readable (EXAM R1).
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import retry_on_conflict
from lyceum.kit.values import decimals
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules.questions.credit import GRADED_TYPES, rubric_credit

from functions.exams.marking import revisions
from functions.exams.marking.keys import keys_and_questions
from functions.exams.marking.marks import pinned_entries, read_marks, require_marker, score_of
from functions.exams.marking.schemas.grading import GradeAnswer, GradedAnswer
from functions.exams.marking.scoring import Key

_POINT_PLACES = 4
_TRIES = 10


def grade(caller: Principal, exam_id: str, wanted: GradeAnswer) -> GradedAnswer:
    """Mark one answer of a finished session; the same grade again changes nothing.

    Two graders of different answers do not get in each other's way; of two for the same answer, the later one is held
    to what the other gave. Costs two reads and one transaction. Raises NotFound for a session that is not the caller's
    to mark, Forbidden for one's own, Conflict EXAM_RUNNING, or RuleViolation (NOT_FOR_GRADERS, POINTS_OUT_OF_RANGE,
    NO_RUBRIC, REASON_MISSING, LOWERED).
    """
    return retry_on_conflict(lambda: _grade(caller, exam_id, wanted), tries=_TRIES)


def _grade(caller: Principal, exam_id: str, wanted: GradeAnswer) -> GradedAnswer:
    attempt, earlier = read_marks(exam_id)
    require_marker(caller, attempt.session)
    if attempt.session.state != "finished":
        raise Conflict("This exam is still running.", code="EXAM_RUNNING")
    entries = pinned_entries(attempt)
    entry = next((each for each in entries if each["question_id"] == wanted.question_id), None)
    row = next((each for each in earlier.marks if each["question_id"] == wanted.question_id), None)
    if entry is None or row is None or entry["type"] not in GRADED_TYPES or row["outcome"] == "blank":
        raise rule_violation("NOT_FOR_GRADERS", "This is no answer of the session that a grader marks.")
    keys, found = keys_and_questions(entries, earlier.rulings, attempt.session.assessment_id)
    points = _points(entry, keys[wanted.question_id], wanted)
    known = earlier.grades.get(wanted.question_id)
    if known and _is_same(known, points, wanted):
        return _shown(attempt.session, entry, points)
    _check_change(known, points, wanted)
    grades = {**earlier.grades, wanted.question_id: _kept(caller, points, wanted)}
    scored = score_of(attempt, entries, keys, grades, earlier.rulings)
    made = revisions.NewScore(entries, keys, scored, grades, dict(earlier.rulings), found)
    revisions.store(
        attempt,
        earlier,
        made,
        "graded",
        wanted.reason,
        question=wanted.question_id,
        points=grades[wanted.question_id]["points"],
    )
    return _shown(attempt.session, entry, points)


def _points(entry: dict[str, Any], key: Key, wanted: GradeAnswer) -> Decimal:
    """Return the marks that a grade gives; those by a rubric are rounded half up to four places."""
    worth = Decimal(entry["marks"])
    if wanted.criteria is not None:
        rubric = key.key.get("rubric") or entry.get("rubric")
        if not rubric:
            raise rule_violation("NO_RUBRIC", "This question has no rubric: give points.")
        try:
            return decimals.rounded(rubric_credit(rubric, wanted.criteria) * Fraction(worth), _POINT_PLACES)
        except ValueError as error:
            raise rule_violation("POINTS_OUT_OF_RANGE", str(error)) from None
    points = wanted.points or Decimal(0)
    if points > worth:
        raise rule_violation("POINTS_OUT_OF_RANGE", f"This question is worth {worth} at most.")
    return points


def _is_same(known: dict[str, Any], points: Decimal, wanted: GradeAnswer) -> bool:
    return Decimal(known["points"]) == points and known.get("comment") == wanted.comment


def _check_change(known: dict[str, Any] | None, points: Decimal, wanted: GradeAnswer) -> None:
    """Refuse to change a grade without a reason, and to lower it without saying so (EXAM R2)."""
    if known is None:
        return
    if not wanted.reason:
        raise rule_violation("REASON_MISSING", "This answer is marked already: say why the grade changes.")
    if points < Decimal(known["points"]) and not wanted.lower:
        raise rule_violation("LOWERED", f"This lowers the grade from {known['points']}: say `lower` if it shall.")


def _kept(caller: Principal, points: Decimal, wanted: GradeAnswer) -> dict[str, Any]:
    criteria = {name: str(each) for name, each in (wanted.criteria or {}).items()}
    grade = {
        "points": str(points),
        "grader_id": caller.user_id,
        "at": clock.iso(clock.now()),
        "criteria": criteria,
        "comment": wanted.comment,
    }
    return {name: value for name, value in grade.items() if value}


def _shown(session: ExamSession, entry: dict[str, Any], points: Decimal) -> GradedAnswer:
    return GradedAnswer(
        exam_id=session.exam_id,
        question_id=entry["question_id"],
        points=points,
        max_points=Decimal(entry["marks"]),
        pending=int(session.pending_count),
        revision=int(session.revision),
        score=session.score,
        max_score=Decimal(session.max_score),
        percent=session.percent,
        passed=session.is_passed,
    )
