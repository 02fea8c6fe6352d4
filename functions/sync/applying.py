"""One operation, sent as the request that does the same with a line, and what its answer means for the device."""

from typing import Any, Literal, NamedTuple

from functions.sync import own_api
from functions.sync.offline_types import TYPES, OfflineType
from functions.sync.own_api import Answered
from functions.sync.schemas import Operation

_AGAIN = frozenset({401, 408, 423, 429})
_CONFLICT = frozenset({409, 412})


class Outcome(NamedTuple):
    """What became of an operation, as it is stored and shown."""

    status: Literal["applied", "merged", "conflict", "rejected", "retry"]
    code: str | None = None
    message: str | None = None
    value: Any = None
    server: Any = None


def apply(operation: Operation) -> Outcome:
    """Do an operation as its type says; what may go by itself, such as a limit or a busy store, is to be sent again."""
    rule = TYPES[operation.type]
    if (operation.key is not None) != rule.wants_key:
        return Outcome("rejected", "VALIDATION_ERROR", "`key` names what this type is about, and nothing else.")
    body = rule.body(operation.operation_id, operation.key, operation.value)
    answered = _send(rule, operation, body)
    if answered.status in _CONFLICT and rule.kept_aside and answered.code == "NOTE_CONFLICT":
        return _kept_aside(rule, operation, body or {}, answered)
    return _outcome(rule, operation, answered)


def _send(rule: OfflineType, operation: Operation, body: dict[str, Any] | None) -> Answered:
    headers = {"idempotency-key": operation.operation_id}
    if operation.base_version is not None:
        headers["if-match"] = f'"{operation.base_version}-0"'
    return own_api.send(rule.method, rule.path.format(key=operation.key), body, headers)


def _outcome(rule: OfflineType, operation: Operation, answered: Answered) -> Outcome:
    if answered.status < 400:
        value = answered.body.get("data") if isinstance(answered.body, dict) else None
        return Outcome("merged" if _is_merged(operation, value) else "applied", value=value)
    code, message = answered.code, _message(answered)
    if code in rule.done_when:
        return Outcome("applied")
    if answered.status >= 500 or answered.status in _AGAIN or code == "IN_PROGRESS":
        return Outcome("retry", code, message)
    if answered.status in _CONFLICT:
        return Outcome("conflict", code, message, server=_details(answered))
    return Outcome("rejected", code, message)


def _kept_aside(rule: OfflineType, operation: Operation, body: dict[str, Any], answered: Answered) -> Outcome:
    """Keep the device's side of a conflict as a copy, and tell of both."""
    copied = _outcome(rule, operation, _send(rule, operation, rule.aside(operation.operation_id, body)))
    if copied.status not in {"applied", "merged"}:
        return copied
    return Outcome("conflict", answered.code, _message(answered), value=copied.value, server=_details(answered))


def _is_merged(operation: Operation, value: Any) -> bool:
    """Say whether others changed the thing too since the device read it, as its version tells."""
    base, version = operation.base_version, value.get("version") if isinstance(value, dict) else None
    return base is not None and isinstance(version, int) and version > base + 1


def _message(answered: Answered) -> str:
    body = answered.body if isinstance(answered.body, dict) else {}
    return str(body.get("error", {}).get("message", "This could not be done."))


def _details(answered: Answered) -> dict[str, str]:
    """Return what stands, by field, where the refusal tells."""
    details = answered.body["error"].get("details") or []
    stored = [each for each in details if str(each.get("field", "")).endswith(".stored")]
    return {each["field"].removesuffix(".stored"): each["message"] for each in stored}
