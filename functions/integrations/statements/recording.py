"""Statements in: kept once by their id, whoever sends them again; one that was kept can be voided and not changed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lyceum.events.integrations import StatementRecorded
from lyceum.kit import clock, ids
from lyceum.kit.errors import BadRequest, Conflict, Detail, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.integrations.statements import LearningStatement
from lyceum.model.users.account import User

from functions.integrations.statements import actors
from functions.integrations.statements.schemas import Statement

MOST = 40
"""Statements of one request, which are kept together or not at all."""
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
VERSION_HEADER = "x-experience-api-version"
_MOST_CHARACTERS = 16_000
_MOST_DEPTH = 12
_MOST_ADDRESSES = 5
_many = TypeAdapter(list[Statement], config=ConfigDict(defer_build=True))


def check_version(version: str) -> None:
    """Refuse requests that name no version of 1.0 (xAPI 1.0.3, part three, 3.3)."""
    if not version.startswith("1.0"):
        raise BadRequest("Send X-Experience-API-Version: 1.0.3.")


def read(body: bytes) -> list[Statement]:
    """Read one statement or a list; raises BadRequest, ValidationFailed for what is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    rows = given if isinstance(given, list) else [given]
    if not 0 < len(rows) <= MOST:
        raise BadRequest(f"A request has 1 to {MOST} statements.")
    if any(_depth(row) > _MOST_DEPTH or len(json.dumps(row)) > _MOST_CHARACTERS for row in rows):
        raise BadRequest("A statement is too large or nested too deeply.")
    try:
        return _many.validate_python(rows)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[:5]
        details = [Detail(".".join(map(str, each["loc"])), each["msg"]) for each in found]
        raise ValidationFailed("Some fields are missing or wrong.", details=details) from None


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
    return depth


def record(caller: Principal, statements: Sequence[Statement]) -> list[str]:
    """Keep statements in one transaction and return their ids; what is kept already is left as it is.

    Two requests at once that send the same are settled by a second look. Raises Conflict for another statement under
    an id that there is, Forbidden, RuleViolation UNKNOWN_ACTOR, NOT_VOIDABLE.
    """
    try:
        return keep(caller, statements)
    except Conflict as refusal:
        if refusal.code != "STATEMENT_MEANWHILE":
            raise
        return keep(caller, statements)


def keep(
    caller: Principal,
    statements: Sequence[Statement],
    follow: Callable[[Unit, list[Statement]], None] = lambda _writes, _new: None,
) -> list[str]:
    """Keep statements by one look; `follow` adds to the transaction what follows from those that are new.

    Raises as `record` does, and Conflict STATEMENT_MEANWHILE where somebody sends the same at the same moment.
    """
    seen: dict[str, str] = {}
    if len({each.actor.mbox for each in statements}) > _MOST_ADDRESSES:
        raise BadRequest(f"A request names {_MOST_ADDRESSES} addresses at most; name people by account.")
    rows = [_row(actors.user_id_of(caller, each.actor, seen), each) for each in statements]
    if len({row.statement_id for row in rows}) < len(rows):
        raise BadRequest("Two statements of this request have the same id.")
    writes, new = _writes(caller, rows)
    follow(writes, [each for each, row in zip(statements, rows, strict=True) if row.statement_id in new])
    writes.commit()
    return [str(row.statement_id) for row in rows]


def add(writes: Unit, user_id: str, statement_id: str, content: dict[str, Any]) -> None:
    """Keep a statement that the product itself makes of a learner, in the transaction of what it tells of."""
    row = _made(user_id, statement_id, content)
    writes.create(row, StatementRecorded(statement_id=row.statement_id, user_id=user_id))


def record_one(caller: Principal, statement_id: UUID, body: bytes) -> str:
    """Keep one statement under an id, and answer with nothing; raises BadRequest for more or for another id."""
    statements = read(body)
    if len(statements) != 1 or statements[0].id not in {None, statement_id}:
        raise BadRequest("Send one statement, without an id or with this one.")
    record(caller, [statements[0].model_copy(update={"id": statement_id})])
    return ""


def _row(user_id: str, statement: Statement) -> LearningStatement:
    content = statement.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"id", "actor", "stored", "authority", "version"}
    )
    return _made(user_id, str(statement.id or uuid5(NAMESPACE_OID, ids.new_id())), content)


def _made(user_id: str, statement_id: str, content: dict[str, Any]) -> LearningStatement:
    text = json.dumps([user_id, content], sort_keys=True)
    return LearningStatement(
        statement_id=statement_id,
        user_id=user_id,
        verb=content["verb"]["id"],
        content=content,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        stored_at=clock.now(),
    )


def _writes(caller: Principal, rows: Sequence[LearningStatement]) -> tuple[Unit, set[str]]:
    """Return the transaction that keeps what is new of these, and its ids."""
    voided = [_target(row) for row in rows if row.verb == VOIDED]
    asked = [LearningStatement.at(statement_id=each) for each in [*(row.statement_id for row in rows), *voided]]
    people = sorted({str(row.user_id) for row in rows})
    found = batch_fetch([*asked, *(User.at(user_id=each) for each in people)], consistent=True)
    known = {str(each.statement_id): each for each in found if isinstance(each, LearningStatement)}
    if len({each.user_id for each in found if isinstance(each, User) and each.status != "deleted"}) < len(people):
        raise rule_violation("UNKNOWN_ACTOR", "The actor is nobody here.", field="actor")
    unit = Unit()
    for row in rows:
        former = known.get(str(row.statement_id))
        if former is None:
            told = StatementRecorded(statement_id=row.statement_id, user_id=row.user_id)
            unit.create(row, told, refuse=Conflict("Somebody sends the same.", code="STATEMENT_MEANWHILE"))
            _void(unit, caller, row, known)
        elif former.digest != row.digest:
            raise Conflict("There is another statement of this id.", code="STATEMENT_EXISTS")
    return unit, {str(row.statement_id) for row in rows} - set(known)


def _target(row: LearningStatement) -> str:
    try:
        return str(UUID(str(row.content["object"]["id"])))
    except ValueError:
        raise _not_voidable() from None


def _void(unit: Unit, caller: Principal, row: LearningStatement, known: dict[str, LearningStatement]) -> None:
    """Take back the statement that another one voids (part two, 2.3.2): a learner's own, and none that voids."""
    if row.verb != VOIDED:
        return
    meant = known.get(_target(row))
    if meant is None or meant.verb == VOIDED or (caller.key is None and meant.user_id != caller.user_id):
        raise _not_voidable()
    unit.change(meant, LearningStatement.is_voided.set(True))


def _not_voidable() -> Exception:
    return rule_violation("NOT_VOIDABLE", "There is no such statement that could be voided.", field="object")
