"""Several answers in one call: each judged by itself, and all that are welcome stored in one write (EXAM W8)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import DomainError, RuleViolation
from lyceum.kit.event import Message
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.exams.sessions import AnswerSheet
from lyceum.rules.exams import answer_sheets
from lyceum.rules.stream import saved_answers

from functions.exams.attempts import answer_files, answer_sheet, answers, timing
from functions.exams.attempts.schemas import Malformed, SaveAnswer, SaveAnswers, SavedAnswers, SavedItem

_SAVE_COSTS_MILLISECONDS = 100


def save_all(caller: Principal, exam_id: str, wanted: SaveAnswers) -> SavedAnswers:
    """Store those of several answers that fit, with a result for each in their order.

    The same rules hold as for one (`answers.save`), and a repeated call gets the same results. Costs one read and one
    write. Raises NotFound, Conflict (SESSION_FINISHED, EXAM_PAUSED, LEASED_ELSEWHERE) or RateLimited for all of them.
    """
    return retry_on_conflict(lambda: _save_all(caller, exam_id, wanted))


def _save_all(caller: Principal, exam_id: str, wanted: SaveAnswers) -> SavedAnswers:
    now = clock.now()
    sheet = answer_sheets.fetch(exam_id, consistent=True)
    refused = answer_sheet.unknown_exam() if sheet is None else answer_sheet.closed_to(caller, sheet, now)
    if sheet is None or refused:
        raise refused or answer_sheet.unknown_exam()
    if answer_sheet.is_ahead(sheet, now):
        raise answer_sheet.held_up(sheet, now)
    before = {name: row["seq"] for name, row in sheet.answers.as_dict().items()}
    results = write_in(sheet, wanted.answers, now, answer_files.absent(caller, wanted.answers))
    saved = [name for name, row in sheet.answers.as_dict().items() if row["seq"] != before[name]]
    if saved:
        sheet.paid_until = max(int(sheet.paid_until), clock.milliseconds(now) - answer_sheet.AHEAD_MILLISECONDS)
        sheet.paid_until += _SAVE_COSTS_MILLISECONDS * len(wanted.answers)
        rows = sheet.answers.as_dict()
        lost = [each for each in saved_rows(wanted.answers, results, now) if each[1]["seq"] != rows[each[0]]["seq"]]
        unit = Unit()
        answer_sheets.replace(unit, sheet, *_orders(exam_id, lost), only=saved)
        unit.commit()
    return SavedAnswers(
        server_now=now,
        deadline_at=sheet.deadline_at,
        seconds_left=timing.seconds_left(sheet.deadline_at, now),
        exam_id=exam_id,
        results=[_shown(sheet, given, result) for given, result in zip(wanted.answers, results, strict=True)],
    )


def _orders(exam_id: str, overwritten: Sequence[tuple[str, dict[str, Any]]]) -> list[Message]:
    """Return the order to chain saves that others of the same call overwrote."""
    return [saved_answers.chain_order(exam_id, overwritten)] if overwritten else []


def write_in(
    sheet: AnswerSheet, given: Sequence[SaveAnswer | Malformed], now: datetime, absent: AbstractSet[str]
) -> list[datetime | DomainError]:
    """Put every answer that fits on a sheet that was read; returns when each was saved, or why it is not.

    `absent` are the files that are not there.
    """
    timing.move_to(sheet, now)
    rows: dict[str, dict[str, Any]] = sheet.answers.as_dict()
    results: list[datetime | DomainError] = []
    for each in given:
        if isinstance(each, Malformed):
            results.append(malformed(each))
            continue
        row = rows.get(each.question_id)
        earlier = answers.first_saved_at(row, each) if row and row["seq"] else None
        refused = None if earlier else answers.misfit(sheet, row, each, now)
        if not earlier and not refused and not absent.isdisjoint(each.file_ids or ()):
            refused = answer_files.missing()
        if row is not None and not earlier and not refused:
            row.update(answers.row_of(each, now))
            sheet.position = int(sheet.position) + int(sheet.step)
        results.append(refused or earlier or now)
    sheet.answers = rows
    return results


def saved_rows(
    given: Sequence[SaveAnswer | Malformed],
    results: Sequence[datetime | DomainError],
    now: datetime,
) -> list[tuple[str, dict[str, Any]]]:
    """Return what was saved of several answers just now, each as a row of its own: of two to one question, both."""
    return [
        answers.chained(each, now)
        for each, result in zip(given, results, strict=True)
        if result == now and not isinstance(each, Malformed)
    ]


def malformed(given: Malformed) -> RuleViolation:
    """Return the refusal of an answer that could not be read."""
    return RuleViolation(given.message, code="MALFORMED")


def _shown(sheet: AnswerSheet, given: SaveAnswer | Malformed, result: datetime | DomainError) -> SavedItem:
    seq = None if isinstance(given, Malformed) else given.seq
    if isinstance(result, datetime):
        late = result > sheet.deadline_at
        return SavedItem(question_id=given.question_id, seq=seq, saved=True, saved_at=result, late=late)
    return SavedItem(question_id=given.question_id, seq=seq, saved=False, code=code_of(result), message=result.message)


def code_of(refusal: DomainError) -> str:
    """Name a refusal: by its rule, if it is of one."""
    return (refusal.details[0].code if refusal.details else "") or refusal.code
