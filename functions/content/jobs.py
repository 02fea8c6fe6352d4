"""Scheduled jobs: giving up what was in work for too long, removing what nobody claimed, forgetting what was refused.

A message that ends in a dead-letter queue leaves its upload `processing`, or `waiting` when no worker ever began; here
it becomes `failed` with a reason. Each upload stands in the index at the moment when it falls due, so a run reads what
is due and nothing else.
"""

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import Unit, find
from lyceum.model.content.uploads import Upload

from functions.content.uploads import file_store, upload_state

jobs = Jobs("content")
handler = jobs.handler
logger = Logger()
_LAST = "\U0010ffff"


@jobs.in_every_tenant("rate(15 minutes)")
def sweep(run: Run) -> None:
    """Do what is due for each upload, as long as there is time."""
    after = None
    while run.has_time:
        found = find(Upload, index="gsi1", to_sort=f"{clock.iso(clock.now())}{_LAST}", after=after)
        for upload in found.items:
            _end(upload.upload_id)
        after = found.last_key
        if after is None:
            return


def _end(upload_id: str) -> None:
    """Do what is due for an upload as it stands now; one that goes on meanwhile is left to whoever has it."""
    upload = Upload.fetch(upload_id=upload_id, consistent=True)
    if upload is None or not upload_state.is_overdue(upload, clock.now()):
        return
    unit = Unit()
    match upload.state:
        case "processing" | "scanning":
            upload_state.give_up(unit, upload)
        case "waiting" if file_store.is_there(upload):
            upload_state.give_up(unit, upload)
        case "ready" if not upload.content_id:
            file_store.retire(upload)
            upload_state.retire(unit, upload)
        case "rejected" | "failed":
            file_store.discard_all(upload.owner_id, upload.upload_id)
            upload_state.forget(unit, upload)
        case "deleted":
            file_store.discard(upload)
            upload_state.await_nothing(unit, upload)
        case _:
            upload_state.await_nothing(unit, upload)
    try:
        unit.commit()
    except Conflict:
        logger.info("upload went on", extra={"upload": upload_id})
