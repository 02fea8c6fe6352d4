"""What a student gets to see of a finished session: the result, and each question with what was right and why."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from lyceum import clock
from lyceum.errors import Conflict, NotFound
from lyceum.identity import Principal, require_owner
from lyceum.model import AnswerKey, ExamMarks, ExamPaper, ExamSession
from lyceum.table import batch_fetch

from exams import finishing, paper, timing
from exams.schemas import MarkedQuestion, Part, Results


def results(caller: Principal, exam_id: str) -> Results:
    """Return the result of the caller's own session, in two storage requests.

    A session whose grace is over is finished first. Raises Conflict EXAM_RUNNING while answers are taken, so no key
    leaves before the end (EXAM L1), and NotFound for anybody else's session.
    """
    session, content, marks = _read(exam_id)
    require_owner(caller, session.user_id, "exam")
    if session.state == "running":
        if not timing.is_closed(session, clock.now()):
            raise Conflict("This exam is still running.", code="EXAM_RUNNING")
        session = finishing.finish_overdue(exam_id)
        marks = ExamMarks.require(exam_id=exam_id, consistent=True)
    if marks is None:
        raise NotFound("There are no marks of this exam.")
    return _shown(session, _marked(content, marks))


def _read(exam_id: str) -> tuple[ExamSession, ExamPaper, ExamMarks | None]:
    names = [ExamSession.at(exam_id=exam_id), ExamPaper.at(exam_id=exam_id), ExamMarks.at(exam_id=exam_id)]
    session, content, marks = batch_fetch(names, consistent=True)
    if not isinstance(session, ExamSession) or not isinstance(content, ExamPaper):
        raise NotFound("There is no such exam.")
    return session, content, marks if isinstance(marks, ExamMarks) else None


def _marked(content: ExamPaper, marks: ExamMarks) -> list[MarkedQuestion]:
    entries = paper.entries_of(paper.unpack(content.content))
    names = [AnswerKey.at(question_id=entry["question_id"], revision=entry["revision"]) for entry in entries]
    explanations = {key.question_id: key.explanation for key in batch_fetch(names) if isinstance(key, AnswerKey)}
    by_question: dict[str, dict[str, Any]] = {mark["question_id"]: mark for mark in marks.marks}
    return [MarkedQuestion(**{**entry, **by_question[entry["question_id"]]}, explanation=explanations.get(entry["question_id"])) for entry in entries]


def _shown(session: ExamSession, questions: list[MarkedQuestion]) -> Results:
    receipt = finishing.receipt(session, clock.now())
    return Results(
        **receipt.model_dump(),
        started_at=session.started_at,
        by_topic=_parts(questions, (question.topic_id for question in questions)),
        by_difficulty=_parts(questions, (question.difficulty for question in questions)),
        questions=questions,
    )


def _parts(questions: list[MarkedQuestion], names: Iterable[str]) -> list[Part]:
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
        wrong=outcomes.count("wrong"),
        blank=outcomes.count("blank"),
        score=sum((question.score for question in questions), Decimal(0)),
        max_score=sum((question.max_score for question in questions), Decimal(0)),
    )
