"""Sync and batches over HTTP."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Query

from functions.sync import batches, pulling, pushing
from functions.sync.schemas import BatchResults, Changes, PullQuery, PushOperations, PushResult, SendBatch

api = Api("sync")
handler = api.handler
_BATCH_BYTES = 512 * 1024


@api.post("/api/batch", access=USER, limit="120/minute", max_body_bytes=_BATCH_BYTES)
def send_batch(body: SendBatch) -> BatchResults:
    """Send several requests in one round trip, each with a status and answer of its own."""
    return batches.send(body)


@api.post("/api/sync/push", access=USER, limit="120/minute", max_body_bytes=_BATCH_BYTES)
def send_operations(caller: Caller, body: PushOperations) -> PushResult:
    """Send what a device did without a line, in its order; each operation counts once."""
    return pushing.push(caller, body)


@api.get("/api/sync/pull", access=USER)
def list_changes(caller: Caller, query: Annotated[PullQuery, Query()]) -> Changes:
    """List what changed for the caller since a cursor; without one, everything."""
    return pulling.pull(caller, query)
