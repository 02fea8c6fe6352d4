"""What follows when storage received a file: checks, variants, and a state that its owner sees.

A message may come again, late, twice at once or after a crash. The state settles once, in one transaction with its event
and the message's marker. A refusal is written down before the file is moved away, since a second try would not find it.
Recordings are only checked here; `functions.content.transcode` goes on with them.
"""

from datetime import timedelta
from pathlib import Path

from lyceum.events import FileUploaded, UploadChecked
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.model import Upload
from lyceum.table import Unit

from functions.content import files, judging, settling
from functions.content.pipeline import Pipeline

consumer = Consumer("content-process")
handler = consumer.handler
_RECORDING_PATIENCE = timedelta(hours=6)


@consumer.on(FileUploaded)
def process(event: FileUploaded, unit: Unit) -> None:
    """Check a received file and make its variants; a key that no upload of the tenant named is left alone."""
    upload = judging.upload_at(event.bucket, event.key)
    if upload is None:
        return
    match upload.state:
        case "waiting" | "failed":
            settling.begin(upload)
            _work(upload, unit)
        case "processing":
            _work(upload, unit)
        case "rejected":
            files.quarantine(upload)  # sent once more by a form that is still good
        case "deleted":
            files.discard(upload)


def _work(upload: Upload, unit: Unit) -> None:
    def take_steps(folder: Path) -> None:
        pipeline = Pipeline(upload, folder)
        with judging.noted(pipeline):
            pipeline.check()
            if not pipeline.is_recording:
                settling.accept(unit, upload, pipeline.make(), pipeline.steps, pipeline.etag)
                return
        event = UploadChecked(upload_id=upload.upload_id, owner_id=upload.owner_id, etag=pipeline.etag)
        facts = [Upload.steps.set(pipeline.steps), *upload.fall_due(clock.now() + _RECORDING_PATIENCE)]
        unit.change(upload, *facts, when=settling.unjudged(), events=[event], refuse=settling.overtaken())

    judging.work(upload, unit, take_steps)
