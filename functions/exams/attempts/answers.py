"""Saving an answer: one conditional write with nothing read before it, so it is in the score or it is refused.

The write holds every rule in its condition: whose session it is and on which device, that it runs and its grace is not
over, that question and options are the paper's, that the question is the current one where only that may be answered,
that its section is open where those are timed,
and that the sequence is higher than the stored one. A finish demands that the sheet is as it was read, so no
acknowledged answer can be missing from the score (EXAM W3, W5, W6).

Saves have a limiter of their own in the same write: each moves `paid_until` on by half a second, and it may be at most
a minute ahead of the clock. So a session may save twice a second, and what was not used may come at once later.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError
from lyceum.kit.identity import Principal, may_touch
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch
from lyceum.model.exams.sessions import AnswerSheet
from lyceum.rules.exams import answer_sheets
from lyceum.rules.stream.saved_answers import Remembered, remember, remembered

from functions.exams.attempts import answer_files, answer_sheet, sections, timing
from functions.exams.attempts.answer_sheet import closed_to, held_up, is_writable, paid_for, unknown_exam
from functions.exams.attempts.schemas import Flagged, FlagQuestion, SaveAnswer, Saved


def save(caller: Principal, exam_id: str, wanted: SaveAnswer) -> Saved:
    """Store one answer of a running session in exactly one storage request, and another where it names files.

    Between the deadline and the end of the grace it is stored and flagged late. A repeated request changes nothing and
    gets its first answer again, even after the end (EXAM W2). In a forward-only session a saved answer moves on to the
    next question. Raises NotFound, Conflict (SESSION_FINISHED, EXAM_PAUSED, LEASED_ELSEWHERE, STALE_ANSWER,
    QUESTION_CLOSED, SECTION_CLOSED), Forbidden (QUESTION_NOT_OPEN, SECTION_NOT_OPEN), RateLimited or RuleViolation
    (UNKNOWN_QUESTION, WRONG_FORM, UNKNOWN_OPTION, TOO_MANY_OPTIONS, UNKNOWN_FILE).
    """
    now = clock.now()
    sheet = answer_sheets.at(exam_id, wanted.question_id)
    row = row_of(wanted, now)
    changes = [AnswerSheet.part(wanted.question_id, name).set(value) for name, value in row.items()]
    changes.append(AnswerSheet.position.set(AnswerSheet.position + AnswerSheet.step))
    try:
        unit = Unit().change(sheet, *changes, paid_for(), when=_admitted(caller, wanted, now))
        has_files = answer_files.demand(unit, caller, wanted)
        unit.commit()
    except ConditionFailed as failure:
        if failure.item is None:
            raise unknown_exam() from None
        sheet = AnswerSheet.from_raw_data(failure.item)
        if may_touch(caller, sheet.user_id) and sections.move_on(sheet, now):
            return save(caller, exam_id, wanted)
        refusal = _refusal(caller, sheet, wanted, now)
        if refusal:
            raise refusal from None
    else:
        if has_files:  # a transaction does not tell how the sheet stands
            (read,) = batch_fetch([sheet], consistent=True)
            sheet = answer_sheet.required(read)
    return _saved(sheet, wanted, now)


def row_of(wanted: SaveAnswer, now: datetime) -> dict[str, Any]:
    """Return what a saved answer writes into its question's row of the sheet."""
    saved = {"seq": wanted.seq, "at": clock.iso(now), "chosen": wanted.stored(), "seconds": wanted.time_spent_seconds}
    return saved | remember(Remembered(wanted.seq, _digest(wanted), now, wanted.operation_id or ""))


def chained(wanted: SaveAnswer, now: datetime) -> tuple[str, dict[str, Any]]:
    """Return what the chain of saves is told of one: its question, and its row with the operation."""
    return wanted.question_id, {**row_of(wanted, now), "operation": wanted.operation_id}


def _digest(wanted: SaveAnswer) -> str:
    return hashlib.sha256(json.dumps(wanted.stored(), sort_keys=True).encode()).hexdigest()[:16]


def _admitted(caller: Principal, wanted: SaveAnswer, now: datetime) -> Condition:
    def part(name: str) -> Any:
        return AnswerSheet.part(wanted.question_id, name)

    is_current = (AnswerSheet.step == 0) | (part("place") == AnswerSheet.position)
    fits = answer_sheet.admitted(wanted.question_id, wanted)
    is_new = (part("seq") < wanted.seq) & part("shown").does_not_exist()
    is_open = is_writable(caller, now) & is_current & sections.is_open(wanted.question_id, now)
    admitted: Condition = is_open & is_new & fits
    return admitted


