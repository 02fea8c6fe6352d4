"""The OpenAPI 3.1 document, merged from the routes' own declarations. Never imported by a function."""

import inspect
import json
import re
from collections.abc import Iterable
from typing import Any

from lyceum.kit.http.api import Api
from lyceum.kit.http.routes import Route, snake

_REF = "#/components/schemas/"
_NOT_OURS = {"Document", "HTTPValidationError", "ValidationError", "ResponseValidationError"}
_PROBLEMS = {
    400: "The request can not be understood, or fields are missing or wrong.",
    401: "Nobody is signed in.",
    403: "The caller may not do this.",
    404: "There is no such thing, or the caller may not know that there is.",
    409: "The state of things does not admit this.",
    410: "It was here and is not any more.",
    412: "The item changed since the caller read it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A rule of the domain refuses the input; the details name it.",
    423: "Locked for now.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "Storage is busy; the same request may be sent again.",
}
_META = {
    "type": "object",
    "required": ["timestamp", "requestId", "responseTime"],
    "properties": {
        "timestamp": {"type": "string", "format": "date-time"},
        "requestId": {"type": "string"},
        "responseTime": {"type": "number", "description": "Milliseconds."},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["success", "error", "meta"],
    "properties": {
        "success": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                    },
                },
            },
        },
        "meta": {"$ref": f"{_REF}Meta"},
    },
}


def document(apis: Iterable[Api], *, title: str, version: str, description: str) -> dict[str, Any]:
    """Merge every domain's routes into one OpenAPI 3.1 document; raises ValueError for a route declared twice."""
    schemas: dict[str, Any] = {"Meta": _META, "Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for api in sorted(apis, key=lambda each: (each.domain, each.routes[0].path)):
        raw = api.resolver.get_openapi_schema(title=title, version=version, openapi_version="3.1.0")
        part = _own_names(json.loads(raw.model_dump_json(by_alias=True, exclude_none=True)), schemas, api.domain)
        for route in api.routes:
            operations = paths.setdefault(route.path, {})
            if route.method.lower() in operations:
                raise ValueError(f"{route.method} {route.path} is declared twice")
            raw_path = re.sub(r"\{(\w+)\}", lambda match: f"{{{snake(match.group(1))}}}", route.path)
            operations[route.method.lower()] = _operation(part["paths"][raw_path][route.method.lower()], route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _own_names(part: dict[str, Any], taken: dict[str, Any], domain: str) -> dict[str, Any]:
    """Add a domain's schemas; one whose name another domain uses for something else gets the domain's name in front."""
    found = {
        name: schema for name, schema in part.get("components", {}).get("schemas", {}).items() if name not in _NOT_OURS
    }
    renamed = {name: f"{domain.title()}{name}" for name, schema in found.items() if taken.get(name, schema) != schema}
    text = json.dumps({"paths": part["paths"], "schemas": found})
    for old, new in renamed.items():
        text = text.replace(f'"{_REF}{old}"', f'"{_REF}{new}"')
    moved: dict[str, Any] = json.loads(text)
    taken.update({renamed.get(name, name): schema for name, schema in moved["schemas"].items()})
    return moved


def _operation(raw: dict[str, Any], route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [route.domain],
        "summary": route.summary,
        "operationId": f"{route.domain}_{route.function.__name__}",
    }
    detail = inspect.cleandoc(route.function.__doc__ or "").partition("\n")[2].strip()
    access = "Anybody." if route.access.is_anonymous else f"Access: {route.access.name.lower()}."
    operation["description"] = f"{detail}\n\n{access}".strip()
    operation["security"] = [{}] if route.access.is_anonymous else [{"bearer": []}]
    if route.access.name == "OPTIONAL":
        operation["security"].append({"bearer": []})
    parameters = [_parameter(parameter) for parameter in raw.get("parameters", [])]
    if route.idempotent:
        parameters.append(
            _header("Idempotency-Key", "The same key with the same body gets the same answer for 24 hours.")
        )
    if "if_match" in inspect.signature(route.function).parameters:
        parameters.append(_header("If-Match", "The ETag that was read; another version is refused with 412."))
    if "last_event_id" in inspect.signature(route.function).parameters:
        parameters.append(_header("Last-Event-ID", "The `id` of the last event that the client has seen."))
    if parameters:
        operation["parameters"] = parameters
    if "requestBody" in raw:
        operation["requestBody"] = raw["requestBody"]
    operation["responses"] = _responses(raw, route, schemas)
    return operation


def _parameter(raw: dict[str, Any]) -> dict[str, Any]:
    if raw["in"] == "path":
        head, *rest = raw["name"].split("_")
        raw = {**raw, "name": head + "".join(word.title() for word in rest)}
    return raw


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "maxLength": 128},
    }


def _responses(raw: dict[str, Any], route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    content = next(iter(raw["responses"].values())).get("content", {})
    inner = content.get("application/json", {}).get("schema", {})
    if route.also:
        inner = inner["anyOf"][0]
    body = inner if route.raw else _enveloped(inner, schemas)
    kind = (route.raw or "application/json").partition(";")[0]
    if "$ref" not in body and kind == "application/json" and route.raw:
        body = {"type": "object"}
    answers: dict[str, Any] = {str(route.status): {"description": "Done.", "content": {kind: {"schema": body}}}}
    if route.also:
        answers[str(route.status)]["content"][route.also] = {"schema": {"type": "string"}}
    for status in _possible(route):
        answers[str(status)] = {
            "description": _PROBLEMS[status],
            "content": {"application/json": {"schema": {"$ref": f"{_REF}Problem"}}},
        }
    return dict(sorted(answers.items()))


def _possible(route: Route) -> set[int]:
    possible = {400, 503, *route.refuses}
    possible |= {401} if route.access.name == "OPTIONAL" else set()
    possible |= set() if route.access.is_anonymous else {401, 403}
    possible |= {404} if "{" in route.path or (route.method == "POST" and not route.access.is_anonymous) else set()
    possible |= {409, 413, 415, 422} if route.method in {"POST", "PUT", "PATCH"} else set()
    possible |= {409} if route.method == "DELETE" else set()
    possible |= {412} if "if_match" in inspect.signature(route.function).parameters else set()
    possible |= {429} if route.limit else set()
    return possible


def _enveloped(inner: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {"success": {"const": True}, "data": inner, "meta": {"$ref": f"{_REF}Meta"}}
    required = ["success", "data", "meta"]
    named = schemas.get(inner.get("$ref", "").removeprefix(_REF), {})
    if {"items", "pagination"} <= set(named.get("properties", {})):
        properties["data"] = named["properties"]["items"]
        properties["pagination"] = named["properties"]["pagination"]
        required.append("pagination")
    return {"type": "object", "required": required, "properties": properties}
