"""Starting a session: the paper is frozen and the session written in one transaction, and at most once (EXAM W1)."""

from datetime import datetime, timedelta

from lyceum import bank
from lyceum.identity import Principal
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, RateLimited, rule_violation
from lyceum.kit.jobs import tenants
from lyceum.kit.settings import settings
from lyceum.model import ActiveSession, AnswerSheet, Attempts, DailyStarts, ExamPaper, ExamSession, Sitting
from lyceum.table import ConditionFailed, Unit

from functions.exams import paper, scoring, timed_sections, timing, totals, trail
from functions.exams.desk import Desk, read_desk
from functions.exams.offers import Offer
from functions.exams.question_types import sheet_row

_TRIES = 3
_LARGEST_PAPER_BYTES = 350_000
_GUARD_KEPT = timedelta(days=1)
_DAY = timedelta(days=1)


def begin(caller: Principal, offer: Offer) -> Desk:
    """Begin a session, or return the one that runs in the same scope.

    Costs one transaction, and one more the first time that a process meets a tenant. Raises RuleViolation
    PAPER_TOO_LARGE, RateLimited DAILY_QUOTA_REACHED, or Conflict (START_CONFLICT, LEASED_ELSEWHERE).
    """
    tenants.enter()
    for _ in range(_TRIES):
        now = clock.now()
        desk = _new_desk(caller, offer, now)
        running = _claim(caller, offer, desk, now)
        if running is None:
            return desk
        winner = read_desk(running)
        if winner and not timing.is_closed(winner.session, now):
            check_device(caller, winner.sheet)
            return winner
    raise Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")


def check_device(caller: Principal, sheet: AnswerSheet) -> None:
    """Raise Conflict LEASED_ELSEWHERE when another sign-in holds the session (EXAM V1)."""
    if sheet.device and sheet.device != caller.session_id:
        where = [Detail("examId", sheet.exam_id)]
        raise Conflict("This exam is open on another device. Resume it here to go on.", code="LEASED_ELSEWHERE", details=where)


def _new_desk(caller: Principal, offer: Offer, now: datetime) -> Desk:
    frozen = paper.freeze(offer.entries)
    content = paper.pack(frozen)
    if len(content) > _LARGEST_PAPER_BYTES:
        raise rule_violation("PAPER_TOO_LARGE", "These questions are too long for one paper. Ask for fewer.")
    assessment = offer.assessment
    limit = now + timedelta(seconds=offer.limit_seconds)
    deadline = min(limit, offer.closes_by) if offer.closes_by else limit
    session = ExamSession(
        exam_id=ids.new_id(),
        user_id=caller.user_id,
        mode=offer.mode,
        state="running",
        scope=offer.scope,
        policy={**offer.policy, "sections": offer.sections},
        topic_ids=offer.topic_ids,
        question_count=len(offer.entries),
        seed=offer.seed,
        algorithm=bank.ALGORITHM,
        scoring=scoring.VERSION,
        paper_hash=paper.hash_of(frozen),
        started_at=now,
        deadline_at=deadline,
        closes_at=timing.closing(deadline, offer.policy),
        max_score=str(totals.most_of(offer.entries, offer.sections)),
        attempt=offer.attempts_used + 1,
        closed_from=offer.closed_from,
    )
    if assessment:
        session.assessment_id, session.owner_id = assessment.assessment_id, assessment.owner_id
        session.course_id, session.title = assessment.course_id, assessment.title
    session.due_minute = timing.due_minute(session, now)
    return Desk(session, _new_sheet(caller, session, offer), ExamPaper(exam_id=session.exam_id, content=content))


