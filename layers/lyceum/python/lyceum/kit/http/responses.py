"""The edges of an exchange: who sent it, whether it may be read, and how the answer leaves."""

import base64
import gzip
import json
import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic.alias_generators import to_camel

from lyceum.kit import metrics
from lyceum.kit.errors import Detail, DomainError, Forbidden, Unauthenticated, ValidationFailed
from lyceum.kit.http import envelope, versions
from lyceum.kit.http.error_forms import ErrorForm
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.http.routes import Route
from lyceum.kit.http.schemas import fields_in, takes_model
from lyceum.kit.settings import settings
from lyceum.kit.telemetry import collector, request_lines
from lyceum.kit.traffic import callers

logger = Logger()
_GZIP_FROM_BYTES = 1024
_SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
}


def matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether an If-None-Match header names this ETag (RFC 9110, 13.1.2: weak comparison)."""
    if if_none_match is None:
        return False
    return "*" in if_none_match or etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def response(
    status: int,
    body: str | bytes,
    asked: Exchange,
    route: Route | None,
    *,
    content_type: str = "application/json",
    etag: str | None = None,
) -> Response[str]:
    """Put an answer together with the headers that every answer has."""
    headers: dict[str, str | list[str]] = dict(_SECURITY_HEADERS)
    headers["Cache-Control"] = route.cache_control if route and status < 400 else "no-store"
    headers["X-Request-Id"] = asked.request_id
    headers[versions.HEADER] = asked.version
    if route and route.deprecated:
        headers.update(route.deprecated.headers())
    if etag is not None and route and route.method in {"GET", "PUT", "PATCH"}:
        headers["ETag"] = etag
    headers.update(asked.answer.headers)
    content: Any = body
    answer: Response[str] = Response(status_code=status, content_type=content_type, body=content, headers=headers)
    return answer


def error_response(error: Exception, asked: Exchange, form: ErrorForm | None = None) -> Response[str]:
    """Answer with an error: its status, its envelope or a standard's form, and the headers that explain it.

    The form is the route's own; `form` is for a path that no route takes.
    """
    shown = _as_domain_error(error, asked)
    if isinstance(shown, Forbidden) and shown.code == Forbidden.default_code:
        metrics.count("PermissionsRefused")
    form = asked.route.errors if asked.route else form
    body = json.dumps(form.write(shown)) if form else envelope.failure(shown, asked)
    content_type = form.content_type if form else "application/json"
    answer = response(shown.status, body, asked, None, content_type=content_type)
    if shown.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(shown.retry_after_seconds)
    if shown.status == Unauthenticated.status:
        answer.headers.setdefault("WWW-Authenticate", "Bearer")  # RFC 9110, 15.5.2
    if shown.allow:
        answer.headers["Allow"] = ", ".join(shown.allow)
    return answer


def error_answer(error: Exception, asked: Exchange) -> dict[str, Any]:
    """Answer in the gateway's own form, for what failed outside a route."""
    answer = error_response(error, asked)
    return {
        "statusCode": answer.status_code,
        "headers": {**answer.headers, "Content-Type": answer.content_type},
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
        return ValidationFailed(
            "Some fields are missing or wrong.", details=[_detail(item, asked) for item in error.errors()]
        )
    logger.error("unforeseen failure", exc_info=error)
    collector.failure(error, _name_of(asked))
    return _Unforeseen("Something went wrong on our side.")


def _detail(item: dict[str, Any], asked: Exchange) -> Detail:
    """Name a field as the caller did: pydantic's steps to it begin with where it was looked for."""
    place, *parts = item["loc"]
    if place == "body":
        parts = fields_in(parts, json.loads(asked.body or b"null"))
    elif place == "query" and asked.route and takes_model(asked.route.function, parts[0]):
        parts = parts[1:]
    elif place == "path":
        parts = [to_camel(parts[0]), *parts[1:]]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    return Detail(path, str(item.get("msg", "wrong")).removeprefix("Value error, "))


def finish(answer: dict[str, Any], asked: Exchange, domain: str) -> None:
    """Add cookies, compress from 1 KB on, and write the request's log line with its metrics."""
    if asked.answer.cookies:
        answer["cookies"] = asked.answer.cookies
    body = answer.get("body") or ""
    headers = answer.setdefault("headers", {})
    is_text = not answer.get("isBase64Encoded")
    if is_text and len(body) >= _GZIP_FROM_BYTES and "gzip" in asked.headers.get("accept-encoding", ""):
        packed = gzip.compress(body.encode(), compresslevel=5, mtime=0)
        answer["body"], answer["isBase64Encoded"] = base64.b64encode(packed).decode(), True
        headers["Content-Encoding"] = "gzip"
    if len(body) >= _GZIP_FROM_BYTES:
        headers["Vary"] = "Accept-Encoding"
    _log(answer["statusCode"], len(answer.get("body") or ""), asked, domain)


def _name_of(asked: Exchange) -> str:
    return f"{asked.route.method} {asked.route.path}" if asked.route else "none"


def without_body(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave the headers alone of an answer (RFC 9110, 9.3.2)."""
    return {**answer, "body": "", "isBase64Encoded": False}


def _log(status: int, answer_bytes: int, asked: Exchange, domain: str) -> None:
    """Write what happened; never a body, a header or an address, which hold what is nobody else's business."""
    usage, route = asked.context.usage, _name_of(asked)
    milliseconds = round((time.perf_counter() - asked.started) * 1000, 2)
    collector.call(route, status, milliseconds, is_anonymous=asked.caller is None, answer_bytes=answer_bytes)
    callers.enter(asked.context.tenant, asked.address, route, status)
    measures = ["latencyMs", "storageRequests", "readUnits", "writeUnits"]
    directive = {
        "Namespace": metrics.namespace_of(settings().stage),
        "Dimensions": [["service"]],  # each combination of values is paid for; what else is asked stands in the line
        "Metrics": [{"Name": name, "Unit": "Milliseconds" if name == "latencyMs" else "Count"} for name in measures],
    }
    request_lines.write(
        logger.log_level,
        {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
            "service": domain,
            "route": route,
            "status": status,
            "statusClass": f"{status // 100}xx",
            "requestId": asked.request_id,
            "tenant": asked.context.tenant,
            "user": asked.caller.user_id if asked.caller else None,
            "country": asked.country,
            "client": asked.client,
            "requestBytes": len(asked.event.get("body") or ""),
            "answerBytes": answer_bytes,
            "latencyMs": milliseconds,
            "storageRequests": usage.requests,
            "readUnits": usage.read_units,
            "writeUnits": usage.write_units,
        },
    )
