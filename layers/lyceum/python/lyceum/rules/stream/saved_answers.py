"""What the chain of a session's saves is told of them, by those who write them or by the record of the write.

A save leaves no message, which it would be paid for: the table's stream shows the sheet before and after it, and the
order to chain it follows from both. What does not follow from them is ordered by the write itself: saves that others of
the same write overwrote, and those of a session that ends with them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from lyceum.kit import clock, ids
from lyceum.tasks.exams import ChainSaves

KINDS = ("answer_sheet", "sheet_block")
"""The stored kinds of which a sheet consists."""
OPEN = "running"
"""The only state in which a sheet takes saves."""
_FEW = 8
"""A row remembers as many saves: see `AnswerSheet`."""


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
        saved = _saved(question_id, {**row, "operation": _operation(row)})
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


def _operation(row: Mapping[str, Any]) -> str:
    """Return the operation of a row's last save; one of a sheet from before saves were remembered as texts has none."""
    past = row.get(f"past{row['seq'] % _FEW}", "")
    return past.split(" ", 3)[3] if isinstance(past, str) and past else ""


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
