"""Worker on `recording.transcode`: makes renditions of a recording, which take minutes, those of a film by pieces."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.tasks.content import TranscodeRecording

from functions.content.processing import processing_attempt
from functions.content.processing.streaming import streams
from functions.content.uploads import upload_state

consumer = Consumer("content-transcoding")
handler = consumer.handler


@consumer.on(TranscodeRecording)
def transcode(task: TranscodeRecording, unit: Unit) -> None:
    """Make the renditions of the bytes that were checked; a file that is settled or removed meanwhile is left alone."""
    upload = Upload.fetch(upload_id=task.upload_id, consistent=True)
    if upload is None or upload.state not in {"processing", "failed"}:
        return
    if task.piece is not None and task.piece != streams.rendered(upload.stream):
        return
    if upload.state == "failed":
        upload_state.begin(upload)
        upload = Upload.require(upload_id=task.upload_id, consistent=True)
    if task.piece is None:
        processing_attempt.transcode(upload, unit, task.etag)
    else:
        processing_attempt.render_piece(upload, unit, task.etag)
