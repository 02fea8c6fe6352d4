"""Marking a session: the stored paper, the keys that it is pinned to, the answers of its sheet and the grades given.

The score is a pure function of these, so it can be computed again bit for bit at any time (EXAM G1, U2).
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from aws_lambda_powertools import Logger

from lyceum import bank
from lyceum.assessment.credit import Rules
from lyceum.kit.errors import Conflict
from lyceum.model import AnswerKey, ExamMarks, ExamSession
from lyceum.table import batch_fetch

from functions.exams import paper, scoring, timing, totals
from functions.exams.desk import Desk
from functions.exams.scoring import Key, Mark, Policy, ScoringRefused
from functions.exams.totals import PaperScore

POOL = "pool"
"""Who marks what belongs to nobody: any instructor."""

NO_RULINGS: Mapping[str, Any] = MappingProxyType({})
logger = Logger()


class ScoringImpossible(Conflict):
    """A session can not be scored, because something is not what it is pinned to; staff has to look (EXAM G8)."""


def pinned_entries(desk: Desk) -> list[dict[str, Any]]:
    """Read the questions of a session's paper; raises ScoringImpossible when it is not the paper that was started."""
    frozen = paper.unpack(desk.paper.content)
    if paper.hash_of(frozen) != desk.session.paper_hash or desk.session.algorithm != bank.ALGORITHM:
        raise _refused(desk.session, "the paper is not the one that the session is pinned to")
    return paper.entries_of(frozen)


def key_name(entry: Mapping[str, Any], rulings: Mapping[str, Any]) -> AnswerKey:
    """Name the key of a question: that of the revision that was asked, or of the one that was ruled to count."""
    revision = rulings.get(entry["question_id"], {}).get("revision", entry["revision"])
    return AnswerKey.at(question_id=entry["question_id"], revision=revision)


def answer_keys(entries: list[dict[str, Any]], rulings: Mapping[str, Any] = NO_RULINGS) -> dict[str, AnswerKey]:
    """Read the keys of questions that count (1 storage request for a hundred)."""
    names = [key_name(entry, rulings) for entry in entries]
    return {key.question_id: key for key in batch_fetch(names) if isinstance(key, AnswerKey)}


def keys_of(entries: list[dict[str, Any]], rulings: Mapping[str, Any] = NO_RULINGS) -> dict[str, Key]:
    """Read the keys of a paper's questions as scoring takes them."""
    return pinned_keys(entries, answer_keys(entries, rulings))


def pinned_keys(entries: list[dict[str, Any]], keys: Mapping[str, AnswerKey]) -> dict[str, Key]:
    """Return keys as those of the revisions that were asked, whichever they were taken from."""
    return {entry["question_id"]: Key(entry["revision"], keys[entry["question_id"]].key) for entry in entries if entry["question_id"] in keys}


def voided(rulings: Mapping[str, Any]) -> dict[str, str]:
    """Return the questions that are not judged by a key any more, and how they count."""
    return {name: each["ruling"] for name, each in rulings.items() if each["ruling"] != "key"}


def score_of(
    desk: Desk, entries: list[dict[str, Any]], keys: dict[str, Key], grades: Mapping[str, Any] | None = None, rulings: Mapping[str, Any] = NO_RULINGS
) -> PaperScore:
    """Score a session's sheet as it stands; raises ScoringImpossible."""
    chosen = {name: answer["chosen"] for name, answer in desk.sheet.answers.as_dict().items() if answer["seq"]}
    given = {name: Decimal(grade["points"]) for name, grade in (grades or {}).items()}
    rules = desk.session.policy
    try:
        return totals.score_paper(
            entries, keys, chosen, policy_of(rules), int(desk.session.scoring), sections=rules["sections"], grades=given, voided=voided(rulings)
        )
    except ScoringRefused as refusal:
        raise _refused(desk.session, str(refusal)) from None


def policy_of(rules: Mapping[str, Any]) -> Policy:
    """Return what of a session's rules the score depends on."""
    return Policy(Decimal(rules["negative_marking"]), Decimal(rules["passing_percent"]), Rules(**rules["partial_credit"]))


def _refused(session: ExamSession, why: str) -> ScoringImpossible:
    logger.error("scoring refused", extra={"exam_id": session.exam_id, "why": why})
    return ScoringImpossible("This exam can not be scored at the moment.", code="SCORING_REFUSED")


def put_score(session: ExamSession, scored: PaperScore) -> None:
    """Write a score into its session; while answers wait for a grader there is none (EXAM G9)."""
    session.pending_count = scored.pending
    if Decimal(session.max_score) != scored.max_score:
        session.max_score = str(scored.max_score)
    session.is_passed = scored.is_passed
    session.score = None if scored.pending else str(scored.score)
    session.percent = None if scored.pending else str(scored.percent)


def marks_of(
    desk: Desk,
    entries: list[dict[str, Any]],
    keys: dict[str, Key],
    scored: PaperScore,
    grades: Mapping[str, Any],
    rulings: Mapping[str, Any] = NO_RULINGS,
) -> ExamMarks:
    """Write down how each answer was marked, and what waits for whom."""
    session = desk.session
    counted = frozenset(name for section in scored.sections for name in section.counted)
    rows = [row(desk, mark, is_counted=not scored.sections or mark.question_id in counted) for mark in scored.marks]
    waiting = [_waiting(entry, keys[mark.question_id], mark) for entry, mark in zip(entries, scored.marks, strict=True) if mark.outcome == "pending"]
    return ExamMarks(
        exam_id=session.exam_id,
        user_id=session.user_id,
        keys_hash=scoring.hash_of_keys(keys),
        marks=rows,
        sections=[{"title": part.title, "score": str(part.score), "max_score": str(part.max_score)} for part in scored.sections],
        grades=dict(grades),
        rulings=dict(rulings),
        waiting=waiting,
        state="pending" if waiting else "final",
        revision=int(session.revision),
        marker=session.owner_id or POOL,
        mode=session.mode,
        assessment_id=session.assessment_id,
        finished_at=session.finished_at,
        score=session.score,
        percent=session.percent,
    )


def row(desk: Desk, mark: Mark, *, is_counted: bool) -> dict[str, Any]:
    """Write down how one answer was marked."""
    answer = desk.sheet.answers.as_dict()[mark.question_id]
    longest = int((desk.session.closes_at - desk.session.started_at).total_seconds())
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
        "late": timing.is_late(answer.get("at"), desk.session),
    }


def _waiting(entry: dict[str, Any], key: Key, mark: Mark) -> dict[str, Any]:
    """Copy what a grader needs of an answer, so that the queue is read in one request."""
    shown: dict[str, Any] = {name: entry[name] for name in ("question_id", "type", "stem", "word_limit") if name in entry}
    rubric = {"rubric": key.key["rubric"]} if key.key.get("rubric") else {}
    return {**shown, **rubric, "response": dict(mark.response), "max_score": str(mark.max_score)}
