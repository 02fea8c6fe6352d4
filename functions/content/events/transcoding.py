"""The second half of a recording's way: its renditions, which take minutes and so have a worker of their own."""

from pathlib import Path

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.tasks.content import TranscodeRecording

from functions.content.processing import processing_attempt
from functions.content.processing.pipeline import Pipeline
from functions.content.uploads import upload_state

consumer = Consumer("content-transcoding")
handler = consumer.handler
_CHECKS = frozenset({"receive", "identify", "verify", "scan"})


@consumer.on(TranscodeRecording)
def transcode(event: TranscodeRecording, unit: Unit) -> None:
    """Make the renditions of the bytes that were checked; a file that was settled or removed meanwhile is left alone."""
    upload = Upload.fetch(upload_id=event.upload_id, consistent=True)
    if upload is None or upload.state not in {"processing", "failed"}:
        return
    if upload.state == "failed":
        upload_state.begin(upload)

    def take_steps(folder: Path) -> None:
        checked = [step for step in upload.steps if step["name"] in _CHECKS]
        pipeline = Pipeline(upload, folder, checked)
        with processing_attempt.noted(pipeline):
            product = pipeline.make_recording(event.etag)
            upload_state.accept(unit, upload, product, pipeline.steps, event.etag)

    processing_attempt.work(upload, unit, take_steps)
