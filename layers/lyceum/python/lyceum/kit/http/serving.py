"""What runs around every route: guard, limits, stored answers, envelope, errors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from lyceum.kit import context
from lyceum.kit.errors import DomainError, NotFound
from lyceum.kit.http import envelope, exchange, idempotency, rate_limits, request_checks, responses
from lyceum.kit.http.exchange import Document, Exchange
from lyceum.kit.http.request_checks import Recheck
from lyceum.kit.http.routes import PRIVATE, Again, Route
from lyceum.kit.identity.principal import Principal
from lyceum.kit.traffic import bans


def server(route: Route, recheck: Recheck | None) -> Callable[..., Response[str]]:
    """Build what runs around a route: guard, limits, stored answers, envelope, errors."""

    def serve(app: APIGatewayHttpResolver, call_next: Callable[..., Any]) -> Response[str]:
        asked = exchange.current()
        asked.route = route
        try:
            asked.caller = caller = request_checks.principal(asked, route.access)
            path_user_id = app.context["_route_args"].get("user_id")
            if caller:
                asked.context.tenant, asked.context.actor = caller.tenant, caller.user_id
            request_checks.check_scope(asked, route)
            route.access.admit(caller, path_user_id)
            if caller and recheck and _acts_with_power(route, caller, path_user_id):
                asked.caller = recheck(caller, proven=route.access.needs_proof)
            request_checks.check_query(asked, app.context["_route"].dependant.query_params)
            request_checks.check_body(asked, route)
            asked.context.tenant = _tenant(asked, route)
            bans.check(asked.context.tenant, asked.address)
            return _answer(asked, route, lambda: _counted(asked, route, lambda: call_next(app).body))
        except (DomainError, RequestValidationError) as error:
            return responses.error_response(error, asked)

    return serve


def _acts_with_power(route: Route, caller: Principal, path_user_id: str | None) -> bool:
    """Say whether a caller's rights are read afresh: the route administers, or the caller may and acts on something.

    What is somebody's is changed by its owner and by administrators alike, so a route says only half of it.
    """
    is_act = route.method != "GET" or route.owner_of is not None
    return route.access.administers(caller, path_user_id) or (is_act and caller.administers)


def _tenant(asked: Exchange, route: Route) -> str:
    """Name the tenant that a request is for; raises NotFound, and counts the call, when its host is nobody's."""
    try:
        return request_checks.tenant_of(asked, asked.caller)
    except NotFound:
        _count(asked, route)
        raise


def _counted(asked: Exchange, route: Route, run: Callable[[], Any]) -> Any:
    """Run a rule within the route's limit; a repeated request that gets its kept answer does not come here."""
    _count(asked, route)
    return run()


def _count(asked: Exchange, route: Route) -> None:
    """Count a call; those of strangers are counted in the main tenant, since there are many hosts."""
    if asked.caller and asked.caller.key:
        rate_limits.count_for_key(asked.caller.key, asked.subject)
    if asked.caller:
        rate_limits.count_for_app(asked.caller)
        rate_limits.count_for_plan(asked.caller, asked.subject, route)
    if route.limit:
        tenant = asked.context.tenant if asked.caller else context.MAIN_TENANT
        with context.working(replace(asked.context, tenant=tenant)):
            rate_limits.count(route.limit, asked.subject, f"{route.method} {route.path}", of=asked.context.tenant)


def _answer(asked: Exchange, route: Route, run: Callable[[], Any]) -> Response[str]:
    if route.raw:
        result = run()
        is_plain = isinstance(result, (str, bytes))
        body = result if is_plain else result.model_dump_json(by_alias=True, exclude_none=True)
        etag = envelope.etag_of(body) if route.method == "GET" and route.cache_control != PRIVATE else None
        if etag is not None and responses.matches(asked.headers.get("if-none-match"), etag):
            return responses.response(304, "", asked, route, content_type=route.raw, etag=etag)
        return responses.response(
            asked.answer.status or route.status, body, asked, route, content_type=route.raw, etag=etag
        )
    if route.also:
        found = run()
        if isinstance(found, Document):
            asked.answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
            return responses.response(route.status, found.content, asked, route, content_type=found.content_type)
        return _enveloped(asked, route, lambda: found)
    return _enveloped(asked, route, run)


def _enveloped(asked: Exchange, route: Route, run: Callable[[], Any]) -> Response[str]:
    etags: list[str] = []
    again = route.idempotent if isinstance(route.idempotent, Again) else None

    def make() -> idempotency.StoredResponse:
        result = run()
        body, etag = envelope.success(result, asked)
        etags.append(etag)
        return idempotency.StoredResponse(route.status, body, getattr(result, again.field) if again else None)

    stored, is_repeated = idempotency.answer_once(asked, route, make) if route.idempotent else (make(), False)
    if is_repeated:
        asked.answer.headers["Idempotency-Replayed"] = "true"
        if again and asked.caller:
            body, _ = envelope.success(again.show(asked.caller, stored.body), asked)
            stored = idempotency.StoredResponse(route.status, body)
    etag = etags[0] if etags else None
    if route.method == "GET" and etag is not None and responses.matches(asked.headers.get("if-none-match"), etag):
        return responses.response(304, "", asked, route, etag=etag)
    return responses.response(stored.status, stored.body, asked, route, etag=etag)
