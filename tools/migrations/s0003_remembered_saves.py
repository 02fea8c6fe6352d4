"""Answer sheets remember saves as short texts, since each save is paid by the size of the whole sheet.

A text holds sequence, digest of the answer, time in milliseconds and operation id, which were a map. The operation id
does not stand in the row a second time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum.kit import clock
from tools.migrations.step import Item, Step

_PLACES = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def forth(item: Item) -> Item | None:
    """Write what the rows of a sheet remember as texts."""
    return _with_rows(item, _shortened)


def back(item: Item) -> Item | None:
    """Write what the rows of a sheet remember as maps, and the operation id of the last save into its row."""
    return _with_rows(item, _spelled_out)


def _with_rows(item: Item, change: Any) -> Item | None:
    rows = item.get("answers", {}).get("M", {})
    changed = {name: {"M": change(row["M"])} for name, row in rows.items()}
    return item | {"answers": {"M": changed}} if changed != rows else None


def _shortened(row: Row) -> Row:
    """Shorten one row; its operation id goes where the place of its last save remembers it."""
    changed = {name: _text(value) if name.startswith("past") and "M" in value else value for name, value in row.items()}
    is_remembered = "operation" in row and _place(row) in row
    return {name: value for name, value in changed.items() if name != "operation" or not is_remembered}


def _spelled_out(row: Row) -> Row:
    changed = {name: _map(value) if name.startswith("past") and "S" in value else value for name, value in row.items()}
    last = changed.get(_place(row), {}).get("M")
    if last is None or "operation" in row or last["seq"] != row["seq"]:
        return changed
    return changed | {"operation": last["operation"]}


def _place(row: Row) -> str:
    return f"past{int(row['seq']['N']) % _PLACES}"


def _text(past: Row) -> Row:
    kept = past["M"]
    moment = clock.parse(kept["at"]["S"]) - _EPOCH
    parts = kept["seq"]["N"], kept["chosen"]["S"], str(round(moment / timedelta(milliseconds=1)))
    return {"S": " ".join([*parts, kept["operation"]["S"]])}


def _map(past: Row) -> Row:
    seq, digest, at, operation = past["S"].split(" ", 3)
    moment = _EPOCH + timedelta(milliseconds=int(at))
    kept = {"operation": {"S": operation}, "at": {"S": clock.iso(moment)}, "chosen": {"S": digest}}
    return {"M": {"seq": {"N": seq}, **kept}}


STEP = Step(3, "answer sheets remember saves in short", frozenset({"answer_sheet"}), forth, back)
