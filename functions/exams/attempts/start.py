"""Starting a session: the paper is frozen and the session written in one transaction, and at most once (EXAM W1)."""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, RateLimited, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.sessions import ActiveSession, DailyStarts, ExamPack, ExamPaper, ExamSession
from lyceum.rules.exams import answer_sheets
from lyceum.rules.questions import seeded_order

from functions.exams.attempts import audit_log, timing
from functions.exams.attempts.active_session import hold_guard, require_device
from functions.exams.attempts.answer_sheet import blocks_of, new_sheet
from functions.exams.attempts.attempt_list import count_attempt
from functions.exams.attempts.spec import AttemptSpec
from functions.exams.attempts.state import AttemptState, read_attempt
from functions.exams.papers import paper, policies, spreading

_TRIES = 3
_LARGEST_PAPER_BYTES = 350_000
_DAY = timedelta(days=1)


def start_session(caller: Principal, spec: AttemptSpec) -> AttemptState:
    """Start a session, or return the one that runs in the same scope.

    Costs one transaction. Raises RuleViolation PAPER_TOO_LARGE, RateLimited DAILY_QUOTA_REACHED, or Conflict
    (START_CONFLICT, LEASED_ELSEWHERE).
    """
    for _ in range(_TRIES):
        now = clock.now()
        attempt = _new_attempt(caller, spec, now)
        running_id = _claim(caller, spec, attempt, now)
        if running_id is None:
            return attempt
        winner = read_attempt(running_id)
        if winner and not timing.is_closed(winner.session, now):
            require_device(caller, winner.sheet)
            return winner
    raise Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")


def _new_attempt(caller: Principal, spec: AttemptSpec, now: datetime) -> AttemptState:
    frozen = paper.freeze(spec.entries)
    content = paper.pack(frozen)
    if len(content) > _LARGEST_PAPER_BYTES:
        raise rule_violation("PAPER_TOO_LARGE", "These questions are too long for one paper. Ask for fewer.")
    assessment = spec.assessment
    begins = max(now, spec.opens_at or now)
    deadline = _deadline(spec, begins)
    session = ExamSession(
        exam_id=spec.exam_id or answer_sheets.new_exam_id(blocks_of(spec)),
        user_id=caller.user_id,
        mode=spec.mode,
        state="away" if spec.away_device else "running",
        scope=spec.scope,
        policy={**spec.policy, "sections": spec.sections},
        topic_ids=spec.topic_ids,
        question_count=len(spec.entries),
        seed=spec.seed,
        algorithm=seeded_order.ALGORITHM,
        scoring=paper.VERSION,
        paper_hash=paper.hash_of(frozen),
        started_at=begins,
        deadline_at=deadline,
        closes_at=policies.closing(deadline, spec.policy),
        max_score=str(paper.most_of(spec.entries, spec.sections)),
        attempt=spec.attempts_used + 1,
        is_preview=spec.is_preview,
        closed_from=spec.closed_from,
    )
    if assessment:
        session.assessment_id, session.owner_id = assessment.assessment_id, assessment.owner_id
        session.course_id, session.title = assessment.course_id, assessment.title
        session.release_sequence = int(assessment.version)
        session.part = spreading.part_of(session.exam_id, int(assessment.parts))
    session.due_minute = timing.due_minute(session, now)
    return AttemptState(session, new_sheet(caller, session, spec), ExamPaper(exam_id=session.exam_id, content=content))


def _deadline(spec: AttemptSpec, begins: datetime) -> datetime:
    """Return until when a session runs; one without a line may begin at any time of its window (EXAM O1)."""
    limit = begins + timedelta(seconds=spec.limit_seconds)
    if spec.closes_by is None:
        return limit
    return spec.closes_by if spec.away_device else min(limit, spec.closes_by)


def _claim(caller: Principal, spec: AttemptSpec, attempt: AttemptState, now: datetime) -> str | None:
    """Write a new session unless one runs in its scope; returns the id of that one then."""
    session = attempt.session
    event = audit_log.append(
        session,
        "started",
        paper=session.paper_hash,
        questions=int(session.question_count),
        deadline=clock.iso(session.deadline_at),
        **spec.noted,
    )
    unit = hold_guard(Unit(), session, session.closes_at, now)
    answer_sheets.create(unit, attempt.sheet)
    for item in (session, attempt.paper, event):
        unit.create(item)
    if spec.away_device:
        unit.create(_pack(session, spec, spec.away_device))
    if session.assessment_id and not session.is_preview:
        count_attempt(unit, session, spec.attempts_used)
    if caller.tier == "free" and not session.assessment_id:
        _count_start(unit, session.user_id, now)
    try:
        unit.commit()
    except ConditionFailed as failure:
        return str(ActiveSession.from_raw_data(failure.item or {}).exam_id)
    return None


def _pack(session: ExamSession, spec: AttemptSpec, device_id: str) -> ExamPack:
    return ExamPack(
        pack_id=session.exam_id,
        user_id=session.user_id,
        assessment_id=session.assessment_id,
        device_id=device_id,
        released_at=session.started_at,
        limit_seconds=spec.limit_seconds,
        paper_hash=session.paper_hash,
    )


def _count_start(unit: Unit, user_id: str, now: datetime) -> None:
    """Count a start of one's own choice for the free tier's day (UTC), in the transaction of the session itself.

    What others assign is never counted, so practice locks nobody out of it (EXAM W10).
    """
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    day = DailyStarts.at(user_id=user_id, day=f"{now:%Y-%m-%d}")
    values = [
        DailyStarts.user_id.set(user_id),
        DailyStarts.day.set(day.day),
        DailyStarts.started.add(1),
        DailyStarts.ttl.set(int((tomorrow + _DAY).timestamp())),
    ]
    most = limits.value("free_exams_daily")
    is_left = DailyStarts.pk.does_not_exist() | (DailyStarts.started < most)
    wait = int((tomorrow - now).total_seconds())
    refuse = RateLimited(
        f"The free plan has {most} practice sessions a day.", code="DAILY_QUOTA_REACHED", retry_after_seconds=wait
    )
    unit.change(day, *values, when=is_left, refuse=refuse, or_create=True)
