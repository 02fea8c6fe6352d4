"""Exam sessions as their students meet them: starting one, how it stands, taking it over, and the list of one's own."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Forbidden, rule_violation
from lyceum.kit.http import rate_limits
from lyceum.kit.http.pages import Listing, Page
from lyceum.kit.http.routes import Limit
from lyceum.kit.identity import Principal, require_owner
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.rules.exams import answer_sheets, release
from lyceum.rules.questions.responses import is_blank

from functions.exams.adaptive import choosing
from functions.exams.attempts import (
    active_session,
    answer_sheet,
    audit_log,
    eligibility,
    sections,
    spec,
    timing,
)
from functions.exams.attempts.schemas import ExamState, GivenAnswer, LeaveSection, PaperQuestion, PastExam, StartExam
from functions.exams.attempts.spec import AttemptSpec
from functions.exams.attempts.start import start_session
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.papers import paper
from functions.exams.papers.schemas import SectionView

_STARTS = Limit(10, 3600)
"""Starts of one's own choice by one student."""


def start(caller: Principal, address: str, wanted: StartExam) -> ExamState:
    """Start a session, or return the one that runs in the same scope: a mode and topics, or something published.

    Costs the draw and one transaction, or one read and one transaction.
    """
    if wanted.assessment_id:
        modes = frozenset({wanted.mode}) if wanted.mode else None
        return start_assessment(caller, address, wanted.assessment_id, wanted.access_code, modes)
    rate_limits.count(_STARTS, f"user#{caller.user_id}", "start of one's own choice")
    return shown(start_session(caller, _own_choice(wanted)), clock.now())


def _own_choice(wanted: StartExam) -> AttemptSpec:
    return choosing.own_choice(wanted) if wanted.mode == choosing.MODE else spec.own_choice(wanted)


def start_assessment(
    caller: Principal, address: str, assessment_id: str, access_code: str | None, modes: frozenset[str] | None = None
) -> ExamState:
    """Start a session of something published, or return the one that runs."""
    admitted = eligibility.admit(caller, address, assessment_id, access_code, modes)
    attempt = start_session(caller, admitted) if isinstance(admitted, AttemptSpec) else admitted
    return shown(attempt, clock.now())


def show(caller: Principal, exam_id: str) -> ExamState:
    """Return how the caller's own session stands; raises NotFound for anybody else's and Conflict LEASED_ELSEWHERE."""
    attempt = require_attempt(exam_id)
    require_owner(caller, attempt.session.user_id, "exam")
    now = clock.now()
    if not timing.is_closed(attempt.session, now):
        active_session.require_device(caller, attempt.sheet)
    return shown(attempt, now)


def resume(caller: Principal, address: str, exam_id: str) -> ExamState:
    """Take a running session over on the caller's device; the other one can save no more (EXAM V1).

    Neither paper nor deadline nor answers change. Costs one read and one transaction, or the read alone when it is held
    here already. Raises NotFound, Conflict SESSION_FINISHED or Forbidden ADDRESS_NOT_ALLOWED.
    """
    attempt = require_attempt(exam_id)
    require_owner(caller, attempt.session.user_id, "exam")
    now = clock.now()
    if timing.is_closed(attempt.session, now):
        raise Conflict("This exam is over.", code="SESSION_FINISHED")
    eligibility.check_address(attempt.session.policy, address)
    if attempt.session.policy["single_device"] and attempt.sheet.device != caller.session_id:
        event = audit_log.append(
            attempt.session, "taken_over", address=address, earlier=attempt.sheet.device, device=caller.session_id
        )
        unit, is_same = Unit(), AnswerSheet.state == attempt.sheet.state
        answer_sheets.change(unit, exam_id, AnswerSheet.device.set(caller.session_id), when=is_same)
        unit.replace(attempt.session).create(event).commit()
        attempt.sheet.device = caller.session_id
    return shown(attempt, now)


def leave_section(caller: Principal, exam_id: str, wanted: LeaveSection) -> ExamState:
    """Leave the open section of the caller's own session for the next; it never opens again (EXAM N2).

    Two calls for one section leave it once. Costs one read and one write. Raises NotFound, Conflict (SESSION_FINISHED,
    EXAM_PAUSED, LEASED_ELSEWHERE, LAST_SECTION), Forbidden SECTION_NOT_OPEN or RuleViolation NOT_TIMED.
    """
    attempt, now = require_attempt(exam_id), clock.now()
    require_owner(caller, attempt.session.user_id, "exam")
    refused = answer_sheet.closed_to(caller, attempt.sheet, now)
    if refused is None and attempt.sheet.section_until is None:
        refused = rule_violation("NOT_TIMED", "The sections of this exam have no time of their own.")
    if refused:
        raise refused
    sections.move_on(attempt.sheet, now)
    if wanted.section > attempt.sheet.section:
        raise Forbidden("This section is not open yet.", code="SECTION_NOT_OPEN")
    if wanted.section == attempt.sheet.section:
        try:
            sections.leave(attempt.sheet, wanted.section, now, answer_sheet.is_writable(caller, now))
        except ConditionFailed:
            attempt = require_attempt(exam_id)
    return shown(attempt, now)


