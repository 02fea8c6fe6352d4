"""What `sync.status` shows an owner on all devices: what became of a file, and how far operations are settled."""

from typing import Any

from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected
from lyceum.events.sync import SyncAdvanced

SyncEvent = ContentProcessed | ContentRejected | ContentFailed | SyncAdvanced


def of(event: SyncEvent) -> tuple[str, dict[str, Any]]:
    """Return whom an event concerns, and what is shown; `progress` is from 0 to 1."""
    match event:
        case SyncAdvanced():
            progress = round(event.settled / event.total, 2)
            shown = {"deviceId": event.device_id, "state": event.state, "syncing": event.state == "syncing"}
            return event.user_id, {**shown, "progress": progress}
        case ContentProcessed():
            return event.owner_id, {"uploadId": event.upload_id, "state": "ready"}
        case _:
            state = "rejected" if isinstance(event, ContentRejected) else "failed"
            return event.owner_id, {"uploadId": event.upload_id, "state": state, "reason": event.reason}
