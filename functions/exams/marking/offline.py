"""Answers given offline: all of an attempt in one call, each judged by itself, then the end (EXAM W8).

What a client says of its own clock is noted with the answer for statistics and decides nothing (EXAM T4).
"""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, NotFound
from lyceum.kit.event import Message
from lyceum.kit.identity import Principal
from lyceum.model.exams.sessions import AnswerSheet, AttemptCount
from lyceum.rules.stream import saved_answers

from functions.exams.attempts import answer_batch, answer_files, answers, timing
from functions.exams.attempts.schemas import Malformed
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.marking import finish
from functions.exams.marking.schemas.offline import OfflineAnswer, OfflineAnswers, OfflineReceipt, OfflineResult


def submit(caller: Principal, assessment_id: str, wanted: OfflineAnswers) -> OfflineReceipt:
    """Put answers on the sheet of the caller's latest attempt and finish it; a result for each answer, in their order.

    Costs three reads and one transaction. A session that is finished keeps its answers: the same call again gets the
    same receipt. Raises NotFound without an attempt, and Conflict (SESSION_FINISHED, EXAM_PAUSED, LEASED_ELSEWHERE).
    """
    attempts = AttemptCount.fetch(user_id=caller.user_id, assessment_id=assessment_id, consistent=True)
    if attempts is None:
        raise NotFound("You have not started this test.")
    attempt = require_attempt(attempts.last_exam_id)
    if timing.is_closed(attempt.session, clock.now()):
        return _late(attempt, wanted)
    finish.require_held(caller, attempt)
    absent = answer_files.absent(caller, wanted.answers)
    ended = finish.finish(attempt, lambda sheet: _write_in(sheet, wanted, absent))
    return _receipt(ended, wanted)


def _late(attempt: AttemptState, wanted: OfflineAnswers) -> OfflineReceipt:
    """Answer for an attempt that takes nothing any more; the same call again gets the results that its answers had."""
    return _receipt(attempt._replace(session=finish.finish_overdue(attempt.session.exam_id)), wanted)


def _receipt(attempt: AttemptState, wanted: OfflineAnswers) -> OfflineReceipt:
    rows = attempt.sheet.answers.as_dict()
    results = [_result(attempt.sheet, rows, given) for given in wanted.answers]
    return OfflineReceipt(**finish.receipt(attempt.session, clock.now()).model_dump(), results=results)


def _write_in(sheet: AnswerSheet, wanted: OfflineAnswers, absent: set[str]) -> list[Message]:
    """Put every answer that fits on the sheet; of several to a question the one with the highest sequence stands.

    Returns the order to chain them.
    """
    now = clock.now()
    results = answer_batch.write_in(sheet, wanted.answers, now, absent)
    rows: dict[str, dict[str, Any]] = sheet.answers.as_dict()
    for given, result in zip(wanted.answers, results, strict=True):
        if result == now and isinstance(given, OfflineAnswer) and given.answered_at:
            rows[given.question_id]["client_at"] = clock.iso(given.answered_at)
    sheet.answers = rows
    saved = answer_batch.saved_rows(wanted.answers, results, now)
    return [saved_answers.chain_order(sheet.exam_id, saved)] if saved else []


def _result(sheet: AnswerSheet, rows: dict[str, Any], given: OfflineAnswer | Malformed) -> OfflineResult:
    if isinstance(given, Malformed):
        refusal: DomainError = answer_batch.malformed(given)
    else:
        row = rows.get(given.question_id)
        if row is not None and (row["seq"], row.get("chosen")) == (given.seq, given.stored()):
            return OfflineResult(question_id=given.question_id, saved=True)
        over = Conflict("This exam is over.", code="SESSION_FINISHED")
        refusal = answers.misfit(sheet, row, given, clock.now()) or over
    code = answer_batch.code_of(refusal)
    return OfflineResult(question_id=given.question_id, saved=False, code=code, message=refusal.message)