def shown(attempt: AttemptState, now: datetime) -> ExamState:
    """Show an attempt as it stands."""
    timing.move_to(attempt.sheet, now)
    session, policy = attempt.session, attempt.session.policy
    finished_at, cause = timing.end_of(session, now)
    facts = {
        name: getattr(session, name)
        for name in (
            "exam_id",
            "mode",
            "title",
            "assessment_id",
            "attempt",
            "is_preview",
            "topic_ids",
            "question_count",
            "started_at",
            "paused_at",
        )
    }
    rules = {
        name: policy[name]
        for name in ("navigation", "feedback", "grace_seconds", "passing_percent", "negative_marking")
    }
    return ExamState(
        **facts,
        **rules,
        adaptive=choosing.view(session),
        server_now=now,
        deadline_at=session.deadline_at,
        seconds_left=0 if finished_at else timing.seconds_left(session.deadline_at, session.paused_at or now),
        state="finished" if finished_at else session.state,
        pause_ends_at=timing.pause_end(session) if session.paused_at and not finished_at else None,
        answered_count=sum(not is_blank(answer.get("chosen")) for answer in _answers(attempt.sheet).values()),
        position=int(attempt.sheet.position) if attempt.sheet.step else None,
        section=int(attempt.sheet.section) if attempt.sheet.section is not None else None,
        section_ends_at=timing.ends_at(attempt.sheet),
        max_score=Decimal(session.max_score),
        finished_at=finished_at,
        cause=cause,
        sections=[SectionView.model_validate(section) for section in policy["sections"]],
        questions=[] if finished_at else _visible(attempt, now),
    )


def _visible(attempt: AttemptState, now: datetime) -> list[PaperQuestion]:
    """Return the questions that may be seen.

    None in the grace (EXAM T2) or a pause, the current one in a forward-only session, and where sections are timed
    those of the open one alone.
    """
    if now > attempt.session.deadline_at or attempt.session.state != "running":
        return []
    entries = paper.entries_of(paper.unpack(attempt.paper.content))
    if attempt.sheet.step:
        position = int(attempt.sheet.position)
        entries = entries[position : position + 1]
    given = _answers(attempt.sheet)
    readable = [entry for entry in entries if timing.is_readable(attempt.sheet, entry, now)]
    return [_question(entry, given[entry["question_id"]]) for entry in readable]


def _question(entry: dict[str, Any], answer: dict[str, Any]) -> PaperQuestion:
    return PaperQuestion(**entry, answer=_given(answer), flagged=bool(answer.get("flagged")))


def _answers(sheet: AnswerSheet) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = sheet.answers.as_dict()
    return rows


def _given(answer: dict[str, Any]) -> GivenAnswer | None:
    return GivenAnswer(**answer["chosen"], seq=answer["seq"]) if answer["seq"] else None


def history(caller: Principal, listing: Listing) -> Page[PastExam]:
    """Return a page of the caller's own sessions, the latest first (1 storage request)."""
    found = find(
        ExamSession,
        index="gsi2",
        user_id=caller.user_id,
        descending=True,
        limit=listing.limit,
        after=listing.start_key(),
    )
    now = clock.now()
    return listing.page(found, lambda session: _past(session, now))


def _past(session: ExamSession, now: datetime) -> PastExam:
    finished_at, cause = timing.end_of(session, now)
    is_shown = release.is_result_shown(session, now)
    facts = (
        "exam_id",
        "mode",
        "title",
        "assessment_id",
        "attempt",
        "topic_ids",
        "question_count",
        "started_at",
        "deadline_at",
    )
    return PastExam(
        **{name: getattr(session, name) for name in facts},
        state="finished" if finished_at else session.state,
        finished_at=finished_at,
        cause=cause,
        score=session.score if is_shown else None,
        max_score=Decimal(session.max_score),
        percent=session.percent if is_shown else None,
        passed=session.is_passed if is_shown else None,
        pending=int(session.pending_count),
    )
