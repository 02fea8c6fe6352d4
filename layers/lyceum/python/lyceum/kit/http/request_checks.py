"""Tenant, caller, body, query."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from pydantic import BaseModel

from lyceum.kit.configuration import admission, known
from lyceum.kit.errors import BadRequest, Detail, Forbidden, NotFound, TooLarge, UnsupportedMediaType, ValidationFailed
from lyceum.kit.http import forms, selection, versions
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.http.routes import Route
from lyceum.kit.http.schemas import fields_of_body, name_of, other_names
from lyceum.kit.identity import api_keys, revocations, tokens
from lyceum.kit.identity.access import Access
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.request_signatures import HEADER, Sent
from lyceum.kit.tenancy import directory


class Recheck(Protocol):
    """What reads a caller's rights of this very moment."""

    def __call__(self, caller: Principal, *, proven: bool = False) -> Principal:
        """Return the caller with them; raises Unauthenticated or Forbidden when they or a demanded proof ended."""


_JSON = "application/json"
_MAX_DEPTH = 40
_OWN_IDS = {"userId", "studentId", "instructorId"}
"""Names by which clients send along who they are."""


def tenant_of(asked: Exchange, caller: Principal | None) -> str:
    """Name the tenant of a request: the caller's own, or for an anonymous one that of the host.

    Raises NotFound for a host that belongs to no tenant, and Forbidden for that of a suspended one.
    """
    tenant = caller.tenant if caller else directory.of_host(asked.headers.get("host", ""))
    if tenant is None:
        raise NotFound("There is nothing here.")
    if caller is None:
        admission.admit_stranger(tenant)
    return tenant


def is_head(event: dict[str, Any]) -> bool:
    """Say whether only the headers of an answer are asked for."""
    return bool(event["requestContext"]["http"]["method"] == "HEAD")


def as_get(event: dict[str, Any]) -> dict[str, Any]:
    """Make of a HEAD the GET whose headers it asks for (RFC 9110, 9.3.2)."""
    asked = event["requestContext"]
    return {**event, "requestContext": {**asked, "http": {**asked["http"], "method": "GET"}}}


def is_preflight(event: dict[str, Any]) -> bool:
    """Say whether a browser asks if it may send a request (the gateway adds what it may, from its CORS settings)."""
    return bool(event["requestContext"]["http"]["method"] == "OPTIONS")


def preflight() -> dict[str, Any]:
    """Answer a browser's question with nothing, for the gateway to add its CORS headers to."""
    return {"statusCode": 204, "headers": {}, "body": "", "isBase64Encoded": False}


def principal(asked: Exchange, access: Access) -> Principal | None:
    """Return the caller that the bearer token proves, or None without one.

    What a token says is held against the feed of ended rights, and against the roles as the tenant has them. Routes
    that are open to everybody look at no token, so a stale one is no reason to refuse. A program shows its API key
    in the token's place, and may sign what it sends. Raises Unauthenticated for what is broken, expired or revoked,
    Unavailable when it can not be known whether it is, and Forbidden where the tenant's door is closed.
    """
    authorization = asked.headers.get("authorization")
    if not authorization or not access.reads_token:
        return None
    token = tokens.bearer(authorization)
    caller = api_keys.holder(token, _sent(asked)) if token.startswith(api_keys.PREFIX) else tokens.caller(token)
    revocations.check(caller)
    known.of(caller.tenant)
    admission.admit(caller.tenant, caller.role, asked.address)
    return caller


def _sent(asked: Exchange) -> Sent:
    method, path = str(asked.event["requestContext"]["http"]["method"]), str(asked.event.get("rawPath") or "")
    return Sent(asked.headers.get(HEADER), method, path, str(asked.event.get("rawQueryString") or ""), asked.body)


