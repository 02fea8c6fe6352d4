"""When a student's work is due: by the assignment, or by an extension of the student's own where that is later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import batch_fetch
from lyceum.model.assignments import Extensions

_NEVER = "9999"


def own_due_at(due_at: datetime | None, extension: Mapping[str, Any]) -> datetime | None:
    """Return a student's due date; an extension never shortens what the class has."""
    later = extension.get("due_at")
    if due_at is None or not later:
        return due_at
    return max(due_at, clock.parse(later))


def own_rows(rows: Sequence[dict[str, Any]], user_id: str) -> list[dict[str, Any]]:
    """Return rows of assignment indexes with a student's own due dates, in the order of these.

    It takes one request for each hundred assignments that somebody has an extension of; none without.
    """
    return with_own_dates(rows, read_extensions(rows), user_id)


def read_extensions(rows: Sequence[dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Read the extensions of assignments by student, of those that somebody has one of."""
    named = [Extensions.at(assignment_id=row["assignment_id"]) for row in rows if row.get("has_extensions")]
    found = batch_fetch(named) if named else []
    return {each.assignment_id: each.by_user for each in found if isinstance(each, Extensions)}


def with_own_dates(
    rows: Sequence[dict[str, Any]], extensions: Mapping[str, Mapping[str, Any]], user_id: str
) -> list[dict[str, Any]]:
    """Return rows with a student's own due dates by extensions that were read, in the order of these."""
    if not extensions:
        return list(rows)
    own = [_own(row, extensions.get(row["assignment_id"], {}).get(user_id, {})) for row in rows]
    return sorted(own, key=due_order)


def due_order(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return what rows of assignments are ordered by: the due date, those without one last, then the id."""
    return row["due_at"] or _NEVER, row["assignment_id"]


def _own(row: dict[str, Any], extension: Mapping[str, Any]) -> dict[str, Any]:
    if not row["due_at"]:
        return row
    due_at = own_due_at(clock.parse(row["due_at"]), extension)
    return {**row, "due_at": clock.iso(due_at) if due_at else None}
