"""Answers of the document: the envelope of each operation, its errors with their codes, and the headers of both."""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, get_args, get_origin

from lyceum.kit.http.error_forms import ErrorForm
from lyceum.kit.http.openapi.parameters import hints
from lyceum.kit.http.openapi.refusals import MEANINGS, Refusal, meaning
from lyceum.kit.http.openapi.shapes import REF, Shapes
from lyceum.kit.http.pages import Page, Pagination
from lyceum.kit.http.routes import Route
from lyceum.kit.identity.scopes import SCOPES

SCHEMAS: dict[str, Any] = {
    "Meta": {
        "title": "Meta",
        "description": "What every answer says of itself.",
        "type": "object",
        "required": ["timestamp", "requestId", "responseTime"],
        "properties": {
            "timestamp": {"type": "string", "format": "date-time", "description": "When it was answered."},
            "requestId": {"type": "string", "description": "Name it when you report a problem."},
            "responseTime": {"type": "number", "description": "Milliseconds that the answer took."},
        },
    },
    "Problem": {
        "title": "Problem",
        "description": "The envelope of every error.",
        "type": "object",
        "required": ["success", "error", "meta"],
        "properties": {
            "success": {"type": "boolean", "enum": [False]},
            "error": {"$ref": f"{REF}ProblemError"},
            "meta": {"$ref": f"{REF}Meta"},
        },
    },
    "ProblemError": {
        "title": "ProblemError",
        "description": "What went wrong.",
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "description": "What programs tell the error by; it does not change."},
            "message": {"type": "string", "description": "A sentence for people."},
            "details": {"type": "array", "items": {"$ref": f"{REF}ProblemDetail"}},
        },
    },
    "ProblemDetail": {
        "title": "ProblemDetail",
        "description": "One thing that is wrong.",
        "type": "object",
        "required": ["message"],
        "properties": {
            "field": {"type": "string", "description": "The field or parameter as the caller named it."},
            "code": {"type": "string", "description": "The rule that refused."},
            "message": {"type": "string", "description": "A sentence for people."},
        },
    },
}
_TEXT = {"type": "string"}
HEADERS: dict[str, Any] = {
    "ETag": {"description": "The version of what was answered, for If-Match and If-None-Match.", "schema": _TEXT},
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer that the same Idempotency-Key got before.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "Seconds after which the request may be sent again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Lyceum-Version": {"description": "The version of the API that answered.", "schema": _TEXT},
    "Deprecation": {"description": "Since when it is deprecated, as a Unix time (RFC 9745).", "schema": _TEXT},
    "Sunset": {"description": "Until when it is answered (RFC 8594).", "schema": _TEXT},
    "X-Request-Id": {"description": "The request's id, as in `meta.requestId`.", "schema": _TEXT},
}


def responses(
    route: Route, name: str, shapes: Shapes, raised: Iterable[Refusal], example: Any | None
) -> dict[str, Any]:
    """Return the answers of a route by status, its errors with the codes that `raised` and the kit give them."""
    answers: dict[str, Any] = {str(route.status): _success(route, name, shapes, example)}
    if route.method == "GET" and not route.raw:
        answers["304"] = {
            "description": "Nothing changed since the ETag in If-None-Match.",
            "headers": _headers("ETag"),
        }
    by_status: dict[int, set[Refusal]] = defaultdict(set)
    for refusal in (*_usual(route), *raised):
        by_status[refusal.status].add(refusal)
    for status, found in by_status.items():
        answers[str(status)] = _refused(status, found, route.errors)
    if route.errors:
        shapes.schemas[route.errors.name] = route.errors.schema
    return dict(sorted(answers.items()))


def _success(route: Route, name: str, shapes: Shapes, example: Any | None) -> dict[str, Any]:
    annotation = hints(route)["return"]
    kind = (route.raw or "application/json").partition(";")[0]
    if route.raw:
        media: dict[str, Any] = {"schema": _raw(annotation, kind, shapes)}
    else:
        parts = [each for each in get_args(annotation) if getattr(each, "__name__", "") != "Document"]
        enveloped = parts[0] if route.also and len(parts) == 1 else annotation
        media = {"schema": {"$ref": _envelope(enveloped, name, shapes)}}
    if example is not None:
        media["example"] = example
    content = {kind: media}
    if route.also:
        content[route.also] = {"schema": _TEXT}
    named = ["X-Request-Id", "Lyceum-Version", *(["Deprecation", "Sunset"] if route.deprecated else [])]
    if route.method in {"GET", "PUT", "PATCH"} and not route.raw:
        named.append("ETag")
    if route.idempotent:
        named.append("Idempotency-Replayed")
    return {"description": _done(route.status), "headers": _headers(*named), "content": content}


