"""The marks of a session: its stored paper, the keys that it is pinned to, the answers of its sheet, the grades given.

The score is a pure function of these, so it can be computed again bit for bit at any time (EXAM G1, U2).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.errors import Conflict, Forbidden, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamPaper, ExamSession
from lyceum.rules.courses import teaching
from lyceum.rules.exams import answer_sheets
from lyceum.rules.questions import seeded_order
from lyceum.rules.questions.credit import Rules

from functions.exams.attempts import timing
from functions.exams.attempts.state import AttemptState, joined
from functions.exams.marking import totals
from functions.exams.marking.keys import NO_RULINGS, hash_of_keys
from functions.exams.marking.scoring import Key, Mark, Policy, ScoringRefused
from functions.exams.marking.totals import PaperScore
from functions.exams.papers import paper

POOL = "pool"
"""Who marks what belongs to nobody: any instructor."""

logger = Logger()


class ScoringImpossible(Conflict):
    """A session can not be scored, because something is not what it is pinned to; staff has to look (EXAM G8)."""


def pinned_entries(attempt: AttemptState) -> list[dict[str, Any]]:
    """Read the questions of a session's paper; raises ScoringImpossible when it is not the paper that was started."""
    frozen = paper.unpack(attempt.paper.content)
    if paper.hash_of(frozen) != attempt.session.paper_hash or attempt.session.algorithm != seeded_order.ALGORITHM:
        raise _refused(attempt.session, "the paper is not the one that the session is pinned to")
    return paper.entries_of(frozen)


def voided(rulings: Mapping[str, Any]) -> dict[str, str]:
    """Return the questions that are not judged by a key any more, and how they count."""
    return {name: each["ruling"] for name, each in rulings.items() if each["ruling"] != "key"}


def score_of(
    attempt: AttemptState,
    entries: list[dict[str, Any]],
    keys: dict[str, Key],
    grades: Mapping[str, Any] | None = None,
    rulings: Mapping[str, Any] = NO_RULINGS,
) -> PaperScore:
    """Score a session's sheet as it stands; raises ScoringImpossible."""
    chosen = {name: answer["chosen"] for name, answer in attempt.sheet.answers.as_dict().items() if answer["seq"]}
    given = {name: Decimal(grade["points"]) for name, grade in (grades or {}).items()}
    rules = attempt.session.policy
    try:
        return totals.score_paper(
            entries,
            keys,
            chosen,
            policy_of(rules),
            int(attempt.session.scoring),
            sections=rules["sections"],
            grades=given,
            voided=voided(rulings),
        )
    except ScoringRefused as refusal:
        raise _refused(attempt.session, str(refusal)) from None


def policy_of(rules: Mapping[str, Any]) -> Policy:
    """Return what of a session's rules the score depends on."""
    return Policy(
        Decimal(rules["negative_marking"]), Decimal(rules["passing_percent"]), Rules(**rules["partial_credit"])
    )


def _refused(session: ExamSession, why: str) -> ScoringImpossible:
    logger.error("scoring refused", extra={"exam_id": session.exam_id, "why": why})
    return ScoringImpossible("This exam can not be scored at the moment.", code="SCORING_REFUSED")


def put_score(session: ExamSession, scored: PaperScore) -> None:
    """Write a score into its session; there is none while answers wait (EXAM G9), nor of nothing (EXAM G10)."""
    session.pending_count = scored.pending
    if Decimal(session.max_score) != scored.max_score:
        session.max_score = str(scored.max_score)
    session.is_passed = scored.is_passed
    session.score = str(scored.score) if scored.is_complete else None
    session.percent = str(scored.percent) if scored.is_complete else None


def marks_of(
    attempt: AttemptState,
    entries: list[dict[str, Any]],
    keys: dict[str, Key],
    scored: PaperScore,
    grades: Mapping[str, Any],
    rulings: Mapping[str, Any] = NO_RULINGS,
) -> ExamMarks:
    """Write down how each answer was marked, and what waits for whom.

    Costs 1 storage request where answers of a course's quiz wait.
    """
    session = attempt.session
    counted = frozenset(name for section in scored.sections for name in section.counted)
    rows = [row(attempt, mark, is_counted=not scored.sections or mark.question_id in counted) for mark in scored.marks]
    waiting = [
        _waiting(entry, keys[mark.question_id], mark)
        for entry, mark in zip(entries, scored.marks, strict=True)
        if mark.outcome == "pending"
    ]
    return ExamMarks(
        exam_id=session.exam_id,
        user_id=session.user_id,
        keys_hash=hash_of_keys(keys),
        marks=rows,
        sections=[
            {"title": part.title, "score": str(part.score), "max_score": str(part.max_score)}
            for part in scored.sections
        ],
        grades=dict(grades),
        rulings=dict(rulings),
        waiting=waiting,
        state="pending" if waiting and not session.is_preview else "final",
        revision=int(session.revision),
        marker=_marker(session) if waiting else session.owner_id or POOL,
        mode=session.mode,
        assessment_id=session.assessment_id,
        course_id=session.course_id,
        finished_at=session.finished_at,
        score=session.score,
        percent=session.percent,
    )


def _marker(session: ExamSession) -> str:
    course = Course.fetch(course_id=session.course_id) if session.course_id else None
    return course.instructor_id if course and course.status != "deleted" else session.owner_id or POOL


def row(attempt: AttemptState, mark: Mark, *, is_counted: bool) -> dict[str, Any]:
    """Write down how one answer was marked."""
    answer = attempt.sheet.answers.as_dict()[mark.question_id]
    longest = int((attempt.session.closes_at - attempt.session.started_at).total_seconds())
    return {
        "question_id": mark.question_id,
        "topic_id": mark.topic_id,
        "difficulty": mark.difficulty,
        "response": mark.response,
        "outcome": mark.outcome,
        "score": str(mark.score),
        "max_score": str(mark.max_score),
        "counted": is_counted,
        "time_spent_seconds": min(longest, int(answer.get("seconds", 0))),
        "late": timing.is_late(answer.get("at"), attempt.session),
    }


def _waiting(entry: dict[str, Any], key: Key, mark: Mark) -> dict[str, Any]:
    """Copy what a grader needs of an answer, so that the queue is read in one request."""
    shown: dict[str, Any] = {
        name: entry[name] for name in ("question_id", "type", "stem", "word_limit") if name in entry
    }
    rubric = {"rubric": key.key["rubric"]} if key.key.get("rubric") else {}
    return {**shown, **rubric, "response": dict(mark.response), "max_score": str(mark.max_score)}


def read_marks(exam_id: str) -> tuple[AttemptState, ExamMarks]:
    """Read everything of a session with its marks in one request; raises NotFound."""
    of_session: list[Entity] = [entity.at(exam_id=exam_id) for entity in (ExamMarks, ExamSession, ExamPaper)]
    marks, *read = batch_fetch([*of_session, *answer_sheets.names(exam_id)], consistent=True)
    attempt = joined(*read)
    if attempt is None:
        raise NotFound("There is no such exam.")
    if not isinstance(marks, ExamMarks):
        if attempt.session.state == "finished":
            raise NotFound("There is no such exam.")
        marks = ExamMarks(exam_id=exam_id)
    return attempt, marks


def require_marker(caller: Principal, session: ExamSession) -> None:
    """Admit who teaches what a session is of, to what belongs to nobody any instructor; never the student.

    Raises Forbidden or NotFound.
    """
    if caller.user_id == session.user_id:
        raise Forbidden("Nobody marks their own exam.")
    if session.owner_id is not None:
        teaching.require(caller, session.owner_id, session.course_id)
