"""Learning record stores that are told of learners: given by administrators, called through the safe client."""

import json
from typing import Any
from urllib.parse import urlencode

from lyceum.kit import clock, ids
from lyceum.kit.errors import Unavailable, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused, OutgoingError
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.integrations.statements import StatementTarget

from functions.integrations.statements.schemas import NewTarget

MOST = 5
MOST_FAILURES = 20
_SEALED = "statement target"
_ALREADY_THERE = 409
_VERSION = "1.0.3"


def every() -> list[StatementTarget]:
    """Return the stores of the organisation (1 storage request)."""
    return find(StatementTarget, limit=MOST * 2).items


def create(wanted: NewTarget) -> StatementTarget:
    """Add a store; raises RuleViolation TARGET_ADDRESS_REFUSED, TOO_MANY_TARGETS."""
    try:
        url = str(client().read(wanted.url)).rstrip("/")
    except AddressRefused as refusal:
        raise rule_violation("TARGET_ADDRESS_REFUSED", str(refusal), field="url") from refusal
    if len(every()) >= MOST:
        raise rule_violation("TOO_MANY_TARGETS", f"There are {MOST} targets at most.")
    target = StatementTarget(
        target_id=ids.new_id(), label=wanted.label, url=url, secret=sealing.encrypt(_SEALED, wanted.authorization)
    )
    Unit().create(target).create(audit("statement_target.create", target.target_id, before={}, after={})).commit()
    return target


def remove(target_id: str) -> None:
    """Remove a store; what waits for it is dropped. Raises NotFound."""
    target = StatementTarget.require(target_id=target_id)
    Unit().remove(target).create(audit("statement_target.remove", target_id, before={}, after={})).commit()


def send(target_id: str, statement_id: str, statement: str) -> None:
    """Put a statement into a store, which takes it once by its id; raises Unavailable to be tried again later.

    One that fails twenty times in a row is switched off.
    """
    target = StatementTarget.fetch(target_id=target_id, consistent=True)
    if target is None or not target.is_enabled:
        return
    status = _put(target, statement_id, statement)
    if status is not None and (200 <= status < 300 or status == _ALREADY_THERE):
        if int(target.failures) or target.succeeded_at is None:
            _note(target, StatementTarget.failures.set(0), StatementTarget.succeeded_at.set(clock.now()))
        return
    is_off = int(target.failures) + 1 >= MOST_FAILURES
    actions: list[Any] = [StatementTarget.failures.add(1)]
    actions += [StatementTarget.last_status.set(status)] if status is not None else []
    actions += [StatementTarget.is_enabled.set(False)] if is_off else []
    _note(target, *actions)
    if not is_off:
        raise Unavailable


def _note(target: StatementTarget, *actions: Any) -> None:
    Unit().change(StatementTarget.at(target_id=target.target_id), *actions).commit()


def _put(target: StatementTarget, statement_id: str, statement: str) -> int | None:
    address = f"{target.url}/statements?{urlencode({'statementId': statement_id})}"
    headers = {
        "Authorization": sealing.decrypt(_SEALED, target.secret),
        "Content-Type": "application/json",
        "X-Experience-API-Version": _VERSION,
    }
    try:
        return client().call("PUT", address, body=statement.encode(), headers=headers).status
    except OutgoingError:
        return None


def as_text(statement: dict[str, Any]) -> str:
    """Write a statement as it is sent."""
    return json.dumps(statement, separators=(",", ":"))
