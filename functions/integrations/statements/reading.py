"""Statements as they are told again (xAPI 1.0.3, part three, 2.1.3)."""

import json
from typing import Any

from pydantic import ValidationError

from lyceum.kit import clock
from lyceum.kit.errors import BadRequest, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.integrations.statements import LearningStatement

from functions.integrations.statements import actors
from functions.integrations.statements.schemas import Agent, StatementsQuery

_MOST = 100


def shown(row: LearningStatement) -> dict[str, Any]:
    """Write a statement with its actor, as content and stores read it."""
    timestamp = row.content.get("timestamp", clock.iso(row.stored_at))
    told = {"id": row.statement_id, "actor": actors.agent(row.user_id), "version": "1.0.3"}
    return {**row.content, **told, "timestamp": timestamp, "stored": clock.iso(row.stored_at)}


def answer(caller: Principal, query: StatementsQuery) -> str:
    """Return one statement or the newest of somebody as JSON (1 storage request); raises NotFound, BadRequest."""
    one = query.statement_id or query.voided_statement_id
    if one is not None:
        return json.dumps(shown(_one(caller, str(one), is_voided=query.voided_statement_id is not None)))
    found = find(
        LearningStatement,
        index="gsi1",
        user_id=_whose(caller, query),
        limit=min(query.limit or _MOST, _MOST),
        descending=True,
        from_sort=f"{clock.iso(query.since)}$" if query.since else None,
        to_sort=f"{clock.iso(query.until)}$" if query.until else None,
    )
    rows = [row for row in found.items if not row.is_voided and query.verb in {None, row.verb}]
    return json.dumps({"statements": [shown(row) for row in rows], "more": ""})


def _one(caller: Principal, statement_id: str, *, is_voided: bool) -> LearningStatement:
    row = LearningStatement.fetch(statement_id=statement_id)
    is_seen = row is not None and (caller.key is not None or row.user_id == caller.user_id)
    if row is None or not is_seen or bool(row.is_voided) != is_voided:
        raise NotFound("There is no such statement.")
    return row


def _whose(caller: Principal, query: StatementsQuery) -> str:
    if query.agent is None:
        if caller.key is not None:
            raise BadRequest("Name an agent.")
        return caller.user_id
    try:
        agent = Agent.model_validate_json(query.agent)
    except ValidationError:
        raise BadRequest("The agent can not be read.") from None
    return actors.user_id_of(caller, agent, {})
