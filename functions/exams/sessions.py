"""Exam sessions: starting one, showing how it stands, and the student's list of them."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lyceum import bank, clock, ids, tenants
from lyceum.errors import Conflict, rule_violation
from lyceum.http.page import Listing, Page
from lyceum.identity import Principal, require_owner
from lyceum.model import ActiveSession, AnswerSheet, ExamPaper, ExamSession
from lyceum.table import ConditionFailed, Unit, find

from exams import paper, scoring, timing
from exams.desk import Desk, read_desk, require_desk
from exams.question_types import QUESTION_TYPES
from exams.schemas import ExamState, GivenAnswer, PaperQuestion, PastExam, StartExam

_TRIES = 3
_LARGEST_PAPER_BYTES = 350_000
_GUARD_KEPT = timedelta(days=1)


def start(caller: Principal, wanted: StartExam) -> ExamState:
    """Start a session, or return the one that runs in the same scope: a user's mode and set of topics (EXAM W1).

    Costs the draw and one transaction. Raises RuleViolation NOT_ENOUGH_QUESTIONS, or PAPER_TOO_LARGE for a paper
    that storage can not hold.
    """
    tenants.enter()
    seed = ids.new_secret(24)
    questions = bank.draw(wanted.topic_ids, wanted.count, seed, wanted.difficulty)
    entries = paper.compose(questions, seed, shuffle_questions=wanted.shuffle_questions, shuffle_options=wanted.shuffle_options)
    for _ in range(_TRIES):
        now = clock.now()
        desk = _new_desk(caller, wanted, entries, seed, now)
        running = _claim(desk, now)
        if running is None:
            return _state(desk, now)
        winner = read_desk(running)
        if winner and not timing.is_closed(winner.session, now):
            return _state(winner, now)
    raise Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")


def _new_desk(caller: Principal, wanted: StartExam, entries: list[dict[str, Any]], seed: str, now: datetime) -> Desk:
    frozen = paper.freeze(entries)
    content = paper.pack(frozen)
    if len(content) > _LARGEST_PAPER_BYTES:
        raise rule_violation("PAPER_TOO_LARGE", "These questions are too long for one paper. Ask for fewer.")
    exam_id = ids.new_id()
    deadline = now + timedelta(seconds=wanted.duration_seconds)
    session = ExamSession(
        exam_id=exam_id,
        user_id=caller.user_id,
        mode=wanted.mode,
        state="running",
        scope=_scope(wanted),
        policy=wanted.model_dump(mode="json", exclude={"mode", "topic_ids", "count"}),
        topic_ids=wanted.topic_ids,
        question_count=len(entries),
        seed=seed,
        algorithm=bank.ALGORITHM,
        scoring=scoring.VERSION,
        paper_hash=paper.hash_of(frozen),
        started_at=now,
        deadline_at=deadline,
        closes_at=deadline + timedelta(seconds=wanted.grace_seconds),
        max_score=str(sum((Decimal(entry["marks"]) for entry in entries), Decimal(0))),
    )
    session.due_minute = timing.due_minute(session, now)
    return Desk(session, _new_sheet(session, entries), ExamPaper(exam_id=exam_id, content=content))


def _scope(wanted: StartExam) -> str:
    topics = hashlib.sha256("|".join(sorted(wanted.topic_ids)).encode()).hexdigest()
    return f"{wanted.mode}#{topics[:16]}"


def _new_sheet(session: ExamSession, entries: list[dict[str, Any]]) -> AnswerSheet:
    return AnswerSheet(
        exam_id=session.exam_id,
        user_id=session.user_id,
        state="running",
        deadline_at=session.deadline_at,
        closes_at=session.closes_at,
        step=int(session.policy["navigation"] == "forward_only"),
        answers={
            entry["question_id"]: {
                "place": place,
                "allowed": [option["id"] for option in entry["options"]],
                "most": QUESTION_TYPES[entry["type"]].most_choices,
                "seq": 0,
            }
            for place, entry in enumerate(entries)
        },
    )


def _claim(desk: Desk, now: datetime) -> str | None:
    """Write a new session unless one runs in its scope; returns the id of that one then."""
    session = desk.session
    guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
    held = [
        ActiveSession.user_id.set(session.user_id),
        ActiveSession.scope.set(session.scope),
        ActiveSession.exam_id.set(session.exam_id),
        ActiveSession.closes_at.set(session.closes_at),
        ActiveSession.ttl.set(int((session.closes_at + _GUARD_KEPT).timestamp())),
    ]
    is_free = ActiveSession.pk.does_not_exist() | (ActiveSession.closes_at < now)
    unit = Unit().change(guard, *held, when=is_free, or_create=True)
    for item in desk:
        unit.create(item)
    try:
        unit.commit()
    except ConditionFailed as failure:
        return str(ActiveSession.from_raw_data(failure.item or {}).exam_id)
    return None


def show(caller: Principal, exam_id: str) -> ExamState:
    """Return how the caller's own session stands; raises NotFound for anybody else's."""
    desk = require_desk(exam_id)
    require_owner(caller, desk.session.user_id, "exam")
    return _state(desk, clock.now())


def _state(desk: Desk, now: datetime) -> ExamState:
    session, policy = desk.session, desk.session.policy
    finished_at, cause = _end_of(session, now)
    is_forward_only = bool(desk.sheet.step)
    return ExamState(
        server_now=now,
        deadline_at=session.deadline_at,
        seconds_left=0 if finished_at else timing.seconds_left(session.deadline_at, now),
        exam_id=session.exam_id,
        mode=session.mode,
        state="finished" if finished_at else "running",
        navigation=policy["navigation"],
        topic_ids=session.topic_ids,
        question_count=int(session.question_count),
        answered_count=sum(1 for answer in _answers(desk.sheet).values() if answer.get("chosen")),
        position=int(desk.sheet.position) if is_forward_only else None,
        started_at=session.started_at,
        grace_seconds=policy["grace_seconds"],
        passing_percent=policy["passing_percent"],
        negative_marking=policy["negative_marking"],
        max_score=Decimal(session.max_score),
        finished_at=finished_at,
        cause=cause,
        questions=[] if finished_at else _visible(desk, now),
    )


def _end_of(session: ExamSession, now: datetime) -> tuple[datetime | None, Any]:
    """Return end and cause of a session; one past its grace has ended, whether or not its score is counted yet."""
    if session.state == "running" and timing.is_closed(session, now):
        return timing.ending(session, now)
    return session.finished_at, session.cause


def _visible(desk: Desk, now: datetime) -> list[PaperQuestion]:
    """Return the questions that may be seen: none in the grace (EXAM T2), the current one in a forward-only session."""
    if now > desk.session.deadline_at:
        return []
    entries = paper.entries_of(paper.unpack(desk.paper.content))
    if desk.sheet.step:
        position = int(desk.sheet.position)
        entries = entries[position : position + 1]
    answers = _answers(desk.sheet)
    return [PaperQuestion(**entry, answer=_given(answers[entry["question_id"]])) for entry in entries]


def _answers(sheet: AnswerSheet) -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = sheet.answers.as_dict()
    return answers


def _given(answer: dict[str, Any]) -> GivenAnswer | None:
    return GivenAnswer(option_ids=answer["chosen"], seq=answer["seq"]) if answer["seq"] else None


def history(caller: Principal, listing: Listing) -> Page[PastExam]:
    """Return a page of the caller's own sessions, the latest first (1 storage request)."""
    found = find(ExamSession, index="gsi2", user_id=caller.user_id, descending=True, limit=listing.limit, after=listing.start_key())
    now = clock.now()
    return listing.page(found, lambda session: _past(session, now))


def _past(session: ExamSession, now: datetime) -> PastExam:
    finished_at, cause = _end_of(session, now)
    return PastExam(
        exam_id=session.exam_id,
        mode=session.mode,
        state="finished" if finished_at else "running",
        topic_ids=session.topic_ids,
        question_count=int(session.question_count),
        started_at=session.started_at,
        deadline_at=session.deadline_at,
        finished_at=finished_at,
        cause=cause,
        score=session.score,
        max_score=Decimal(session.max_score),
        percent=session.percent,
        passed=session.is_passed,
    )
