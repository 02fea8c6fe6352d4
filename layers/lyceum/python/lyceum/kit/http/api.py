"""A domain's HTTP Lambda: a thin skin over Powertools' resolver that adds what every route shares."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware

from lyceum.kit import context, ids, snapshots
from lyceum.kit.errors import MethodNotAllowed, NotFound
from lyceum.kit.http import exchange, request_checks, responses, serving
from lyceum.kit.http.error_forms import ErrorForm
from lyceum.kit.http.exchange import Exchange, MaybeCaller
from lyceum.kit.http.request_checks import Recheck
from lyceum.kit.http.routes import PRIVATE, Again, Limit, Route
from lyceum.kit.identity.access import Access
from lyceum.kit.identity.principal import Principal
from lyceum.kit.table.entity import Entity
from lyceum.kit.telemetry import sending

F = TypeVar("F", bound=Callable[..., Any])
_DEFAULT_BODY_BYTES = 64 * 1024


class Api:
    """The routes of one domain; `handler` is its Lambda entry point.

    `recheck` reads a caller's rights of this very moment, for routes that administer. Every route states its `access`;
    the guard proves the caller by the bearer token. What else one may say:

    - `limit`: how many calls each user may make, such as "10/hour".
    - `idempotent`: whether an Idempotency-Key is honoured; an `Again` where the answer changes with time.
    - `cache_control`: for answers that everybody may share.
    - `raw`: the content type of answers without the envelope, texts or bytes.
    - `also`: that of a `Document`, which the route may return instead of its usual answer.
    - `owner_of`: the kind of the item that the path names and that is somebody's own; the rule asks whose it is, and
      the suite tries every such route as another owner and from another tenant.
    - `errors`: the form in which a standard wants the errors of its routes, instead of the envelope.
    - `reads_body`: off where a body of any type may come and nothing in it matters.
    - `form`: whether the body is a form, as standards have it (application/x-www-form-urlencoded).
    - `scope`: what an app needs to call it, where that does not follow from domain and method.
    """

    def __init__(self, domain: str, *, recheck: Recheck | None = None) -> None:
        self.domain = domain
        self.recheck = recheck
        self.routes: list[Route] = []
        self.resolver = APIGatewayHttpResolver(enable_validation=False)
        self.resolver.not_found(self._not_found)
        self._validation = OpenAPIRequestValidationMiddleware()
        snapshots.register()

    def get(
        self,
        path: str,
        *,
        access: Access,
        cache_control: str = PRIVATE,
        raw: str | None = None,
        also: str | None = None,
        limit: str | None = None,
        refuses: tuple[int, ...] = (),
        owner_of: type[Entity] | None = None,
        errors: ErrorForm | None = None,
        status: int = 200,
        scope: str | None = None,
    ) -> Callable[[F], F]:
        """Declare a GET route; `refuses` names statuses that its rule answers beyond the usual ones."""
        options: dict[str, Any] = {
            "limit": limit,
            "cache_control": cache_control,
            "raw": raw,
            "also": also,
            "refuses": refuses,
            "errors": errors,
        }
        options |= {"status": status, "scope": scope}
        return self._route("GET", path, access, owner_of=owner_of, **options)

    def post(
        self,
        path: str,
        *,
        access: Access,
        status: int = 200,
        limit: str | None = None,
        idempotent: bool | Again = False,
        max_body_bytes: int = _DEFAULT_BODY_BYTES,
        refuses: tuple[int, ...] = (),
        raw: str | None = None,
        reads_body: bool = True,
        owner_of: type[Entity] | None = None,
        errors: ErrorForm | None = None,
        form: bool = False,
    ) -> Callable[[F], F]:
        """Declare a POST route; `refuses` names statuses that its rule answers beyond the usual ones."""
        options: dict[str, Any] = {
            "status": status,
            "limit": limit,
            "idempotent": idempotent,
            "max_body_bytes": max_body_bytes,
            "refuses": refuses,
        }
        options |= {"raw": raw, "reads_body": reads_body, "owner_of": owner_of, "errors": errors, "form": form}
        return self._route("POST", path, access, **options)

    def put(
        self,
        path: str,
        *,
        access: Access,
        limit: str | None = None,
        max_body_bytes: int = _DEFAULT_BODY_BYTES,
        refuses: tuple[int, ...] = (),
        owner_of: type[Entity] | None = None,
        errors: ErrorForm | None = None,
        raw: str | None = None,
        status: int = 200,
        reads_body: bool = True,
    ) -> Callable[[F], F]:
        """Declare a PUT route; `refuses` names statuses that its rule answers beyond the usual ones."""
        options: dict[str, Any] = {"limit": limit, "max_body_bytes": max_body_bytes, "refuses": refuses}
        options |= {"errors": errors, "raw": raw, "status": status, "reads_body": reads_body}
        return self._route("PUT", path, access, owner_of=owner_of, **options)

    def patch(
        self,
        path: str,
        *,
        access: Access,
        limit: str | None = None,
        max_body_bytes: int = _DEFAULT_BODY_BYTES,
        owner_of: type[Entity] | None = None,
        errors: ErrorForm | None = None,
        raw: str | None = None,
    ) -> Callable[[F], F]:
        """Declare a PATCH route."""
        options: dict[str, Any] = {"limit": limit, "max_body_bytes": max_body_bytes}
        options |= {"owner_of": owner_of, "errors": errors, "raw": raw}
        return self._route("PATCH", path, access, **options)

    def delete(
        self,
        path: str,
        *,
        access: Access,
        limit: str | None = None,
        owner_of: type[Entity] | None = None,
        errors: ErrorForm | None = None,
        raw: str | None = None,
        status: int = 200,
    ) -> Callable[[F], F]:
        """Declare a DELETE route."""
        options: dict[str, Any] = {"limit": limit, "owner_of": owner_of, "errors": errors, "raw": raw}
        return self._route("DELETE", path, access, status=status, **options)

    def alias(self, method: str, path: str, *, of: str) -> None:
        """Answer another path as `of` is answered, by the same function; the document marks it as another name."""
        route = next(each for each in self.routes if (each.method, each.path) == (method, of))
        own = {"domain", "method", "path", "access", "function"}
        names = [field.name for field in dataclasses.fields(route) if field.name not in own]
        options = {name: getattr(route, name) for name in names}
        options |= {"limit": route.limit.text if route.limit else None, "alias_of": of}
        self._route(method, path, route.access, **options)(route.function)

    def handler(self, event: dict[str, Any], lambda_context: Any) -> dict[str, Any]:
        """Answer one gateway event; nothing that happens inside leaves as an exception."""
        is_head = request_checks.is_head(event)
        if is_head:
            event = request_checks.as_get(event)
        request_id = (event.get("requestContext") or {}).get("requestId") or ids.new_id()
        asked = Exchange(event, request_id, context.RequestContext(actor="anonymous", correlation_id=request_id))
        exchange.begin(asked)
        with context.working(asked.context):
            try:
                answer = (
                    request_checks.preflight()
                    if request_checks.is_preflight(event)
                    else self.resolver.resolve(event, lambda_context)
                )
            except Exception as error:  # the last edge: whatever failed, the caller gets an envelope
                answer = responses.error_answer(error, asked)
            responses.finish(answer, asked, self.domain)
            sending.send()
        return responses.without_body(answer) if is_head else answer

    def _route(self, method: str, path: str, access: Access, **options: Any) -> Callable[[F], F]:
        def declare(function: F) -> F:
            _check_access(f"{method} {path}", access, function, self.recheck)
            route = _declared(self.domain, method, path, access, function, options)
            self.routes.append(route)
            serve = serving.server(route, self.recheck)
            self.resolver.route(route.rule, method=method, middlewares=[serve, self._validation])(function)
            if route.pattern:
                self.resolver._dynamic_routes[-1].rule = route.pattern
            return function

        return declare

    def _not_found(self, _error: Exception) -> Response[str]:
        asked = exchange.current()
        path = asked.event["rawPath"]
        allowed = sorted(
            {
                route.method
                for route in self.resolver._static_routes + self.resolver._dynamic_routes
                if route.rule.match(path)
            }
        )
        error = (
            MethodNotAllowed("This path does not take this method.", allow=allowed)
            if allowed
            else NotFound("There is nothing here.")
        )
        return responses.error_response(error, asked, self._form_of_errors_below(path))

    def _form_of_errors_below(self, path: str) -> ErrorForm | None:
        """Return the form of errors of a standard's routes that begin as a path does which no route takes."""
        begun = (route.errors for route in self.routes if path.startswith(route.path.partition("{")[0]))
        return next((form for form in begun if form), None)


