"""Calls to identity providers, within strict bounds, and nothing of them in any log."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools import Logger

from lyceum.kit.errors import BadRequest, Unavailable
from lyceum.kit.outgoing.client import Method, Reply, client
from lyceum.kit.outgoing.errors import AddressRefused, OutgoingError

logger = Logger()
_SECONDS = 6
"""A person waits for two of them, and a function has twenty."""
_MOST_BYTES = 256 * 1024


def ask(
    method: Method, address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Any:
    """Call a provider and return the JSON of its answer.

    Raises Unavailable where no answer came, or none that says anything, and BadRequest where it refuses.
    """
    sent = {"Accept": "application/json", "User-Agent": "Lyceum", **(headers or {})}
    body = None
    if form is not None:
        sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form).encode()
    outgoing = replace(client(), connect_seconds=3, read_seconds=_SECONDS, total_seconds=_SECONDS)
    try:
        reply = replace(outgoing, most_bytes=_MOST_BYTES).call(method, address, body=body, headers=sent)
    except AddressRefused:
        raise BadRequest("This address of the provider may not be called.", code="PROVIDER_ADDRESS") from None
    except OutgoingError as error:
        logger.warning("identity provider gave no answer", extra={"why": type(error).__name__})
        raise Unavailable("The identity provider does not answer.") from None
    return _read(reply)


def _read(reply: Reply) -> Any:
    if reply.status >= 500 or not reply.is_whole:
        raise Unavailable("The identity provider does not answer.")
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise refused() from None
    if not reply.is_success:
        logger.warning("identity provider refused", extra={"status": reply.status})
        raise refused()
    return answer


def refused() -> BadRequest:
    """Return what a sign-in ends with that the provider does not confirm."""
    return BadRequest("The sign-in was not confirmed. Begin again.", code="SIGN_IN_NOT_CONFIRMED")
