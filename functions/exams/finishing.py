"""Finishing a session: once, whoever comes first of submit, late read and sweep (EXAM T3, W4)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Logger

from lyceum import bank, clock
from lyceum.errors import Conflict, Unavailable
from lyceum.events import ExamCompleted
from lyceum.identity import Principal, require_owner
from lyceum.model import ActiveSession, AnswerKey, AnswerSheet, ExamMarks, ExamSession
from lyceum.table import ConditionFailed, Unit, batch_fetch

from exams import paper, scoring, timing
from exams.desk import Desk, require_desk
from exams.schemas import Receipt
from exams.scoring import Key, Policy, Score, ScoringRefused

_TRIES = 8
logger = Logger()


class _GuardMoved(Conflict):
    """A newer session holds the guard of this one's scope."""

    def __init__(self) -> None:
        super().__init__("the scope has a newer session")


class ScoringImpossible(Conflict):
    """A session can not be scored, because something is not what it is pinned to; staff has to look (EXAM G8)."""


def submit(caller: Principal, exam_id: str) -> Receipt:
    """Finish the caller's session and return its receipt, the same however often it is called.

    Costs two reads and one transaction, and a single read once it is finished. Raises NotFound for anybody else's.
    """
    desk = require_desk(exam_id)
    require_owner(caller, desk.session.user_id, "exam")
    return receipt(_finish(desk), clock.now())


def finish_overdue(exam_id: str) -> ExamSession:
    """Finish a session whose grace is over and return it; one that still takes answers is left as it is."""
    desk = require_desk(exam_id)
    return _finish(desk) if timing.is_closed(desk.session, clock.now()) else desk.session


def _finish(desk: Desk) -> ExamSession:
    """Score the sheet as it stands and close it, as one write; starts over when an answer came in between."""
    keys: dict[str, Key] | None = None
    holds_guard = True
    for _ in range(_TRIES):
        if desk.session.state == "finished":
            return desk.session
        entries = _pinned_entries(desk)
        keys = keys or _keys_of(entries)
        scored = _score(desk, entries, keys)
        try:
            _close(desk, keys, scored, clock.now(), holds_guard=holds_guard)
        except _GuardMoved:
            holds_guard = False
        except (ConditionFailed, Conflict):
            pass
        else:
            return desk.session
        desk = require_desk(desk.session.exam_id)
    raise Unavailable


def _pinned_entries(desk: Desk) -> list[dict[str, Any]]:
    frozen = paper.unpack(desk.paper.content)
    if paper.hash_of(frozen) != desk.session.paper_hash or desk.session.algorithm != bank.ALGORITHM:
        raise _refused(desk, "the paper is not the one that the session is pinned to")
    return paper.entries_of(frozen)


def _keys_of(entries: list[dict[str, Any]]) -> dict[str, Key]:
    names = [AnswerKey.at(question_id=entry["question_id"], revision=entry["revision"]) for entry in entries]
    found = [key for key in batch_fetch(names) if isinstance(key, AnswerKey)]
    return {key.question_id: Key(int(key.revision), frozenset(key.correct_option_ids)) for key in found}


def _score(desk: Desk, entries: list[dict[str, Any]], keys: dict[str, Key]) -> Score:
    policy = Policy(Decimal(desk.session.policy["negative_marking"]), Decimal(desk.session.policy["passing_percent"]))
    chosen = {name: answer["chosen"] for name, answer in desk.sheet.answers.as_dict().items() if answer["seq"]}
    try:
        return scoring.score(entries, keys, chosen, policy, int(desk.session.scoring))
    except ScoringRefused as refusal:
        raise _refused(desk, str(refusal)) from None


def _refused(desk: Desk, why: str) -> ScoringImpossible:
    logger.error("scoring refused", extra={"exam_id": desk.session.exam_id, "why": why})
    return ScoringImpossible("This exam can not be scored at the moment.", code="SCORING_REFUSED")


def _close(desk: Desk, keys: dict[str, Key], scored: Score, now: datetime, *, holds_guard: bool) -> None:
    session = desk.session
    session.finished_at, session.cause = timing.ending(session, now)
    session.state = "finished"
    session.score, session.percent, session.is_passed = str(scored.score), str(scored.percent), scored.is_passed
    is_untouched = (AnswerSheet.state == "running") & (AnswerSheet.version == desk.sheet.version)
    unit = Unit().change(desk.sheet, AnswerSheet.state.set("finished"), when=is_untouched)
    unit.replace(session, _completed(session, scored)).create(_marks(desk, keys, scored))
    if holds_guard:
        guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
        is_mine = ActiveSession.pk.does_not_exist() | (ActiveSession.exam_id == session.exam_id)
        unit.remove(guard, when=is_mine, refuse=_GuardMoved())
    unit.commit()


def _completed(session: ExamSession, scored: Score) -> ExamCompleted:
    return ExamCompleted(
        exam_id=session.exam_id,
        user_id=session.user_id,
        mode=session.mode,
        cause=session.cause,
        score=scored.score,
        max_score=scored.max_score,
        percent=scored.percent,
        passed=scored.is_passed,
        finished_at=session.finished_at,
        topic_ids=session.topic_ids,
    )


def _marks(desk: Desk, keys: dict[str, Key], scored: Score) -> ExamMarks:
    answers = desk.sheet.answers.as_dict()
    deadline = clock.iso(desk.session.deadline_at)
    longest = int((desk.session.closes_at - desk.session.started_at).total_seconds())
    marks = [
        {
            "question_id": mark.question_id,
            "option_ids": sorted(mark.chosen),
            "correct_option_ids": sorted(mark.correct),
            "outcome": mark.outcome,
            "score": str(mark.score),
            "max_score": str(mark.max_score),
            "time_spent_seconds": min(longest, answers[mark.question_id].get("seconds", 0)),
            "late": answers[mark.question_id].get("at", "") > deadline,
        }
        for mark in scored.marks
    ]
    return ExamMarks(exam_id=desk.session.exam_id, user_id=desk.session.user_id, keys_hash=scoring.hash_of_keys(keys), marks=marks)


def receipt(session: ExamSession, now: datetime) -> Receipt:
    """Show how a finished session ended."""
    shown = {
        "server_now": now,
        "deadline_at": session.deadline_at,
        "seconds_left": 0,
        "exam_id": session.exam_id,
        "mode": session.mode,
        "finished_at": session.finished_at,
        "cause": session.cause,
        "score": session.score,
        "max_score": session.max_score,
        "percent": session.percent,
        "passing_percent": session.policy["passing_percent"],
        "passed": session.is_passed,
    }
    return Receipt.model_validate(shown)
