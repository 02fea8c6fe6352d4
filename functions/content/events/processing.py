"""Worker on received files: checks, variants, and a state that the owner sees.

A message may come again, late, twice at once or after a crash. The state settles once, in one transaction with its
event and the message's marker. A rejection is written down before the file is moved away, since a second try would not
find it. Recordings are only checked here; `functions.content.events.transcoding` goes on with them.
"""

from lyceum.events.aws import ObjectCreated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.content.processing import processing_attempt
from functions.content.uploads import file_store, upload_state

consumer = Consumer("content-processing")
handler = consumer.handler


@consumer.on(ObjectCreated)
def process(event: ObjectCreated, unit: Unit) -> None:
    """Check a received file and make its variants; a key that no upload of the tenant named is left alone."""
    upload = upload_state.upload_at(event.bucket, event.key)
    if upload is None:
        return
    match upload.state:
        case "waiting" | "failed":
            upload_state.begin(upload)
            processing_attempt.process(upload, unit)
        case "processing":
            processing_attempt.process(upload, unit)
        case "ready" | "scanning":
            file_store.discard_strays(upload)  # of a worker that came too late
        case "rejected":
            file_store.discard_variants(upload)
            file_store.quarantine(upload)  # sent once more by a form that is still good
        case "deleted":
            file_store.discard(upload)