def check_scope(asked: Exchange, route: Route) -> None:
    """Refuse an app what the person did not let it do; raises Forbidden INSUFFICIENT_SCOPE (RFC 6750, 3.1)."""
    caller = asked.caller
    if caller is None or caller.scopes is None or route.asked_scope in caller.scopes:
        return
    asked.answer.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{route.asked_scope}"'
    raise Forbidden("This app was not let in to do this.", code="INSUFFICIENT_SCOPE")


def check_body(asked: Exchange, route: Route) -> None:
    """Refuse a body that is too large (413), not JSON (415 or 400) or nested too deeply (400).

    A body may come gzipped; what the route does not read may be of any type.
    """
    if route.method in {"GET", "DELETE"}:
        return
    body = asked.body
    if len(body) > route.max_body_bytes:
        raise TooLarge(f"The body may have {route.max_body_bytes} bytes at most.")
    if not body or not route.reads_body:
        return
    forms.unpack(asked, route.max_body_bytes)
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if route.form and kind == forms.CONTENT_TYPE:
        forms.write_as_json(asked)
        return
    standards_own = route.errors.content_type if route.errors else _JSON
    if kind not in {_JSON, standards_own}:
        raise UnsupportedMediaType("Send the body as application/json.")
    asked.headers["content-type"] = _JSON
    try:
        parsed = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(parsed, dict):
        raise BadRequest("The body must be a JSON object.")
    if _depth(parsed) > _MAX_DEPTH:
        raise BadRequest("The body is nested too deeply.")
    own = _OWN_IDS & set(parsed)
    if own:
        _forget_own_ids(asked, route, parsed, own)


def _forget_own_ids(asked: Exchange, route: Route, parsed: dict[str, Any], own: set[str]) -> None:
    """Take the caller's own id out of a body that has no field for it; raises ValidationFailed for another's id.

    Who acts is known by the token, so a body needs no such id, and must not name somebody else by it.
    """
    unasked = sorted(own - fields_of_body(route.function))
    others = [name for name in unasked if asked.caller is None or parsed[name] != asked.caller.user_id]
    if others:
        told = "This names the caller, and it is somebody else. Leave it out."
        raise ValidationFailed("Some fields are wrong.", details=[Detail(name, told) for name in others])
    if unasked:
        kept = {name: value for name, value in parsed.items() if name not in unasked}
        asked.event["body"], asked.event["isBase64Encoded"] = json.dumps(kept), False


def check_query(asked: Exchange, declared: Iterable[Any]) -> None:
    """Refuse a version that there is not, and query parameters that the route does not declare (400).

    `fields` may stand in every query, and names what the answer has. Parameters that a standard bids to ignore are
    declared by a model that ignores them.
    """
    asked.version = versions.answered(asked.headers)
    sent = asked.event.get("queryStringParameters")
    if not sent:
        return
    _rename(sent, declared)
    taken = {"fields"}.union(*(_query_names(parameter) for parameter in declared))
    unknown_fields = [] if any(map(_ignores, declared)) else sorted(set(sent) - taken)
    if unknown_fields:
        raise ValidationFailed(
            "Some parameters are unknown.",
            details=[Detail(name, "This parameter is unknown.") for name in unknown_fields],
        )
    if sent.get("fields") and asked.route and not asked.route.raw:
        selection.check(sent["fields"], asked.route.function)


def _rename(sent: dict[str, str], declared: Iterable[Any]) -> None:
    """Write parameters that came under another name under their own; one that came under both is left to be refused."""
    for parameter in declared:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, field in model.model_fields.items():
                for other in other_names(field):
                    if other in sent and name_of(name, field) not in sent:
                        sent[name_of(name, field)] = sent.pop(other)


def _ignores(parameter: Any) -> bool:
    """Say whether a query is read as a model that ignores what it does not know."""
    return getattr(parameter.field_info.annotation, "model_config", {}).get("extra") == "ignore"


def _query_names(parameter: Any) -> set[str]:
    model = parameter.field_info.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name_of(name, field) for name, field in model.model_fields.items()}
    return {parameter.alias}


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
    return depth
