"""Sections with a time of their own: one is open at a time, and none opens again once it is over or left (EXAM N2).

The sheet holds the number of the open section and until when it is open, in milliseconds since 1970. A save demands in
its condition that the question belongs to that section and that its time is not over, so it still reads nothing. When
the time of a section is over, the next one began at that moment, whoever notices it and when: reads work that out, and
the first write that is refused for it moves the sheet on and is tried again.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, Forbidden, rule_violation
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.sessions import AnswerSheet

from functions.exams.attempts.timing import move_to, open_section


def is_open(question_id: str, now: datetime) -> Condition:
    """Return the condition that a question's section is open, or that the sheet is not timed by sections."""
    in_section = AnswerSheet.part(question_id, "section") == AnswerSheet.section
    open_now: Condition = AnswerSheet.section_until.does_not_exist() | (
        in_section & (AnswerSheet.section_until >= clock.milliseconds(now))
    )
    return open_now


def refusal(sheet: AnswerSheet, row: Mapping[str, Any] | None, now: datetime) -> DomainError | None:
    """Say why a question may not be answered, flagged or judged now by its place in the paper; None when it may.

    A question that comes later and one that is in no paper at all get the same refusal, and nothing is said of the
    form of either: guessed ids tell nothing of what is ahead (EXAM N1, N2).
    """
    if row is None and not sheet.step and sheet.section_until is None:
        return rule_violation("UNKNOWN_QUESTION", "This question is not in the paper.")
    if sheet.step and (row is None or row["place"] > sheet.position):
        return Forbidden("This question is not open yet.", code="QUESTION_NOT_OPEN")
    if sheet.section_until is not None and (row is None or row["section"] > sheet.section):
        return Forbidden("This section is not open yet.", code="SECTION_NOT_OPEN")
    if row is None or sheet.section_until is None:
        return None
    if row["section"] < sheet.section or sheet.section_until < clock.milliseconds(now):
        return Conflict("This section is closed.", code="SECTION_CLOSED")
    return None


def move_on(sheet: AnswerSheet, now: datetime) -> bool:
    """Store that the time of a section is over; True when a write that was refused may be tried again."""
    before = int(sheet.section or 0), sheet.section_until
    if not move_to(sheet, now):
        return False
    with suppress(ConditionFailed):  # another call has noticed it too
        _store(sheet, before[0], AnswerSheet.section_until == before[1])
    return True


def leave(sheet: AnswerSheet, section: int, now: datetime, when: Condition) -> None:
    """Leave a section for good and open the next; raises ConditionFailed when it was left meanwhile.

    Raises Conflict LAST_SECTION for the last one.
    """
    if section + 1 >= len(sheet.section_limits):
        raise Conflict("This is the last section: submit the exam.", code="LAST_SECTION")
    open_section(sheet, section + 1, clock.milliseconds(now))
    _store(sheet, section, when)


def _store(sheet: AnswerSheet, left: int, when: Condition) -> None:
    changes = [
        AnswerSheet.section.set(sheet.section),
        AnswerSheet.section_until.set(sheet.section_until),
        AnswerSheet.position.set(sheet.position),
    ]
    Unit().change(AnswerSheet.at(exam_id=sheet.exam_id), *changes, when=(AnswerSheet.section == left) & when).commit()
