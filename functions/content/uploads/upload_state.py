"""The states of an upload: each change is one transaction with its event and the library's item.

The state settles once, whatever comes twice, late or at once.
"""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.rules.uploads import quotas
from lyceum.rules.uploads.opening import PROCESSING_TIMEOUT
from lyceum.rules.uploads.purposes import RETENTION
from lyceum.tasks.content import TranscodeRecording

from functions.content.uploads import linked_item
from functions.content.uploads.variants import Product

_TRANSCODING_TIMEOUT = timedelta(hours=6)
_UNCLAIMED_RETENTION = timedelta(days=7)
"""How long a file of the library waits for somebody to say what it is."""
_REFUSED_RETENTION = timedelta(days=30)
"""How long it is told that a file was not taken; as long as its bytes are kept from everybody."""
_GONE = "The file was not taken."
_GAVE_UP = "The file could not be processed. Please send it again, or tell us if that does not help."


def upload_at(bucket: str, key: str) -> Upload | None:
    """Return the upload whose file lies at a key of the bucket, if there is one."""
    parts = key.split("/")
    if bucket != settings().bucket or len(parts) != 5 or not parts[3]:
        return None
    upload = Upload.fetch(upload_id=parts[3], consistent=True)
    return upload if upload is not None and upload.key == key else None


def begin(upload: Upload) -> None:
    """Take a file into work."""
    due = upload.fall_due(clock.now() + PROCESSING_TIMEOUT)
    known = Upload.state.is_in("waiting", "processing", "failed")
    again = [Upload.reason.remove()] if upload.state == "failed" and upload.reason == _GAVE_UP else []
    unit = Unit().change(
        upload, Upload.state.set("processing"), Upload.ttl.remove(), *again, *due, when=known, refuse=overtaken()
    )
    if again:
        upload.reason = None
    linked_item.follow(unit, upload, "processing", None, refuse=overtaken())
    unit.commit()


def hand_to_transcoding(unit: Unit, upload: Upload, steps: list[dict[str, Any]], etag: str) -> None:
    """Let another worker go on with a recording whose bytes were checked."""
    task = TranscodeRecording(upload_id=upload.upload_id, owner_id=upload.owner_id, etag=etag)
    changes = [Upload.steps.set(steps), *upload.fall_due(clock.now() + _TRANSCODING_TIMEOUT)]
    unit.change(upload, *changes, when=is_undecided(), events=[task], refuse=overtaken())


def go_on_streaming(
    unit: Unit, upload: Upload, product: Product, steps: list[dict[str, Any]], etag: str, piece: int
) -> None:
    """Keep what was made of a film so far, and let the next piece of it be rendered by a message of its own."""
    task = TranscodeRecording(upload_id=upload.upload_id, owner_id=upload.owner_id, etag=etag, piece=piece)
    changes = [
        Upload.variants.set(product.variants),
        Upload.facts.set(product.facts),
        Upload.stream.set(product.stream),
        Upload.steps.set(steps),
        *upload.fall_due(clock.now() + _TRANSCODING_TIMEOUT),
    ]
    unchanged = is_undecided() & (Upload.version == upload.version)
    unit.change(upload, *changes, when=unchanged, events=[task], refuse=overtaken())


def accept(unit: Unit, upload: Upload, product: Product, steps: list[dict[str, Any]], etag: str) -> None:
    """Let a file be read, or first wait for the cloud's own scan of the same bytes."""
    current = _current(upload)
    is_clear = not settings().malware_scan or current.cleared_etag == etag
    changes = [
        Upload.variants.set(product.variants),
        Upload.facts.set(product.facts),
        Upload.steps.set(steps),
        Upload.etag.set(etag),
        *([Upload.stream.set(product.stream)] if product.stream else []),
    ]
    unchanged = is_undecided() & _same_link(current)
    if settings().malware_scan:
        unchanged &= (
            Upload.cleared_etag == current.cleared_etag
            if current.cleared_etag
            else Upload.cleared_etag.does_not_exist()
        )
    if not is_clear:
        unit.change(upload, Upload.state.set("scanning"), *changes, when=unchanged, refuse=overtaken())
        return
    changes += [Upload.state.set("ready"), *_next_due(current)]
    unit.change(upload, *changes, when=unchanged, events=[_processed(current)], refuse=overtaken())
    current.variants, current.facts = product.variants, product.facts
    linked_item.follow(unit, current, "ready", None, refuse=overtaken())


