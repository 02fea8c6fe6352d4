"""The envelope of every answer: success or error, with the request's id and its duration."""

import hashlib
import json
import time
from typing import Any

from pydantic import BaseModel

from lyceum.kit import clock
from lyceum.kit.errors import DomainError
from lyceum.kit.http.exchange import Exchange
from lyceum.kit.http.pages import Page
from lyceum.kit.http.selection import select


def success(result: Any, exchange: Exchange) -> tuple[str, str]:
    """Write a result in its envelope; returns the body and its ETag."""
    fields = (exchange.event.get("queryStringParameters") or {}).get("fields")
    pagination = ""
    if isinstance(result, Page):
        rows = ",".join(_dump(item, fields) for item in result.items)
        data, pagination = f"[{rows}]", f',"pagination":{_dump(result.pagination, None)}'
    else:
        data = _dump(result, fields)
    body = f'{{"success":true,"data":{data}{pagination},"meta":{_meta(exchange)}}}'
    return body, etag_of(data + pagination, getattr(result, "version", 0))


def failure(error: DomainError, exchange: Exchange) -> str:
    """Write an error in its envelope."""
    shown: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.details:
        shown["details"] = [{name: text for name, text in detail._asdict().items() if text} for detail in error.details]
    return f'{{"success":false,"error":{json.dumps(shown)},"meta":{_meta(exchange)}}}'


def _meta(exchange: Exchange) -> str:
    spent = round((time.perf_counter() - exchange.started) * 1000, 1)
    return json.dumps(
        {"timestamp": clock.iso(clock.now()), "requestId": exchange.request_id, "responseTime": spent},
        separators=(",", ":"),
    )


def _dump(value: Any, fields: str | None) -> str:
    if not isinstance(value, BaseModel):
        return json.dumps(value)
    if not fields:
        return value.model_dump_json(by_alias=True, exclude_none=True)
    return json.dumps(
        select(value.model_dump(mode="json", by_alias=True, exclude_none=True), fields), separators=(",", ":")
    )


def etag_of(body: str | bytes, version: int = 0) -> str:
    """Return the ETag of an answer: its version, and a digest of what it says."""
    digest = hashlib.blake2b(body if isinstance(body, bytes) else body.encode(), digest_size=8).hexdigest()
    return f'"{version}-{digest}"'
