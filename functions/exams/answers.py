"""Saving an answer: one conditional write with nothing read before it, so it is in the score or it is refused.

The write holds every rule in its condition: whose session it is, that it runs and its grace is not over, that
question and options are the paper's, that the question is the current one where only that may be answered, and that
the sequence is higher than the stored one. A finish demands that the sheet is as it was read, so no acknowledged
answer can be missing from the score (EXAM W3, W5, W6).
"""

from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum import clock
from lyceum.errors import Conflict, DomainError, Forbidden, NotFound, rule_violation
from lyceum.identity import Principal, may_touch
from lyceum.model import AnswerSheet
from lyceum.table import ConditionFailed, Unit

from exams import timing
from exams.schemas import SaveAnswer, Saved


def save(caller: Principal, exam_id: str, wanted: SaveAnswer) -> Saved:
    """Store one answer of a running session in exactly one storage request.

    Between the deadline and the end of the grace it is stored and flagged late. A repeated request changes nothing
    and gets its first answer again, even after the end (EXAM W2). In a forward-only session a saved answer moves on
    to the next question. Raises NotFound, Conflict (SESSION_FINISHED, STALE_ANSWER, QUESTION_CLOSED), Forbidden
    (QUESTION_NOT_OPEN) or RuleViolation (UNKNOWN_QUESTION, UNKNOWN_OPTION, TOO_MANY_OPTIONS).
    """
    now = clock.now()
    sheet = AnswerSheet.at(exam_id=exam_id)
    stored = {
        "chosen": wanted.option_ids,
        "seq": wanted.seq,
        "operation": wanted.operation_id or "",
        "seconds": wanted.time_spent_seconds,
        "at": clock.iso(now),
    }
    changes = [AnswerSheet.part(wanted.question_id, name).set(value) for name, value in stored.items()]
    changes.append(AnswerSheet.position.set(AnswerSheet.position + AnswerSheet.step))
    try:
        Unit().change(sheet, *changes, when=_admitted(caller, wanted, now)).commit()
    except ConditionFailed as failure:
        if failure.item is None:
            raise _unknown() from None
        sheet = AnswerSheet.from_raw_data(failure.item)
        refusal = _refusal(caller, sheet, wanted, now)
        if refusal:
            raise refusal from None
    return _saved(sheet, wanted, now)


def _admitted(caller: Principal, wanted: SaveAnswer, now: datetime) -> Condition:
    def part(name: str) -> Any:
        return AnswerSheet.part(wanted.question_id, name)

    is_current = (AnswerSheet.step == 0) | (part("place") == AnswerSheet.position)
    admitted: Condition = (AnswerSheet.user_id == caller.user_id) & (AnswerSheet.state == "running") & (AnswerSheet.closes_at >= now)
    admitted = admitted & (part("seq") < wanted.seq) & (part("most") >= len(wanted.option_ids)) & is_current
    for option_id in wanted.option_ids:
        admitted = admitted & part("allowed").contains(option_id)
    return admitted


def _refusal(caller: Principal, sheet: AnswerSheet, wanted: SaveAnswer, now: datetime) -> DomainError | None:
    """Say why a save was not admitted; None when it is stored already, word for word."""
    answer = sheet.answers.as_dict().get(wanted.question_id)
    if not may_touch(caller, sheet.user_id):
        return _unknown()
    if answer and _is_repeated(answer, wanted):
        return None
    if timing.is_closed(sheet, now):
        return Conflict("This exam is over.", code="SESSION_FINISHED")
    if answer is None:
        return rule_violation("UNKNOWN_QUESTION", "This question is not in the paper.")
    if not set(wanted.option_ids) <= set(answer["allowed"]):
        return rule_violation("UNKNOWN_OPTION", "This question does not have such an option.")
    if len(wanted.option_ids) > answer["most"]:
        return rule_violation("TOO_MANY_OPTIONS", f"Choose {answer['most']} at most.")
    if sheet.step and answer["place"] < sheet.position:
        return Conflict("You have moved on from this question.", code="QUESTION_CLOSED")
    if sheet.step and answer["place"] > sheet.position:
        return Forbidden("This question is not open yet.", code="QUESTION_NOT_OPEN")
    return Conflict(f"A later answer to this question is stored, with sequence {answer['seq']}.", code="STALE_ANSWER")


def _is_repeated(answer: dict[str, Any], wanted: SaveAnswer) -> bool:
    earlier = (answer["seq"], answer.get("operation"), answer.get("chosen"))
    return earlier == (wanted.seq, wanted.operation_id or "", wanted.option_ids)


def _saved(sheet: AnswerSheet, wanted: SaveAnswer, now: datetime) -> Saved:
    saved_at = clock.parse(sheet.answers.as_dict()[wanted.question_id]["at"])
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


def _unknown() -> NotFound:
    return NotFound("There is no such exam.")
