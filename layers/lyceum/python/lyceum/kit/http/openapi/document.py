"""The OpenAPI 3.1 document, merged from the routes' own declarations. Never imported by a function."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lyceum.kit.http.api import Api
from lyceum.kit.http.openapi import answers, operations
from lyceum.kit.http.openapi.refusals import Refusal
from lyceum.kit.http.openapi.shapes import Shapes
from lyceum.kit.http.routes import Route

_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')
Examples = Mapping[str, Mapping[str, Any]]
"""For each operationId what was sent (`request`) and got (`answer`)."""


def document(
    apis: Iterable[Api],
    *,
    info: Mapping[str, Any],
    about: Mapping[str, str] | None = None,
    refusals: Mapping[Route, Iterable[Refusal]] | None = None,
    examples: Examples | None = None,
) -> dict[str, Any]:
    """Merge every domain's routes into one OpenAPI 3.1 document.

    `about` says of each domain what it does, `refusals` are the errors that each route's rules raise. Raises ValueError
    for a route or an operationId that is declared twice, two schemas of one name, a parameter without a description.
    """
    shapes = Shapes()
    paths: dict[str, dict[str, Any]] = {}
    names: dict[str, Route] = {}
    declared = sorted((route for api in apis for route in api.routes), key=lambda route: (route.path, route.method))
    for route in declared:
        on_path = paths.setdefault(route.address, {})
        if route.method.lower() in on_path:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        name = operations.name_of(route)
        if name in names:
            raise ValueError(f"{route.method} {route.path}: {names[name].path} is called {name} too")
        names[name] = route
        raised = list((refusals or {}).get(route, ()))
        on_path[route.method.lower()] = operations.operation(route, shapes, raised, (examples or {}).get(name, {}))
    tags = sorted({route.domain for route in declared})
    return {
        "openapi": "3.1.0",
        "info": {**info, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": ".", "description": "Where this document was read."}],
        "security": [{"bearer": []}],
        "tags": [{"name": tag, "description": (about or {}).get(tag, tag.capitalize())} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": _referred({**answers.SCHEMAS, **shapes.schemas}, paths),
            "headers": answers.HEADERS,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `accessToken` of a sign-in; it holds for minutes and is then refreshed.",
                }
            },
        },
    }


def _referred(schemas: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas that operations lead to, by their names."""
    found: set[str] = set()
    waiting = [json.dumps(paths)]
    while waiting:
        new = set(_REFERENCE.findall(waiting.pop())) - found
        found |= new
        waiting += [json.dumps(schemas[name]) for name in new]
    return {name: schemas[name] for name in sorted(found)}
