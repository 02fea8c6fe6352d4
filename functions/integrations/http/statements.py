"""Statements over HTTP: xAPI 1.0.3 for content and programs, and the stores that are told."""

import json
from typing import Annotated

from lyceum.kit.http import Answer, Api, Caller, Query, exchange, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.integrations.statements import reading, recording, targets
from functions.integrations.statements.schemas import (
    NewTarget,
    OneStatement,
    StatementsQuery,
    TargetList,
    TargetView,
)

api = Api("integrations", recheck=recheck)
handler = api.handler
_SPEAKER = may(Permission.RECORD_STATEMENTS)
_ADMIN = may(Permission.MANAGE_INTEGRATIONS)
_JSON = "application/json"
_MOST_BYTES = 256 * 1024
_VERSION = {"X-Experience-API-Version": "1.0.3"}


@api.post(
    "/xapi/statements",
    access=_SPEAKER,
    limit="1200/minute",
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    refuses=(409, 422),
)
def post_statements(caller: Caller, answer: Answer) -> str:
    """Record a statement or a list of them, and answer with their ids (xAPI 1.0.3, part three, 2.1.2)."""
    answer.headers.update(_VERSION)
    asked = exchange.current()
    recording.check_version(asked.headers.get(recording.VERSION_HEADER, ""))
    return json.dumps(recording.record(caller, recording.read(asked.body)))


@api.put(
    "/xapi/statements",
    access=_SPEAKER,
    limit="1200/minute",
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    status=204,
    refuses=(409, 422),
)
def save_statement(caller: Caller, query: Annotated[OneStatement, Query()], answer: Answer) -> str:
    """Record one statement under an id (xAPI 1.0.3, part three, 2.1.1)."""
    answer.headers.update(_VERSION)
    asked = exchange.current()
    recording.check_version(asked.headers.get(recording.VERSION_HEADER, ""))
    return recording.record_one(caller, query.statement_id, asked.body)


@api.get("/xapi/statements", access=_SPEAKER, raw=_JSON)
def list_statements(caller: Caller, query: Annotated[StatementsQuery, Query()], answer: Answer) -> str:
    """Return one statement, or the newest of a learner (xAPI 1.0.3, part three, 2.1.3)."""
    answer.headers.update(_VERSION)
    return reading.answer(caller, query)


@api.post("/api/admin/xapi/targets", access=_ADMIN, status=201, limit="60/hour")
def create_statement_target(body: NewTarget) -> TargetView:
    """Tell a learning record store what learners do from now on."""
    return TargetView.model_validate(targets.create(body))


@api.get("/api/admin/xapi/targets", access=_ADMIN)
def list_statement_targets() -> TargetList:
    """List the learning record stores that are told."""
    return TargetList(targets=[TargetView.model_validate(each) for each in targets.every()])


@api.delete("/api/admin/xapi/targets/{targetId}", access=_ADMIN)
def remove_statement_target(target_id: str) -> Removed:
    """Tell a learning record store nothing more."""
    targets.remove(target_id)
    return Removed(id=target_id)
