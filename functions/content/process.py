"""What follows when storage received a file: checks, variants, and a state that its owner sees.

The steps depend on nothing but the stored original and write to fixed keys, so a message that comes again, late or after
a crash ends in the same state. The state itself changes once: from waiting or processing to ready or rejected.
"""

import tempfile
from pathlib import Path

from lyceum import aws
from lyceum.errors import Conflict
from lyceum.events import FileUploaded, UploadProcessed, UploadRejected
from lyceum.events.consumer import Consumer
from lyceum.model import Upload
from lyceum.settings import settings
from lyceum.table import Unit

from content.inspection import Refused
from content.pipeline import Pipeline

consumer = Consumer("content-process")
handler = consumer.handler
_OPEN = ("waiting", "processing")


@consumer.on(FileUploaded)
def process(event: FileUploaded, unit: Unit) -> None:
    """Check a received file and make its variants; a key that no open upload waits for is left alone."""
    upload = _upload_of(event)
    if upload is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(upload, Path(folder) / "original")
        try:
            variants = pipeline.run(event.size_bytes)
        except Refused as refusal:
            _quarantine(upload)
            _settle(unit, upload, pipeline, reason=str(refusal))
        else:
            _settle(unit, upload, pipeline, variants=variants)


def _upload_of(event: FileUploaded) -> Upload | None:
    parts = event.key.split("/")
    if len(parts) != 5 or parts[0] != "uploads" or parts[4] != "original":
        return None
    upload = Upload.fetch(upload_id=parts[3])
    if upload is None or upload.key != event.key or upload.state not in _OPEN:
        return None
    return upload


def _settle(unit: Unit, upload: Upload, pipeline: Pipeline, *, variants: list[dict[str, object]] | None = None, reason: str | None = None) -> None:
    facts = {"upload_id": upload.upload_id, "owner_id": upload.owner_id}
    event = UploadRejected(**facts, reason=reason) if reason else UploadProcessed(**facts)
    actions = [Upload.state.set("rejected" if reason else "ready"), Upload.steps.set(pipeline.steps), Upload.ttl.remove()]
    actions.append(Upload.reason.set(reason) if reason else Upload.variants.set(variants or []))
    settled = Conflict("The upload is settled already.")
    unit.change(upload, *actions, when=Upload.state.is_in(*_OPEN), events=[event], refuse=settled)


def _quarantine(upload: Upload) -> None:
    client, bucket = aws.client("s3"), settings().bucket
    target = upload.key.replace("uploads/", "quarantine/", 1)
    try:
        client.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": upload.key})
    except Exception as error:
        if aws.error_code(error) not in {"NoSuchKey", "404"}:
            raise
    client.delete_object(Bucket=bucket, Key=upload.key)