def _done(status: int) -> str:
    return {201: "Made.", 202: "Taken on.", 302: "The browser is led on."}.get(status, "Done.")


def _raw(annotation: Any, kind: str, shapes: Shapes) -> dict[str, Any]:
    if annotation is bytes:
        return {"type": "string", "format": "binary"}
    if annotation is str:
        return {"type": "object"} if kind == "application/json" else dict(_TEXT)
    return shapes.answered(annotation)


def _envelope(annotation: Any, name: str, shapes: Shapes) -> str:
    """Add the envelope of an operation's answer to the schemas; it is called by the operation."""
    key = name[0].upper() + name[1:] + "Answer"
    properties: dict[str, Any] = {"success": {"type": "boolean", "enum": [True]}}
    required = ["success", "data", "meta"]
    listed = _listed(annotation)
    if listed is not None:
        properties["data"] = {"type": "array", "items": shapes.answered(listed)}
        properties["pagination"] = shapes.answered(Pagination)
        required.append("pagination")
    else:
        properties["data"] = shapes.answered(annotation)
    properties["meta"] = {"$ref": f"{REF}Meta"}
    shapes.schemas[key] = {"title": key, "type": "object", "required": sorted(required), "properties": properties}
    return REF + key


def _listed(annotation: Any) -> Any | None:
    """Return what a page lists, or None for what is no page."""
    generic = getattr(annotation, "__pydantic_generic_metadata__", {})
    if generic.get("origin") is Page:
        return generic["args"][0]
    return get_args(annotation)[0] if get_origin(annotation) is Page else None


def _usual(route: Route) -> Iterable[Refusal]:
    """Say what the kit itself may refuse on a route, whatever its rule does."""
    yield Refusal(400, "BAD_REQUEST")
    yield Refusal(400, "VALIDATION_ERROR")
    yield Refusal(503, "UNAVAILABLE")
    if not route.access.is_anonymous or route.access.name == "OPTIONAL":
        yield Refusal(401, "UNAUTHENTICATED")
    if not route.access.is_anonymous:
        yield Refusal(403, "FORBIDDEN")
        if route.access.needs_proof:
            yield Refusal(403, "CONFIRMATION_REQUIRED")
        if route.asked_scope in SCOPES:
            yield Refusal(403, "INSUFFICIENT_SCOPE")
    if "{" in route.path or (route.method == "POST" and not route.access.is_anonymous):
        yield Refusal(404, "NOT_FOUND")
    if route.method in {"POST", "PUT", "PATCH"}:
        yield Refusal(413, "PAYLOAD_TOO_LARGE")
        yield Refusal(415, "UNSUPPORTED_MEDIA_TYPE")
        yield Refusal(409, "CONFLICT")
        yield Refusal(422, "RULE_VIOLATION")
    if route.method == "DELETE":
        yield Refusal(409, "CONFLICT")
    if route.idempotent:
        yield Refusal(409, "IN_PROGRESS")
        yield Refusal(422, "RULE_VIOLATION", "IDEMPOTENCY_KEY_REUSED")
    yield from _conditional(route)
    for status in route.refuses:
        yield Refusal(status, _CODES[status])


def _conditional(route: Route) -> Iterable[Refusal]:
    if "if_match" in hints(route):
        yield Refusal(412, "PRECONDITION_FAILED")
    if route.limit:
        yield Refusal(429, "RATE_LIMITED")


_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    410: "GONE",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "RULE_VIOLATION",
    423: "LOCKED",
    429: "RATE_LIMITED",
    503: "UNAVAILABLE",
}


def _refused(status: int, found: set[Refusal], form: ErrorForm | None) -> dict[str, Any]:
    told: dict[str, str] = {}
    for refusal in sorted(found):
        told.setdefault(refusal.name, meaning(refusal))
    if len(told) > 1 and "RULE_VIOLATION" in told:
        del told["RULE_VIOLATION"]
    lines = [f"- `{name}`: {text}" for name, text in told.items()]
    named = ["X-Request-Id", *(["Retry-After"] if status in {423, 429, 503} else [])]
    return {
        "description": "\n".join([f"{HTTPStatus(status).phrase}:", "", *lines]),
        "headers": _headers(*named),
        "content": {
            form.content_type if form else "application/json": {
                "schema": {"$ref": REF + (form.name if form else "Problem")}
            }
        },
        "x-codes": list(told),
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


__all__ = ["HEADERS", "MEANINGS", "SCHEMAS", "responses"]