def _refusal(caller: Principal, sheet: AnswerSheet, wanted: SaveAnswer, now: datetime) -> DomainError | None:
    """Say why a save was not admitted; None when it is stored already, word for word."""
    answer = sheet.answers.as_dict().get(wanted.question_id)
    if may_touch(caller, sheet.user_id) and answer and first_saved_at(answer, wanted):
        return None
    return closed_to(caller, sheet, now) or misfit(sheet, answer, wanted, now) or held_up(sheet, now)


def misfit(sheet: AnswerSheet, answer: dict[str, Any] | None, wanted: SaveAnswer, now: datetime) -> DomainError | None:
    """Say why an answer does not fit its row of the sheet or comes at the wrong moment; None when it is welcome.

    Whether the question is open comes before everything that would tell something of it.
    """
    refusal = sections.refusal(sheet, answer, now)
    if refusal or answer is None:
        return refusal
    if answer.get("shown"):
        return Conflict("What is right was shown: this answer stands.", code="QUESTION_CLOSED")
    if sheet.step and answer["place"] < sheet.position:
        return Conflict("You have moved on from this question.", code="QUESTION_CLOSED")
    if answer["seq"] >= wanted.seq:
        return Conflict(
            f"A later answer to this question is stored, with sequence {answer['seq']}.", code="STALE_ANSWER"
        )
    return answer_sheet.refusal(answer, wanted)


def first_saved_at(answer: Mapping[str, Any], wanted: SaveAnswer) -> datetime | None:
    """Return when an answer was stored that comes again, word for word; None when it never was.

    One that later answers have overwritten is still known, unless many did (EXAM W2).
    """
    past = remembered(answer, wanted.seq)
    wanted_is = (wanted.seq, _digest(wanted), wanted.operation_id or "")
    return past.saved_at if past and (past.seq, past.digest, past.operation) == wanted_is else None


def _saved(sheet: AnswerSheet, wanted: SaveAnswer, now: datetime) -> Saved:
    saved_at = first_saved_at(sheet.answers.as_dict()[wanted.question_id], wanted) or now
    return Saved(
        server_now=now,
        deadline_at=sheet.deadline_at,
        seconds_left=timing.seconds_left(sheet.deadline_at, now),
        exam_id=sheet.exam_id,
        question_id=wanted.question_id,
        seq=wanted.seq,
        saved_at=saved_at,
        late=saved_at > sheet.deadline_at,
    )


def flag(caller: Principal, exam_id: str, wanted: FlagQuestion) -> Flagged:
    """Mark a question for review or take the mark off; paper, deadline and score stay (EXAM N3).

    Costs one storage request.
    Raises NotFound, Conflict (SESSION_FINISHED, EXAM_PAUSED, LEASED_ELSEWHERE, SECTION_CLOSED), Forbidden
    (QUESTION_NOT_OPEN, SECTION_NOT_OPEN) or RuleViolation UNKNOWN_QUESTION.
    """
    now = clock.now()
    sheet = answer_sheets.at(exam_id, wanted.question_id)
    place = AnswerSheet.part(wanted.question_id, "place")
    is_met = place.exists() & ((AnswerSheet.step == 0) | (place <= AnswerSheet.position))
    is_asked = is_met & sections.is_open(wanted.question_id, now)
    change = AnswerSheet.part(wanted.question_id, "flagged").set(wanted.flagged)
    try:
        Unit().change(sheet, change, paid_for(), when=is_writable(caller, now) & is_asked).commit()
    except ConditionFailed as failure:
        if failure.item is None:
            raise unknown_exam() from None
        sheet = AnswerSheet.from_raw_data(failure.item)
        if may_touch(caller, sheet.user_id) and sections.move_on(sheet, now):
            return flag(caller, exam_id, wanted)
        raise _flag_refusal(caller, sheet, wanted, now) from None
    return Flagged(
        server_now=now,
        deadline_at=sheet.deadline_at,
        seconds_left=timing.seconds_left(sheet.deadline_at, now),
        exam_id=exam_id,
        question_id=wanted.question_id,
        flagged=wanted.flagged,
    )


def _flag_refusal(caller: Principal, sheet: AnswerSheet, wanted: FlagQuestion, now: datetime) -> DomainError:
    row = sheet.answers.as_dict().get(wanted.question_id)
    return closed_to(caller, sheet, now) or sections.refusal(sheet, row, now) or held_up(sheet, now)
