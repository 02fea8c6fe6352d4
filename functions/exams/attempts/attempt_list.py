"""An assessment's list of attempts, and how many each student has started."""

from collections.abc import Sequence
from typing import Any

from lyceum.kit.errors import Conflict
from lyceum.kit.table import Slice, Unit, find, skipped
from lyceum.model.exams.assessments import AssessmentAttempt
from lyceum.model.exams.sessions import AttemptCount, ExamSession

from functions.exams.papers import spreading


def update_entry(unit: Unit, session: ExamSession) -> None:
    """Bring the entry of a session in its assessment's list of attempts up to date; other sessions are in no list."""
    if session.assessment_id is None or session.is_preview:
        return
    values = {
        "state": "running" if session.state != "finished" else "finished",
        "finished_at": session.finished_at,
        "cause": session.cause,
        "score": session.score,
        "percent": session.percent,
        "is_passed": session.is_passed,
        "is_pending": bool(session.pending_count),
    }
    changes = [
        getattr(AssessmentAttempt, name).set(value) if value is not None else getattr(AssessmentAttempt, name).remove()
        for name, value in values.items()
    ]
    unit.change(AssessmentAttempt.at(assessment_id=_list_of(session), exam_id=session.exam_id), *changes)


def _list_of(session: ExamSession) -> str:
    return spreading.name_of(session.assessment_id, session.part)


def count_attempt(unit: Unit, session: ExamSession, used: int) -> None:
    """Count a start of an assessment; one that began meanwhile refuses this one."""
    attempts = AttemptCount.at(user_id=session.user_id, assessment_id=session.assessment_id)
    values = [
        AttemptCount.user_id.set(session.user_id),
        AttemptCount.assessment_id.set(session.assessment_id),
        AttemptCount.used.set(used + 1),
        AttemptCount.last_exam_id.set(session.exam_id),
    ]
    is_next = (AttemptCount.used == used) if used else AttemptCount.pk.does_not_exist()
    again = Conflict("Another start of this exam is under way. Try again.", code="START_CONFLICT")
    unit.change(attempts, *values, when=is_next, refuse=again, or_create=True)
    facts = {name: getattr(session, name) for name in ("exam_id", "user_id", "attempt", "state", "started_at")}
    unit.create(AssessmentAttempt(assessment_id=_list_of(session), **facts))


def read_page(
    assessment_id: str, parts: int, limit: int, after: dict[str, Any] | None, *, consistent: bool = False
) -> Slice[AssessmentAttempt]:
    """Read a page of the attempts at an assessment in the order of the starts, part by part where there are several.

    Costs one storage request, and another for each part that ends on the page.
    """
    skip = skipped(after)
    if skip:
        limit, after = limit + skip, None
    names = spreading.names_of(assessment_id, parts)
    place = _place_of(names, after)
    items: list[AssessmentAttempt] = []
    while True:
        left = limit - len(items)
        found = find(AssessmentAttempt, assessment_id=names[place], limit=left, after=after, consistent=consistent)
        items += found.items
        after, place = found.last_key, place + 1
        if after is not None or place == len(names):
            return Slice(items[skip:], after)
        if len(items) == limit:
            return Slice(items[skip:], beginning(names[place]))


def beginning(name: str) -> dict[str, Any]:
    """Return the key that stands before all entries of a part."""
    partition, sort = AssessmentAttempt.key_of(assessment_id=name, exam_id="0")
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def _place_of(names: Sequence[str], after: dict[str, Any] | None) -> int:
    """Return which part a cursor stands in; one that belongs to another list is refused when it is read from."""
    family, separator, name = str((after or {}).get("PK", {}).get("S", "")).partition("#")
    return names.index(name) if separator and family and name in names else 0