def _new_sheet(caller: Principal, session: ExamSession, offer: Offer) -> AnswerSheet:
    rows = {entry["question_id"]: sheet_row(entry, place) for place, entry in enumerate(offer.entries)}
    if offer.section_limits:
        rows = {entry["question_id"]: {**rows[entry["question_id"]], "section": entry["section"]} for entry in offer.entries}
    sheet = AnswerSheet(
        exam_id=session.exam_id,
        user_id=session.user_id,
        state="running",
        deadline_at=session.deadline_at,
        closes_at=session.closes_at,
        step=int(session.policy["navigation"] == "forward_only"),
        device=(caller.session_id or None) if session.policy["single_device"] else None,
        paid_until=int(session.started_at.timestamp() * 1000),
        answers=rows,
    )
    timed_sections.open_first(sheet, offer.section_limits, session.started_at)
    return sheet


def _claim(caller: Principal, offer: Offer, desk: Desk, now: datetime) -> str | None:
    """Write a new session unless one runs in its scope; returns the id of that one then."""
    session = desk.session
    event = trail.append(session, "started", paper=session.paper_hash, questions=int(session.question_count), deadline=clock.iso(session.deadline_at))
    unit = hold_guard(Unit(), session, session.closes_at, now)
    for item in (*desk, event):
        unit.create(item)
    if session.assessment_id:
        _count_attempt(unit, session, offer.attempts_used)
    if caller.tier == "free":
        _count_start(unit, session.user_id, now)
    try:
        unit.commit()
    except ConditionFailed as failure:
        return str(ActiveSession.from_raw_data(failure.item or {}).exam_id)
    return None


def hold_guard(unit: Unit, session: ExamSession, until: datetime, now: datetime) -> Unit:
    """Let a session be its user's running one in its scope until a moment; fails where another one is."""
    guard = ActiveSession.at(user_id=session.user_id, scope=session.scope)
    held = [
        ActiveSession.user_id.set(session.user_id),
        ActiveSession.scope.set(session.scope),
        ActiveSession.exam_id.set(session.exam_id),
        ActiveSession.closes_at.set(until),
        ActiveSession.ttl.set(int((until + _GUARD_KEPT).timestamp())),
    ]
    is_free = ActiveSession.pk.does_not_exist() | (ActiveSession.closes_at < now) | (ActiveSession.exam_id == session.exam_id)
    return unit.change(guard, *held, when=is_free, or_create=True)


def _count_attempt(unit: Unit, session: ExamSession, used: int) -> None:
    """Count a start of an assessment; one that began meanwhile refuses this one."""
    attempts = Attempts.at(user_id=session.user_id, assessment_id=session.assessment_id)
    values = [
        Attempts.user_id.set(session.user_id),
        Attempts.assessment_id.set(session.assessment_id),
        Attempts.used.set(used + 1),
        Attempts.last_exam_id.set(session.exam_id),
    ]
    is_next = (Attempts.used == used) if used else Attempts.pk.does_not_exist()
    again = Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")
    unit.change(attempts, *values, when=is_next, refuse=again, or_create=True)
    facts = {name: getattr(session, name) for name in ("assessment_id", "exam_id", "user_id", "attempt", "state", "started_at")}
    unit.create(Sitting(**facts))


def _count_start(unit: Unit, user_id: str, now: datetime) -> None:
    """Count a start of the day (UTC) for the free tier; the session and its count are written together or not at all."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    day = DailyStarts.at(user_id=user_id, day=f"{now:%Y-%m-%d}")
    values = [
        DailyStarts.user_id.set(user_id),
        DailyStarts.day.set(day.day),
        DailyStarts.started.add(1),
        DailyStarts.ttl.set(int((tomorrow + _DAY).timestamp())),
    ]
    most = settings().free_exams_daily
    is_left = DailyStarts.pk.does_not_exist() | (DailyStarts.started < most)
    wait = int((tomorrow - now).total_seconds())
    refuse = RateLimited(f"The free plan has {most} exams a day.", code="DAILY_QUOTA_REACHED", retry_after_seconds=wait)
    unit.change(day, *values, when=is_left, refuse=refuse, or_create=True)