def clear(unit: Unit, upload: Upload, etag: str) -> None:
    """Note that the cloud's scan found these bytes clean; a file that waited for that, even too long, can be read."""
    cleared, unchanged = Upload.cleared_etag.set(etag), Upload.version == upload.version
    if upload.state not in {"scanning", "failed"} or upload.etag != etag:
        unit.change(upload, cleared, when=unchanged, refuse=overtaken())
        return
    changes = [Upload.state.set("ready"), Upload.reason.remove(), cleared, *_next_due(upload)]
    unit.change(upload, *changes, when=unchanged, events=[_processed(upload)], refuse=overtaken())
    linked_item.follow(unit, upload, "ready", None, refuse=overtaken())


def reject(unit: Unit, upload: Upload, reason: str) -> None:
    """Reject a file for good."""
    current = _current(upload)
    event = ContentRejected(
        upload_id=upload.upload_id,
        owner_id=upload.owner_id,
        reason=reason,
        content_id=current.content_id,
        file_name=current.file_name,
    )
    when = (Upload.state == "processing") & _same_link(current)
    changes = [Upload.state.set("rejected"), *_remembered(upload)]
    unit.change(upload, *changes, when=when, events=[event], refuse=overtaken())
    linked_item.follow(unit, current, "failed", reason, refuse=overtaken())


def withdraw(unit: Unit, upload: Upload, reason: str) -> None:
    """Reject a file wherever it stands, even when it was ready; its item is the caller's concern."""
    event = ContentRejected(
        upload_id=upload.upload_id,
        owner_id=upload.owner_id,
        reason=reason,
        content_id=upload.content_id,
        file_name=upload.file_name,
    )
    changes = [
        Upload.state.set("rejected"),
        Upload.reason.set(reason),
        Upload.variants.set([]),
        Upload.ttl.remove(),
        *_remembered(upload),
    ]
    unit.change(upload, *changes, when=Upload.version == upload.version, events=[event], refuse=overtaken())


def give_up(unit: Unit, upload: Upload) -> None:
    """Say that a file could not be processed; a message that is delivered after all, or again, takes it up anew."""
    reason = upload.reason or _GAVE_UP
    event = ContentFailed(
        upload_id=upload.upload_id,
        owner_id=upload.owner_id,
        reason=reason,
        content_id=upload.content_id,
        file_name=upload.file_name,
    )
    changes = [Upload.state.set("failed"), Upload.reason.set(reason), Upload.ttl.remove(), *_remembered(upload)]
    unit.change(upload, *changes, when=Upload.version == upload.version, events=[event], refuse=overtaken())
    linked_item.follow(unit, upload, "failed", reason, refuse=overtaken())


def retire(unit: Unit, upload: Upload) -> None:
    """Mark an upload as removed; its record goes when its files do."""
    last_second = int((clock.now() + RETENTION).timestamp())
    changes = [Upload.state.set("deleted"), Upload.ttl.set(last_second), *upload.fall_due(None)]
    changes.append(Upload.is_counted.set(False))
    unit.change(upload, *changes, when=Upload.version == upload.version, refuse=overtaken())
    quotas.give_back(unit, upload)


def forget(unit: Unit, upload: Upload) -> None:
    """Let a file that was not taken go, with its name; one that an item of the library names stays without it."""
    unchanged = Upload.version == upload.version
    if upload.content_id:
        emptied = [Upload.file_name.set(""), Upload.reason.set(_GONE), Upload.is_counted.set(False)]
        unit.change(upload, *emptied, *upload.fall_due(None), when=unchanged, refuse=overtaken())
    else:
        unit.remove(upload, when=unchanged)
    quotas.give_back(unit, upload)


def await_nothing(unit: Unit, upload: Upload) -> None:
    """Take an upload for which nothing is awaited any more out of the index of what falls due."""
    changes = upload.fall_due(None)
    never_came = upload.state == "waiting"
    changes += [Upload.is_counted.set(False)] if never_came else []
    unit.change(upload, *changes, when=Upload.version == upload.version, refuse=overtaken())
    if never_came:
        quotas.give_back(unit, upload)


def _remembered(upload: Upload) -> list[Any]:
    return upload.fall_due(clock.now() + _REFUSED_RETENTION)


def is_overdue(upload: Upload, at: datetime) -> bool:
    """Say whether what an upload waited for should have happened by then."""
    return upload.due_at is not None and upload.due_at <= at


def is_undecided() -> Condition:
    """Ask that an upload is in work and no outcome was written down."""
    condition: Condition = (Upload.state == "processing") & Upload.reason.does_not_exist()
    return condition


def overtaken() -> Conflict:
    """Build the refusal of a write that another worker or the owner came before."""
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
    is_unclaimed = upload.purpose == "library" and not upload.content_id
    return upload.fall_due(clock.now() + _UNCLAIMED_RETENTION if is_unclaimed else None)


def _processed(upload: Upload) -> ContentProcessed:
    return ContentProcessed(
        upload_id=upload.upload_id, owner_id=upload.owner_id, content_id=upload.content_id, file_name=upload.file_name
    )
