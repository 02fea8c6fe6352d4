"""The second half of a recording's way: its renditions, which take minutes and so have a worker of their own."""

from pathlib import Path

from lyceum.events import UploadChecked
from lyceum.kit.consumers.consumer import Consumer
from lyceum.model import Upload
from lyceum.table import Unit

from functions.content import judging, settling
from functions.content.pipeline import Pipeline

consumer = Consumer("content-transcode")
handler = consumer.handler
_CHECKS = frozenset({"receive", "identify", "verify", "scan"})


@consumer.on(UploadChecked)
def transcode(event: UploadChecked, unit: Unit) -> None:
    """Make the renditions of the bytes that were checked; a file that was settled or removed meanwhile is left alone."""
    upload = Upload.fetch(upload_id=event.upload_id, consistent=True)
    if upload is None or upload.state not in {"processing", "failed"}:
        return
    if upload.state == "failed":
        settling.begin(upload)

    def take_steps(folder: Path) -> None:
        checked = [step for step in upload.steps if step["name"] in _CHECKS]
        pipeline = Pipeline(upload, folder, checked)
        with judging.noted(pipeline):
            product = pipeline.make_recording(event.etag)
            settling.accept(unit, upload, product, pipeline.steps, event.etag)

    judging.work(upload, unit, take_steps)
