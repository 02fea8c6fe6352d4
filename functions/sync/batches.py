"""Several requests in one round trip, one after the other, each as if it were sent by itself."""

import re
import time

from functions.sync import own_api
from functions.sync.schemas import BatchedRequest, BatchedResult, BatchResults, SendBatch

SECONDS = 24
"""For how long requests are begun; those after that are answered 503 and were not begun."""
_PATH = re.compile(r"/api(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_CLOSED = ("/api/batch", "/api/sync", "/api/auth", "/api/webhooks")
_LONGEST = 12


def send(batch: SendBatch) -> BatchResults:
    """Send the requests in their order, as the caller; one that fails stops no other."""
    until = time.monotonic() + SECONDS
    return BatchResults(results=[_result(each, until - time.monotonic()) for each in batch.requests])


def _result(wanted: BatchedRequest, seconds_left: float) -> BatchedResult:
    answered = _send(wanted, seconds_left)
    return BatchedResult(id=wanted.id, status=answered.status, headers=answered.headers, body=answered.body)


def _send(wanted: BatchedRequest, seconds_left: float) -> own_api.Answered:
    path, mark, query = wanted.path.partition("?")
    if not _PATH.fullmatch(path):
        return own_api.refused(404, "NOT_FOUND", "There is no such path.")
    if any(path == each or path.startswith(f"{each}/") for each in _CLOSED):
        return own_api.refused(403, "FORBIDDEN", "This is asked for by itself, not in a batch.")
    if seconds_left <= 1:
        return own_api.refused(503, "UNAVAILABLE", "There was no time for this one. It was not begun.")
    headers = {"idempotency-key": wanted.idempotency_key, "if-match": wanted.if_match}
    given = {name: value for name, value in (headers | {"if-none-match": wanted.if_none_match}).items() if value}
    body = None if wanted.method in {"GET", "DELETE"} else wanted.body
    return own_api.send(wanted.method, f"{path}{mark}{query}", body, given, seconds=min(_LONGEST, seconds_left))
