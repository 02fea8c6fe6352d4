"""What the chain of a session's saves is told of them, by those who write them or by the record of the write.

A save leaves no message, which it would be paid for: the table's stream shows the sheet before and after it, and the
order to chain it follows from both. What does not follow from them is ordered by the write itself: saves that others of
the same write overwrote, and those of a session that ends with them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lyceum.kit import clock, ids
from lyceum.tasks.exams import ChainSaves

KINDS = ("answer_sheet", "sheet_block")
"""The stored kinds of which a sheet consists."""
OPEN = "running"
"""The only state in which a sheet takes saves."""
_REMEMBERED = 8
"""So many saves of a question stand in its row, overwritten or not: see `AnswerSheet`."""


class Remembered(NamedTuple):
    """A save as its row remembers it: `digest` is of the response, `operation` empty where the device named none."""

    seq: int
    digest: str
    saved_at: datetime
    operation: str


def remember(save: Remembered) -> dict[str, str]:
    """Return what a row remembers of a save: one short text, since each save is paid by the size of the block."""
    return {_slot(save.seq): f"{save.seq} {save.digest} {clock.milliseconds(save.saved_at)} {save.operation}"}


def remembered(row: Mapping[str, Any], seq: int) -> Remembered | None:
    """Return what a row remembers of the save with a sequence, or of a later one in its place; None where nothing."""
    past = row.get(_slot(seq))
    if past is None:
        return None
    if isinstance(past, Mapping):  # of a sheet that began before saves were remembered as texts
        return Remembered(int(past["seq"]), past["chosen"], clock.parse(past["at"]), past["operation"])
    number, digest_of, milliseconds, operation = past.split(" ", 3)
    return Remembered(int(number), digest_of, clock.moment(int(milliseconds)), operation)


def _slot(seq: int) -> str:
    return f"past{seq % _REMEMBERED}"


def chain_order(exam_id: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> ChainSaves:
    """Return the order to chain rows of a sheet as they were saved, with the `operation` of those that have one."""
    return ChainSaves(exam_id=exam_id, saves=[_saved(question_id, row) for question_id, row in rows])


def digest(value: Any) -> str:
    """Return the SHA-256 of a value in canonical JSON, in hexadecimal."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def saves_of(record: Mapping[str, Any]) -> list[ChainSaves]:
    """Return the orders that follow from a record of the table's stream, one for each new save of a row.

    The same record brings the same orders. None follow from what is no sheet, or one that takes no saves.
    """
    images = record.get("dynamodb", {})
    new = images.get("NewImage", {})
    if new.get("kind", {}).get("S") not in KINDS or new["state"]["S"] != OPEN:
        return []
    before = images.get("OldImage", {}).get("answers", {}).get("M", {})
    exam_id, user_id = new["exam_id"]["S"], new["user_id"]["S"]
    orders = []
    for question_id, stored in new["answers"]["M"].items():
        row = _plain(stored)
        if not row["seq"] or row["seq"] == _plain(before.get(question_id, {"M": {}})).get("seq"):
            continue
        last = remembered(row, row["seq"])
        saved = _saved(question_id, {**row, "operation": last.operation if last else ""})
        saved_at = clock.parse(row["at"])
        named = ids.derived_id(saved_at, exam_id, question_id, str(saved["seq"]), saved["operation"])
        told = {"event_id": named, "correlation_id": named, "at": saved_at}
        orders.append(
            ChainSaves(**told, tenant=new["tenant"]["S"], actor=user_id, exam_id=exam_id, saves=[saved]),
        )
    return orders


def _saved(question_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    facts = {"seq": int(row["seq"]), "operation": row.get("operation") or "-", "saved_at": row["at"]}
    return {"question_id": question_id, **facts, "answer": digest(row["chosen"])}


def _plain(stored: Mapping[str, Any]) -> Any:
    """Return a stored value as Python has it."""
    ((kind, value),) = stored.items()
    match kind:
        case "M":
            return {name: _plain(each) for name, each in value.items()}
        case "L":
            return [_plain(each) for each in value]
        case "N":
            return json.loads(value)
        case "NULL":
            return None
        case _:
            return value
