"""Every quarter of an hour: gives up what was in work for too long, and removes files of the library that nobody claimed.

A message that ends in a dead-letter queue leaves its upload `processing`, or `waiting` when no worker ever began; here it becomes
`failed` with a reason. Each upload stands in the index at the moment when it falls due, so a run reads what is due and nothing else.
"""

from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import tenants
from lyceum.kit.table import Unit, find
from lyceum.model.content.uploads import Upload

from functions.content.uploads import file_store, upload_state
from functions.content.uploads.purposes import RETENTION

logger = Logger()
_SPARE_MILLISECONDS = 5_000
_LAST = "\U0010ffff"


class SweepIncomplete(RuntimeError):
    """Some tenants could not be swept to the end; the next run goes on."""


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Do what is due in every tenant; raises SweepIncomplete after all of them when one failed."""
    failed = 0
    for tenant in tenants.listed():
        with context.working(context.RequestContext(tenant=tenant.tenant_name, correlation_id=ids.new_id())):
            try:
                _sweep(lambda_context)
            except Exception:
                logger.exception("tenant not swept", extra={"tenant": tenant.tenant_name})
                failed += 1
    if failed:
        raise SweepIncomplete(f"{failed} tenants could not be swept")


def _sweep(lambda_context: Any) -> None:
    after = None
    while lambda_context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS:
        found = find(Upload, index="gsi1", to_sort=f"{clock.iso(clock.now())}{_LAST}", after=after)
        for upload in found.items:
            _settle(upload.upload_id)
        after = found.last_key
        if after is None:
            return


def _settle(upload_id: str) -> None:
    """Do what is due for one upload, as it stands now; one that goes on meanwhile is left to whoever has it."""
    upload = Upload.fetch(upload_id=upload_id, consistent=True)
    if upload is None or upload.due_at is None or upload.due_at > clock.now():
        return
    unit = Unit()
    match upload.state:
        case "processing" | "scanning":
            upload_state.give_up(unit, upload)
        case "waiting" if file_store.is_there(upload):
            upload_state.give_up(unit, upload)
        case "ready" if not upload.content_id:
            file_store.retire(upload)
            last_second = int((clock.now() + RETENTION).timestamp())
            _leave(unit, upload, Upload.state.set("deleted"), Upload.ttl.set(last_second))
        case _:
            _leave(unit, upload)
    try:
        unit.commit()
    except Conflict:
        logger.info("upload went on", extra={"upload": upload_id})


def _leave(unit: Unit, upload: Upload, *actions: Any) -> None:
    unit.change(
        upload, *actions, *upload.fall_due(None), when=Upload.version == upload.version, refuse=upload_state.overtaken()
    )
