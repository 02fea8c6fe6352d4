"""One operation of the document: what a route's declaration says of it."""

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lyceum.kit.http import forms
from lyceum.kit.http.openapi import answers, parameters
from lyceum.kit.http.openapi.refusals import Refusal
from lyceum.kit.http.openapi.shapes import Shapes
from lyceum.kit.http.routes import Limit, Route
from lyceum.kit.http.versions import Deprecation
from lyceum.kit.identity.access import Access
from lyceum.kit.identity.permissions import GRANTED, Role
from lyceum.kit.identity.scopes import SCOPES

_WHO = {
    "PUBLIC": "Open to everybody; no token is read.",
    "OPTIONAL": "Open to everybody; a token that comes along says who asks.",
    "SIGNED": "For a provider, who proves itself by its signature.",
    "USER": "For everybody who is signed in.",
    "OWNER": "For whom it belongs to, and those whose permission stands above that.",
    "SELF": "For the user that the path names, and admins.",
}
_PROOF = "It takes a proof of the last five minutes: a sign-in, or `POST /api/auth/confirm`."
_WINDOWS = {1: "a second", 60: "a minute", 3600: "an hour", 86_400: "a day"}


def name_of(route: Route) -> str:
    """Return the operationId of a route: its function's name, which begins with a verb."""
    first, *rest = route.function.__name__.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    if route.alias_of is None:
        return name
    places = re.findall(r"\w+", route.path.removeprefix("/api/"))
    return f"{name}As{''.join(word[0].upper() + word[1:] for word in places)}"


def operation(route: Route, shapes: Shapes, raised: Iterable[Refusal], example: Mapping[str, Any]) -> dict[str, Any]:
    """Write a route as an operation, with the examples that are known of it."""
    name = name_of(route)
    made: dict[str, Any] = {
        "tags": [route.domain],
        "summary": route.summary,
        "description": _description(route),
        "operationId": name,
        "security": _security(route.access),
        "x-access": _access(route.access),
    }
    if not route.access.is_anonymous and route.asked_scope in SCOPES:
        made["x-scope"] = route.asked_scope
    if route.limit:
        made["x-rate-limit"] = {"calls": route.limit.calls, "seconds": route.limit.seconds}
    if route.alias_of:
        made["x-alias-of"] = f"{route.method} {route.alias_of}"
    if route.deprecated:
        made["deprecated"] = True
        made["x-sunset"] = route.deprecated.sunset.isoformat()
    found = parameters.parameters(route, shapes)
    if found:
        made["parameters"] = found
    body = parameters.body_of(route)
    if body is not None:
        media: dict[str, Any] = {"schema": shapes.sent(body[0])}
        if "request" in example:
            media["example"] = example["request"]
        made["requestBody"] = {
            "required": body[1],
            "content": {forms.CONTENT_TYPE if route.form else "application/json": media},
        }
    made["responses"] = answers.responses(route, name, shapes, raised, example.get("answer"))
    return made


def _who(access: Access) -> str:
    if access.permission:
        return f"For whoever has the permission `{access.permission.value}`."
    return _WHO[access.name]


def _description(route: Route) -> str:
    detail = inspect.cleandoc(route.function.__doc__ or "").partition("\n")[2].strip()
    parts = [detail, _who(route.access)]
    if route.access.needs_proof:
        parts.append(_PROOF)
    if route.alias_of:
        parts.insert(0, f"Another name of `{route.method} {route.alias_of}`.")
    if route.deprecated:
        parts.insert(0, _goes(route.deprecated))
    if route.limit:
        parts.append(_limit(route.limit))
    if route.max_body_bytes:
        parts.append(f"The body has at most {route.max_body_bytes // 1024} KiB.")
    return "\n\n".join(part for part in parts if part)


def _goes(notice: Deprecation) -> str:
    instead = f"; use `{notice.instead}` instead" if notice.instead else ""
    return f"Deprecated since {notice.since.isoformat()}, answered until {notice.sunset.isoformat()}{instead}."


def _limit(limit: Limit) -> str:
    return f"At most {limit.calls} calls {_WINDOWS[limit.seconds]} for each user, or address of nobody signed in."


def _security(access: Access) -> list[dict[str, list[str]]]:
    if access.name == "OPTIONAL":
        return [{}, {"bearer": []}]
    return [] if access.is_anonymous else [{"bearer": []}]


def _access(access: Access) -> dict[str, Any]:
    if access.permission:
        roles = [role.value for role in Role if access.permission in GRANTED[role]]
        return {"rule": "permission", "permission": access.permission.value, "roles": roles}
    return {"rule": access.name.lower()}
