"""Files that answer a practical question: they have to be the student's own, and there."""

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.uploads import Upload

from functions.exams.attempts.schemas import Malformed, SaveAnswer

_RECEIVED = ("processing", "scanning", "ready")


def demand(unit: Unit, caller: Principal, wanted: SaveAnswer) -> bool:
    """Let a save hold only while its files are there; says whether it has any (1 item of the transaction for each)."""
    is_there: Condition = (Upload.owner_id == caller.user_id) & Upload.state.is_in(*_RECEIVED)
    for name in wanted.file_ids or ():
        unit.check(Upload.at(upload_id=name), is_there, refuse=missing())
    return bool(wanted.file_ids)


def absent(caller: Principal, given: Sequence[SaveAnswer | Malformed]) -> set[str]:
    """Return those files of several answers that are not there (1 storage request, none where no file is named)."""
    names = list(dict.fromkeys(name for each in given if isinstance(each, SaveAnswer) for name in each.file_ids or ()))
    found = batch_fetch([Upload.at(upload_id=name) for name in names], consistent=True) if names else []
    there = {
        item.upload_id
        for item in found
        if isinstance(item, Upload) and item.owner_id == caller.user_id and item.state in _RECEIVED
    }
    return set(names) - there


def missing() -> RuleViolation:
    """Return the refusal of an answer whose file is not there."""
    return rule_violation("UNKNOWN_FILE", "There is no such file of yours: upload it first.")
