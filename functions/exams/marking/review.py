"""What a student may see of a finished session: the result and, as far as its policy tells, what was right and why."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal, require_owner
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.exams.statistics import ScoreDistribution
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.rules.exams import release
from lyceum.rules.exams.release import Aspect
from lyceum.rules.questions.views import with_key

from functions.exams.attempts import timing
from functions.exams.attempts.state import AttemptState
from functions.exams.marking import deadlines, finish, receipts
from functions.exams.marking.keys import key_name
from functions.exams.marking.marks import read_marks
from functions.exams.marking.schemas.results import MarkedQuestion, Part, Results, SectionResult
from functions.exams.papers import embargo, paper
from functions.exams.statistics import analysis

Entry = dict[str, Any]


def results(
    caller: Principal, exam_id: str, *, assessment_id: str | None = None, with_evidence: bool = False
) -> Results:
    """Return the result of the caller's own session, in two storage requests; showing what is right first is noted.

    A session whose grace is over is finished first. Raises Conflict EXAM_RUNNING while answers are taken, so no key
    leaves before the end (EXAM L1), and NotFound for anybody else's session or one of another assessment.
    """
    attempt, marks = read_marks(exam_id)
    session = attempt.session
    require_owner(caller, session.user_id, "exam")
    if assessment_id is not None and session.assessment_id != assessment_id:
        raise NotFound("There is no such exam.")
    if session.state != "finished":
        if not timing.is_closed(session, clock.now()):
            raise Conflict("This exam is still running.", code="EXAM_RUNNING")
        session = finish.finish_overdue(exam_id)
        marks = ExamMarks.require(exam_id=exam_id, consistent=True)
    return _shown(attempt._replace(session=session), marks, with_evidence=with_evidence)


def _shown(attempt: AttemptState, marks: ExamMarks, *, with_evidence: bool) -> Results:
    now, session = clock.now(), attempt.session
    entries = paper.entries_of(paper.unpack(attempt.paper.content))
    keys, distribution = _keys_and_distribution(entries, session, marks)
    aspects = release.shown(session, now)
    if "key" in aspects and session.released_at is None:
        deadlines.note_release(session, now)
    rows = {row["question_id"]: row for row in marks.marks}
    questions = [
        reveal(
            entry,
            rows[entry["question_id"]],
            keys.get(entry["question_id"]),
            aspects,
            marks.grades.get(entry["question_id"]),
        )
        for entry in entries
    ]
    result = Results(
        **finish.receipt(session, now).model_dump(),
        title=session.title,
        assessment_id=session.assessment_id,
        attempt=int(session.attempt),
        started_at=session.started_at,
        questions=questions,
    )
    if "marks" not in aspects:
        return result
    result.sections = [SectionResult.model_validate(section) for section in marks.sections]
    result.by_topic = parts(questions, (question.topic_id for question in questions))
    result.by_difficulty = parts(questions, (question.difficulty for question in questions))
    if session.score is not None:
        result.percentile = analysis.percentile(distribution, Decimal(session.percent or 0))
        result.receipt = receipts.signed(attempt, marks)
    if with_evidence and "key" in aspects:
        result.evidence = receipts.evidence(attempt, keys)
    return result


def _keys_and_distribution(
    entries: list[Entry], session: ExamSession, marks: ExamMarks
) -> tuple[dict[str, AnswerKey], ScoreDistribution | None]:
    """Read the keys, if they may be told, and how others did, in one request; nothing when neither is needed.

    Questions and assessment are read with them: whether another exam keeps secret what was asked, and whether the
    window was moved, is judged anew (EXAM L6, L7).
    """
    session.embargoed_until = None
    aspects = release.shown(session, clock.now())
    names: list[Entity] = []
    if "key" in aspects:
        names += [key_name(entry, marks.rulings) for entry in entries]
        names += [Question.at(question_id=entry["question_id"]) for entry in entries]
    if session.assessment_id and "marks" in aspects:
        names.append(ScoreDistribution.at(assessment_id=session.assessment_id))
        names.append(Assessment.at(assessment_id=session.assessment_id))
    found = batch_fetch(names) if names else []
    embargo.judge_by(session, found)
    keys = {item.question_id: item for item in found if isinstance(item, AnswerKey)}
    return keys, next((item for item in found if isinstance(item, ScoreDistribution)), None)


def reveal(
    entry: Entry, row: Entry, key: AnswerKey | None, aspects: frozenset[Aspect], grade: Mapping[str, Any] | None = None
) -> MarkedQuestion:
    """Show a question with its answer and, of the rest, what `aspects` allow; what may not be told is absent."""
    shown = {
        **entry,
        **row["response"],
        "max_score": row["max_score"],
        "time_spent_seconds": row["time_spent_seconds"],
        "late": row["late"],
    }
    if "key" in aspects and key is not None:
        shown |= with_key(entry, key.key)
    if "feedback" in aspects and key is not None:
        shown["explanation"] = key.explanation
    if "marks" in aspects:
        shown["counted"] = row["counted"]
        shown["score"] = None if row["outcome"] == "pending" else row["score"]
        shown["comment"] = (grade or {}).get("comment")
    if "correctness" in aspects:
        shown["outcome"] = row["outcome"]
    return MarkedQuestion.model_validate(shown)


def parts(questions: list[MarkedQuestion], names: Iterable[str]) -> list[Part]:
    """Add up marked questions by the names given for each of them, such as their topics."""
    groups: dict[str, list[MarkedQuestion]] = {}
    for question, name in zip(questions, names, strict=True):
        groups.setdefault(name, []).append(question)
    return [_part(name, group) for name, group in sorted(groups.items())]


def _part(name: str, questions: list[MarkedQuestion]) -> Part:
    outcomes = [question.outcome for question in questions]
    return Part(
        name=name,
        questions=len(questions),
        right=outcomes.count("right"),
        partial=outcomes.count("partial"),
        wrong=outcomes.count("wrong"),
        blank=outcomes.count("blank"),
        pending=outcomes.count("pending"),
        score=sum((question.score or Decimal(0) for question in questions), Decimal(0)),
        max_score=sum((question.max_score for question in questions), Decimal(0)),
    )
