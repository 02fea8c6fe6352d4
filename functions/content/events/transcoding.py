"""Worker on `recording.transcode`: makes a recording's renditions, which take minutes."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.tasks.content import TranscodeRecording

from functions.content.processing import processing_attempt
from functions.content.uploads import upload_state

consumer = Consumer("content-transcoding")
handler = consumer.handler


@consumer.on(TranscodeRecording)
def transcode(task: TranscodeRecording, unit: Unit) -> None:
    """Make the renditions of the bytes that were checked; a file that is settled or removed meanwhile is left alone."""
    upload = Upload.fetch(upload_id=task.upload_id, consistent=True)
    if upload is None or upload.state not in {"processing", "failed"}:
        return
    if upload.state == "failed":
        upload_state.begin(upload)
    processing_attempt.transcode(upload, unit, task.etag)
