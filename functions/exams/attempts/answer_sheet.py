"""The answer sheet: its rows, which responses they admit, and whether and how fast it takes writes.

A row holds the form of its question's answer, the names that it may use and its greatest size; so a save needs to read
neither question nor paper to refuse what does not fit (EXAM G3). All of it is a condition of the write that saves.
"""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, NotFound, RateLimited, RuleViolation, rule_violation
from lyceum.kit.identity import Principal, may_touch
from lyceum.kit.table import Entity
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.rules.exams import answer_sheets
from lyceum.rules.questions import responses
from lyceum.rules.questions.responses import Admission, ResponseFields

from functions.exams.attempts import timing
from functions.exams.attempts.spec import AttemptSpec

_SAVE_COSTS_MILLISECONDS = 500
AHEAD_MILLISECONDS = 60_000
"""How far the pace of saves may be ahead of the clock."""


def sheet_row(entry: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return what the answer sheet holds of a question of the paper before it is answered."""
    return {"place": place, **responses.admission(entry["type"], entry)._asdict(), "seq": 0}


def admitted(question_id: str, response: ResponseFields) -> Condition:
    """Return the condition under which a sheet admits a response."""
    given = response.admission()
    condition: Condition = (AnswerSheet.part(question_id, "form") == given.form) & (
        AnswerSheet.part(question_id, "most") >= given.most
    )
    for name in given.allowed:
        condition = condition & AnswerSheet.part(question_id, "allowed").contains(name)
    return condition


def refusal(row: Mapping[str, Any], response: ResponseFields) -> RuleViolation | None:
    """Say why a sheet's row does not admit a response; None when it does."""
    found = responses.refusal(Admission(row["form"], row["allowed"], int(row["most"])), response)
    return rule_violation(found.rule, found.message) if found else None


def new_sheet(caller: Principal, session: ExamSession, spec: AttemptSpec) -> AnswerSheet:
    """Return the empty sheet of a session that begins, held by the caller's device where only one may have it."""
    rows = {entry["question_id"]: sheet_row(entry, place) for place, entry in enumerate(spec.entries)}
    if spec.section_limits:
        rows = {
            entry["question_id"]: {**rows[entry["question_id"]], "section": entry["section"]} for entry in spec.entries
        }
    sheet = AnswerSheet(
        exam_id=session.exam_id,
        user_id=session.user_id,
        state=session.state,
        deadline_at=session.deadline_at,
        closes_at=session.closes_at,
        step=int(session.policy["navigation"] == "forward_only"),
        device=(caller.session_id or None) if session.policy["single_device"] else None,
        paid_until=clock.milliseconds(session.started_at),
        answers=rows,
    )
    timing.open_first(sheet, spec.section_limits, session.started_at)
    answer_sheets.divide(sheet)
    return sheet


def blocks_of(spec: AttemptSpec) -> int:
    """Return of how many blocks the sheet of a session is to consist.

    One, where more than the question itself decides whether an answer is taken, and where all come in one call.
    """
    is_whole = spec.policy["navigation"] == "forward_only" or spec.section_limits or spec.away_device
    return 1 if is_whole else answer_sheets.blocks_for(len(spec.entries))


def is_writable(caller: Principal, now: datetime) -> Condition:
    """Return the condition that a sheet is the caller's, held on this device, and takes answers now."""
    is_held: Condition = AnswerSheet.device.does_not_exist() | (AnswerSheet.device == caller.session_id)
    is_paced = AnswerSheet.paid_until <= clock.milliseconds(now) + AHEAD_MILLISECONDS
    is_open = (
        (AnswerSheet.user_id == caller.user_id) & (AnswerSheet.state == "running") & (AnswerSheet.closes_at >= now)
    )
    writable: Condition = is_open & is_held & is_paced
    return writable


def paid_for() -> Any:
    """Return the change that counts a write to a sheet towards its pace."""
    return AnswerSheet.paid_until.set(AnswerSheet.paid_until + _SAVE_COSTS_MILLISECONDS)


def closed_to(caller: Principal, sheet: AnswerSheet, now: datetime) -> DomainError | None:
    """Say why a sheet takes nothing from the caller; None when it does."""
    if not may_touch(caller, sheet.user_id):
        return unknown_exam()
    if timing.is_closed(sheet, now):
        return Conflict("This exam is over.", code="SESSION_FINISHED")
    if sheet.device and sheet.device != caller.session_id:
        return Conflict("This exam is open on another device. Resume it here to go on.", code="LEASED_ELSEWHERE")
    if sheet.state == "paused":
        return Conflict("This exam is paused.", code="EXAM_PAUSED")
    if sheet.state in {"away", "quarantined"}:
        return Conflict("This exam is sat without a line: hand its pack in.", code="EXAM_AWAY")
    return None


def is_ahead(sheet: AnswerSheet, now: datetime) -> bool:
    """Say whether saves come faster than they may."""
    return int(sheet.paid_until) > clock.milliseconds(now) + AHEAD_MILLISECONDS


def held_up(sheet: AnswerSheet, now: datetime) -> DomainError:
    """Say when a write may come again that was refused for its pace alone."""
    early = (int(sheet.paid_until) - AHEAD_MILLISECONDS - clock.milliseconds(now)) / 1000
    return RateLimited("Too many answers in a short time. Slow down.", retry_after_seconds=max(1, ceil(early)))


def required(found: Entity | None) -> AnswerSheet:
    """Return a sheet, or a block of it, that was read; raises NotFound when there is none."""
    if not isinstance(found, AnswerSheet):
        raise unknown_exam()
    return found


def unknown_exam() -> NotFound:
    """Return the refusal of a session that is not there, or not the caller's."""
    return NotFound("There is no such exam.")
