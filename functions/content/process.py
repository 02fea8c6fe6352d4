"""What follows when storage received a file: checks, variants, and a state that its owner sees.

A message may come again, late, twice at once or after a crash. The state settles once, in one transaction with its event
and the message's marker. A refusal is written down before the file is moved away, since a second try would not find it.
"""

import tempfile
from pathlib import Path
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.errors import Conflict
from lyceum.events import FileUploaded, UploadProcessed, UploadRejected
from lyceum.events.consumer import Consumer
from lyceum.model import Upload
from lyceum.settings import settings
from lyceum.table import Unit

from content import files
from content.pipeline import Pipeline
from content.refusal import Refused

consumer = Consumer("content-process")
handler = consumer.handler


@consumer.on(FileUploaded)
def process(event: FileUploaded, unit: Unit) -> None:
    """Check a received file and make its variants; a key that no upload of the tenant named is left alone."""
    upload = _upload_of(event)
    if upload is None:
        return
    match upload.state:
        case "waiting":
            _change(upload, Upload.state.set("processing"), Upload.ttl.remove(), when=Upload.state.is_in("waiting", "processing"))
            _work(upload, unit)
        case "processing":
            _work(upload, unit)
        case "rejected":
            files.quarantine(upload)  # sent once more by a form that is still good
        case "deleted":
            files.discard(upload)


def _upload_of(event: FileUploaded) -> Upload | None:
    parts = event.key.split("/")
    if event.bucket != settings().bucket or len(parts) != 5 or not parts[3]:
        return None
    upload = Upload.fetch(upload_id=parts[3], consistent=True)
    return upload if upload is not None and upload.key == event.key else None


def _work(upload: Upload, unit: Unit) -> None:
    reason = upload.reason or _judge(upload, unit)
    if reason:
        files.quarantine(upload)
        _reject(unit, upload, reason)


def _judge(upload: Upload, unit: Unit) -> str | None:
    """Take the steps; accept the upload, or write the verdict down and return it."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(upload, Path(folder))
        try:
            _accept(unit, upload, pipeline.run(), pipeline.steps)
        except Refused as refusal:
            _change(upload, Upload.reason.set(str(refusal)), Upload.steps.set(pipeline.steps), when=_unjudged())
            return str(refusal)
        except Exception:
            _change(upload, Upload.steps.set(pipeline.steps), when=_unjudged())
            raise
    return None


def _accept(unit: Unit, upload: Upload, variants: list[dict[str, Any]], steps: list[dict[str, Any]]) -> None:
    event = UploadProcessed(upload_id=upload.upload_id, owner_id=upload.owner_id)
    facts = [Upload.state.set("ready"), Upload.variants.set(variants), Upload.steps.set(steps)]
    unit.change(upload, *facts, when=_unjudged(), events=[event], refuse=_overtaken())


def _reject(unit: Unit, upload: Upload, reason: str) -> None:
    event = UploadRejected(upload_id=upload.upload_id, owner_id=upload.owner_id, reason=reason)
    unit.change(upload, Upload.state.set("rejected"), when=Upload.state == "processing", events=[event], refuse=_overtaken())


def _change(upload: Upload, *actions: Any, when: Condition) -> None:
    Unit().change(upload, *actions, when=when, refuse=_overtaken()).commit()


def _unjudged() -> Condition:
    condition: Condition = (Upload.state == "processing") & Upload.reason.does_not_exist()
    return condition


def _overtaken() -> Conflict:
    return Conflict("The upload went on without this worker; the message comes again and finds what is left to do.")
