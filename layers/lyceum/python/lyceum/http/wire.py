"""The edges of an exchange: who sent it, whether it may be read, and how the answer leaves."""

import base64
import gzip
import json
import time
from collections.abc import Iterable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel

from lyceum import context
from lyceum.errors import BadRequest, Detail, DomainError, TooLarge, UnsupportedMediaType, ValidationFailed
from lyceum.http import envelope
from lyceum.http.exchange import Exchange
from lyceum.http.route import Route
from lyceum.http.schema import fields_in
from lyceum.identity.access import Access
from lyceum.identity.principal import Principal
from lyceum.settings import settings

logger = Logger()
_GZIP_FROM_BYTES = 1024
_MAX_DEPTH = 40
_SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
}


def tenant_of_host(host: str) -> str:
    """Name the tenant of an anonymous request: the label before the deployment's domain, or the main tenant."""
    name = host.rsplit(":", 1)[0].lower()
    suffix = f".{settings().domain}"
    label = name[: -len(suffix)] if name.endswith(suffix) else ""
    return label if label.isascii() and label.replace("-", "").isalnum() else context.MAIN_TENANT


def is_preflight(event: dict[str, Any]) -> bool:
    """Say whether a browser asks if it may send a request (the gateway adds what it may, from its CORS settings)."""
    return bool(event["requestContext"]["http"]["method"] == "OPTIONS")


def preflight() -> dict[str, Any]:
    """Answer a browser's question with nothing, for the gateway to add its CORS headers to."""
    return {"statusCode": 204, "headers": {}, "body": "", "isBase64Encoded": False}


def principal(asked: Exchange, access: Access) -> Principal | None:
    """Return the caller that the authorizer proved, or on anonymous routes the holder of the token sent along."""
    proven = asked.event["requestContext"].get("authorizer", {}).get("lambda")
    if proven:
        return Principal.from_context(proven)
    authorization = asked.headers.get("authorization")
    if authorization and access.is_anonymous:
        from lyceum.identity import tokens

        return tokens.verify(tokens.bearer(authorization))
    return None


def check_body(asked: Exchange, route: Route) -> None:
    """Refuse a body that is too large (413), not JSON (415 or 400) or nested too deeply (400); what is not read may be of any type."""
    if route.method in {"GET", "DELETE"}:
        return
    body = asked.body
    if len(body) > route.max_body_bytes:
        raise TooLarge(f"The body may have {route.max_body_bytes} bytes at most.")
    if not body or not route.reads_body:
        return
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(parsed, dict):
        raise BadRequest("The body must be a JSON object.")
    if _depth(parsed) > _MAX_DEPTH:
        raise BadRequest("The body is nested too deeply.")


def check_query(asked: Exchange, declared: Iterable[Any]) -> None:
    """Refuse query parameters that the route does not declare, by themselves or in a model (400)."""
    sent = asked.event.get("queryStringParameters")
    if not sent:
        return
    known = {"fields"}.union(*(_query_names(parameter) for parameter in declared))
    strangers = sorted(set(sent) - known)
    if strangers:
        raise ValidationFailed("Some parameters are unknown.", details=[Detail(f"query.{name}", "This parameter is unknown.") for name in strangers])


def _query_names(parameter: Any) -> set[str]:
    model = parameter.field_info.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name for name, field in model.model_fields.items()}
    return {parameter.alias}


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())]
    return depth


def matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether an If-None-Match header names this ETag (RFC 9110, 13.1.2: weak comparison)."""
    if if_none_match is None:
        return False
    return "*" in if_none_match or etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def response(
    status: int, body: str, asked: Exchange, route: Route | None, *, content_type: str = "application/json", etag: str | None = None
) -> Response[str]:
    """Put an answer together with the headers that every answer has."""
    headers: dict[str, str | list[str]] = dict(_SECURITY_HEADERS)
    headers["Cache-Control"] = route.cache_control if route and status < 400 else "no-store"
    headers["X-Request-Id"] = asked.request_id
    if etag is not None and route and route.method in {"GET", "PUT", "PATCH"}:
        headers["ETag"] = etag
    headers.update(asked.answer.headers)
    answer: Response[str] = Response(status_code=status, content_type=content_type, body=body, headers=headers)
    return answer


def error_response(error: Exception, asked: Exchange) -> Response[str]:
    """Answer with an error: its status, its envelope and the headers that explain it."""
    shown = _as_domain_error(error, asked)
    answer = response(shown.status, envelope.failure(shown, asked), asked, None)
    if shown.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(shown.retry_after_seconds)
    if shown.allow:
        answer.headers["Allow"] = ", ".join(shown.allow)
    return answer


def error_answer(error: Exception, asked: Exchange) -> dict[str, Any]:
    """Answer in the gateway's own form, for what failed outside a route."""
    answer = error_response(error, asked)
    return {
        "statusCode": answer.status_code,
        "headers": {**answer.headers, "Content-Type": "application/json"},
        "body": answer.body,
        "isBase64Encoded": False,
    }


class _Unforeseen(DomainError):
    status = 500
    default_code = "INTERNAL_ERROR"


def _as_domain_error(error: Exception, asked: Exchange) -> DomainError:
    if isinstance(error.__cause__, DomainError) and not isinstance(error, DomainError):
        error = error.__cause__
    if isinstance(error, DomainError):
        return error
    if isinstance(error, RequestValidationError):
        return ValidationFailed("Some fields are missing or wrong.", details=[_detail(item, asked) for item in error.errors()])
    logger.error("unforeseen failure", exc_info=error)
    return _Unforeseen("Something went wrong on our side.")


def _detail(item: dict[str, Any], asked: Exchange) -> Detail:
    place, *parts = item["loc"]
    if place == "body":
        parts = fields_in(parts, json.loads(asked.body or b"null"))
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    return Detail(path if place == "body" else f"{place}.{path}", str(item.get("msg", "wrong")).removeprefix("Value error, "))


def finish(answer: dict[str, Any], asked: Exchange, domain: str) -> None:
    """Add cookies, compress from 1 KB on, and write the request's log line with its metrics."""
    if asked.answer.cookies:
        answer["cookies"] = asked.answer.cookies
    body = answer.get("body") or ""
    headers = answer.setdefault("headers", {})
    if len(body) >= _GZIP_FROM_BYTES and "gzip" in asked.headers.get("accept-encoding", ""):
        packed = gzip.compress(body.encode(), compresslevel=5, mtime=0)
        answer["body"], answer["isBase64Encoded"] = base64.b64encode(packed).decode(), True
        headers["Content-Encoding"] = "gzip"
    if len(body) >= _GZIP_FROM_BYTES:
        headers["Vary"] = "Accept-Encoding"
    _log(answer["statusCode"], asked, domain)


def _log(status: int, asked: Exchange, domain: str) -> None:
    usage = asked.work.usage
    route = f"{asked.route.method} {asked.route.path}" if asked.route else "none"
    metrics = ["latencyMs", "storageRequests", "readUnits", "writeUnits"]
    directive = {
        "Namespace": "Lyceum",
        "Dimensions": [["service", "route", "statusClass"]],
        "Metrics": [{"Name": name, "Unit": "Milliseconds" if name == "latencyMs" else "Count"} for name in metrics],
    }
    logger.info(
        "request",
        extra={
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
            "service": domain,
            "route": route,
            "status": status,
            "statusClass": f"{status // 100}xx",
            "requestId": asked.request_id,
            "tenant": asked.work.tenant,
            "user": asked.caller.user_id if asked.caller else None,
            "latencyMs": round((time.perf_counter() - asked.started) * 1000, 2),
            "storageRequests": usage.requests,
            "readUnits": usage.read_units,
            "writeUnits": usage.write_units,
        },
    )
