"""How the processing of a file ends: accepted, refused or given up, in one transaction with its event and the library's item.

The state settles once, whatever comes twice, late or at once. A library's item follows its upload in the same transaction.
"""

from datetime import timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload

from functions.content.uploads.linked_item import show_files
from functions.content.uploads.variants import Product

PATIENCE = timedelta(hours=2)
"""How long a file may be in work before the sweep gives it up: three tries of the worker with what lies between them."""
UNCLAIMED = timedelta(days=7)
"""How long a file of the library waits for somebody to say what it is."""
GAVE_UP = "The file could not be processed. Please send it again, or tell us if that does not help."
FOLLOWING = ("draft", "processing", "failed")


def begin(upload: Upload) -> None:
    """Take a file into work."""
    due = upload.fall_due(clock.now() + PATIENCE)
    known = Upload.state.is_in("waiting", "processing", "failed")
    again = [Upload.reason.remove()] if upload.state == "failed" and upload.reason == GAVE_UP else []
    unit = Unit().change(
        upload, Upload.state.set("processing"), Upload.ttl.remove(), *again, *due, when=known, refuse=overtaken()
    )
    if again:
        upload.reason = None
    _follow(unit, upload, "processing", None)
    unit.commit()


def accept(unit: Unit, upload: Upload, product: Product, steps: list[dict[str, Any]], etag: str) -> None:
    """Let a file be read, or first wait for the cloud's own scan of the same bytes."""
    current = _current(upload)
    is_clear = not settings().malware_scan or current.cleared_etag == etag
    facts = [
        Upload.variants.set(product.variants),
        Upload.facts.set(product.facts),
        Upload.steps.set(steps),
        Upload.etag.set(etag),
    ]
    unchanged = unjudged() & _same_link(current)
    if settings().malware_scan:
        unchanged &= (
            Upload.cleared_etag == current.cleared_etag
            if current.cleared_etag
            else Upload.cleared_etag.does_not_exist()
        )
    if not is_clear:
        unit.change(upload, Upload.state.set("scanning"), *facts, when=unchanged, refuse=overtaken())
        return
    unit.change(
        upload,
        Upload.state.set("ready"),
        *facts,
        *_next_due(current),
        when=unchanged,
        events=[_processed(current)],
        refuse=overtaken(),
    )
    current.variants, current.facts = product.variants, product.facts
    _follow(unit, current, "ready", None)


def clear(unit: Unit, upload: Upload, etag: str) -> None:
    """Note that the cloud's scan found these bytes clean, and let the file be read if it waited for that, even for too long."""
    cleared, unchanged = Upload.cleared_etag.set(etag), Upload.version == upload.version
    if upload.state not in {"scanning", "failed"} or upload.etag != etag:
        unit.change(upload, cleared, when=unchanged, refuse=overtaken())
        return
    facts = [Upload.state.set("ready"), Upload.reason.remove(), cleared, *_next_due(upload)]
    unit.change(upload, *facts, when=unchanged, events=[_processed(upload)], refuse=overtaken())
    _follow(unit, upload, "ready", None)


def reject(unit: Unit, upload: Upload, reason: str) -> None:
    """Refuse a file for good."""
    current = _current(upload)
    event = ContentRejected(
        upload_id=upload.upload_id, owner_id=upload.owner_id, reason=reason, content_id=current.content_id
    )
    when = (Upload.state == "processing") & _same_link(current)
    unit.change(
        upload, Upload.state.set("rejected"), *upload.fall_due(None), when=when, events=[event], refuse=overtaken()
    )
    _follow(unit, current, "failed", reason)


def give_up(unit: Unit, upload: Upload) -> None:
    """Say that a file could not be processed; a message that is delivered after all, or again, takes it up once more."""
    reason = upload.reason or GAVE_UP
    event = ContentFailed(
        upload_id=upload.upload_id, owner_id=upload.owner_id, reason=reason, content_id=upload.content_id
    )
    facts = [Upload.state.set("failed"), Upload.reason.set(reason), Upload.ttl.remove(), *upload.fall_due(None)]
    unit.change(upload, *facts, when=Upload.version == upload.version, events=[event], refuse=overtaken())
    _follow(unit, upload, "failed", reason)


def unjudged() -> Condition:
    """Say that an upload is in work and no verdict was written down."""
    condition: Condition = (Upload.state == "processing") & Upload.reason.does_not_exist()
    return condition


def overtaken() -> Conflict:
    """Build the refusal of a write that another worker or its owner came before."""
    return Conflict("The upload went on without this worker; the message comes again and finds what is left to do.")


def _current(upload: Upload) -> Upload:
    """Read a library's upload again, since an item may have claimed it while it was in work."""
    if upload.purpose == "library" or settings().malware_scan:
        return Upload.require(upload_id=upload.upload_id, consistent=True)
    return upload


def _same_link(current: Upload) -> Condition:
    condition: Condition = (
        Upload.content_id == current.content_id if current.content_id else Upload.content_id.does_not_exist()
    )
    return condition


def _next_due(upload: Upload) -> list[Any]:
    unclaimed = upload.purpose == "library" and not upload.content_id
    return upload.fall_due(clock.now() + UNCLAIMED if unclaimed else None)


def _processed(upload: Upload) -> ContentProcessed:
    return ContentProcessed(upload_id=upload.upload_id, owner_id=upload.owner_id, content_id=upload.content_id)


def _follow(unit: Unit, upload: Upload, state: str, reason: str | None) -> None:
    """Bring the item that an upload belongs to along."""
    if not upload.content_id:
        return
    item = ContentItem.fetch(content_id=upload.content_id, consistent=True)
    if item is None or item.state not in FOLLOWING or item.state == state:
        return
    item.state, item.reason = state, reason
    show_files(item, upload)
    unit.replace(item, refuse=overtaken())


def upload_at(bucket: str, key: str) -> Upload | None:
    """Return the upload whose file a place of storage holds, if there is one."""
    parts = key.split("/")
    if bucket != settings().bucket or len(parts) != 5 or not parts[3]:
        return None
    upload = Upload.fetch(upload_id=parts[3], consistent=True)
    return upload if upload is not None and upload.key == key else None
