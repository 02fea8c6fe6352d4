"""Parameters of the document, with their types, their bounds and what each is for."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from lyceum.kit.http.openapi.shapes import Shapes, without_null
from lyceum.kit.http.routes import Route, snake
from lyceum.kit.http.schemas import also_read_as, name_of, other_names
from lyceum.kit.http.versions import HEADER, NEWEST, VERSIONS

_COMMON = {
    "courseId": "Only what belongs to this course.",
    "topicId": "Only what belongs to this topic.",
    "departmentId": "Only what belongs to this department.",
    "instructorId": "Only what this instructor gives.",
    "authorId": "Only what this user wrote.",
    "studentId": "The student whose state is asked for; oneself when it is left out.",
    "fields": "Only these fields of the answer, separated by commas; `a.b` names a field within `a`.",
}
_BULLET = re.compile(r"^\s*- (`\w+`(?:, `\w+`)*): (.+?)(?=^\s*- `|^\s*$|\Z)", re.MULTILINE | re.DOTALL)


def hints(route: Route) -> dict[str, Any]:
    """Return the types of a route's function, with what is annotated on them."""
    return get_type_hints(route.function, include_extras=True)


def body_of(route: Route) -> tuple[Any, bool] | None:
    """Return the type of a route's body and whether one has to be sent; None for a route without."""
    parameter = inspect.signature(route.function).parameters.get("body")
    if parameter is None:
        return None
    return hints(route)["body"], parameter.default is inspect.Parameter.empty


def parameters(route: Route, shapes: Shapes) -> list[dict[str, Any]]:
    """Return the parameters of a route; raises ValueError for one that says not what it is for."""
    typed = hints(route)
    found = [_in_path(name, typed, shapes) for name in re.findall(r"\{(\w+)\+?\}", route.path)]
    for name, parameter in inspect.signature(route.function).parameters.items():
        marks = [mark for mark in getattr(typed[name], "__metadata__", ()) if isinstance(mark, Query)]
        if marks:
            found += _in_query(name, typed[name], parameter.default, shapes)
    if route.method == "GET" and not route.raw and not any(each["name"] == "fields" for each in found):
        found.append(_parameter("fields", "query", {"type": "string", "maxLength": 500}, _COMMON["fields"]))
    found += _in_headers(route)
    silent = [each["name"] for each in found if not each.get("description")]
    if silent:
        raise ValueError(f"{route.method} {route.path}: say what {', '.join(silent)} is for")
    return found


def noun(name: str) -> str:
    """Write the name of an id as a noun: `questionId` is the id of the question."""
    return snake(name).removesuffix("_id").replace("_", " ")


def _in_path(name: str, typed: dict[str, Any], shapes: Shapes) -> dict[str, Any]:
    schema = shapes.sent(typed.get(snake(name), str))
    return _parameter(name, "path", schema, f"Id of the {noun(name)}.", required=True)


def _in_query(name: str, annotation: Any, default: Any, shapes: Shapes) -> Iterator[dict[str, Any]]:
    kind = annotation.__origin__
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        schema = shapes.sent(kind)
        required = default is inspect.Parameter.empty
        given = {} if required or default is None else {"default": default}
        described = annotation.__metadata__[0].description or _COMMON.get(name)
        yield _parameter(name, "query", without_null(schema) | given, described, required=required)
        return
    whole = shapes.sent(kind)
    properties = (
        shapes.schemas.pop(whole["$ref"].rpartition("/")[2])["properties"] if "$ref" in whole else whole["properties"]
    )
    told = _told(kind)
    for field, info in kind.model_fields.items():
        alias = name_of(field, info)
        schema = without_null(properties[alias])
        described = schema.pop("description", None) or told.get(alias) or _COMMON.get(alias)
        others = other_names(info)
        if others and described:
            described += f" {also_read_as(others)}"
        yield _parameter(alias, "query", schema, described, required=info.is_required())


def _told(kind: type[BaseModel]) -> dict[str, str]:
    """Read what the docstrings of a query say of its fields, in lines such as "- `sort`: what comes first."."""
    told: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        for names, text in _BULLET.findall(inspect.cleandoc(each.__doc__ or "") if issubclass(each, BaseModel) else ""):
            sentence = " ".join(text.split())
            told |= {name: sentence[0].upper() + sentence[1:] for name in re.findall(r"\w+", names)}
    return told


def _in_headers(route: Route) -> Iterator[dict[str, Any]]:
    named = inspect.signature(route.function).parameters
    text = {"type": "string", "maxLength": 128}
    if not route.raw:
        dated = {"type": "string", "enum": list(VERSIONS), "default": NEWEST}
        yield _parameter(HEADER, "header", dated, "The version that the caller was written for; the newest without.")
    if route.idempotent:
        kept = "The same key with the same body gets the same answer for 24 hours."
        yield _parameter("Idempotency-Key", "header", text, kept)
    if "if_match" in named:
        yield _parameter("If-Match", "header", text, "The ETag that was read; another version is refused with 412.")
    if route.method == "GET" and not route.raw:
        yield _parameter("If-None-Match", "header", text, "The ETag of an earlier answer; 304 when nothing changed.")
    if "last_event_id" in named:
        yield _parameter("Last-Event-ID", "header", text, "The `id` of the last event that the client has seen.")


def _parameter(
    name: str, place: str, schema: dict[str, Any], description: str | None, *, required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema}