def _check_access(name: str, access: Access, function: Callable[..., Any], recheck: Recheck | None) -> None:
    """Refuse a route that asks for a caller whom nobody proves, and one that administers by rights of yesterday."""
    if access.may_administer and recheck is None:
        raise TypeError(
            f"{name} administers: give its Api what reads rights afresh, Api(..., recheck=sessions.recheck)"
        )
    asks = any(parameter.annotation == MaybeCaller for parameter in inspect.signature(function).parameters.values())
    if asks and not access.reads_token:
        raise TypeError(f"{name} asks for a caller or none: declare it with access=OPTIONAL")


def _declared(
    domain: str, method: str, path: str, access: Access, function: Callable[..., Any], options: dict[str, Any]
) -> Route:
    limit = options.get("limit")
    return Route(
        domain=domain,
        method=method,
        path=path,
        access=access,
        status=options.get("status", 200),
        limit=Limit.parse(limit) if limit else None,
        idempotent=options.get("idempotent", False),
        max_body_bytes=options.get("max_body_bytes", 0),
        cache_control=options.get("cache_control", PRIVATE),
        raw=options.get("raw"),
        also=options.get("also"),
        refuses=options.get("refuses", ()),
        reads_body=options.get("reads_body", True),
        owner_of=options.get("owner_of"),
        function=function,
        alias_of=options.get("alias_of"),
        errors=options.get("errors"),
        form=options.get("form", False),
        scope=options.get("scope"),
    )


__all__ = ["Api", "Principal"]
