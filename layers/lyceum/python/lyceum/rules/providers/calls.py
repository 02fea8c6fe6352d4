"""One call to a provider: within strict bounds of time and size, and read without binary fractions."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools import Logger

from lyceum.kit.outgoing.client import Method, OutgoingClient, client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.rules.providers.port import ProviderDown, ProviderRefused

logger = Logger()
_SECONDS = 8
"""A buyer waits for it, and a function has ten."""
_MOST_BYTES = 1024 * 1024
_BUSY = frozenset({408, 425, 429})
"""Answers that say nothing about what was asked, beside those of servers that fail."""


def outside() -> OutgoingClient:
    """Return the client that providers are called by."""
    return replace(client(), connect_seconds=3, read_seconds=_SECONDS, total_seconds=_SECONDS, most_bytes=_MOST_BYTES)


def ask(
    provider: str,
    method: Method,
    address: str,
    *,
    sends: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Call a provider and return its answer's JSON.

    Raises ProviderDown where no answer came or one that says nothing, ProviderRefused with the provider's word
    otherwise. Nothing of what was sent or answered is logged.
    """
    sent = {"Accept": "application/json", **(headers or {})}
    body = None
    if sends is not None:
        sent["Content-Type"], body = "application/json", write(sends).encode()
    if form is not None:
        sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form).encode()
    if query:
        address = f"{address}?{urlencode(query)}"
    try:
        reply = outside().call(method, address, body=body, headers=sent)
    except OutgoingError as error:
        logger.warning("provider gave no answer", extra={"provider": provider, "why": type(error).__name__})
        raise ProviderDown(provider) from None
    if reply.status >= 500 or reply.status in _BUSY or not reply.is_whole:
        logger.warning("provider is busy", extra={"provider": provider, "status": reply.status})
        raise ProviderDown(provider)
    try:
        answer = json.loads(reply.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise ProviderDown(provider) from None
    if not reply.is_success:
        raise ProviderRefused(_why(answer, reply.status))
    return answer


def write(value: Mapping[str, Any]) -> str:
    """Write JSON in which decimal numbers stand as they are, digit by digit."""
    marks: list[str] = []

    def mark(number: Any) -> str:
        if not isinstance(number, Decimal):
            raise TypeError(f"{type(number).__name__} is no JSON")
        marks.append(format(number, "f"))
        return f"\0{len(marks) - 1}\0"

    text = json.dumps(value, default=mark)
    for place, digits in enumerate(marks):
        text = text.replace(f'"\\u0000{place}\\u0000"', digits)
    return text


def _why(answer: Any, status: int) -> str:
    """Return a provider's word for why, at most 60 characters that hold no detail of a person."""
    error = answer.get("error") if isinstance(answer, dict) else None
    words = error if isinstance(error, dict) else answer if isinstance(answer, dict) else {}
    word = words.get("decline_code") or words.get("code") or words.get("type") or status
    return str(word)[:60]
