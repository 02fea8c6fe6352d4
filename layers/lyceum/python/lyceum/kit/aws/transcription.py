"""What is said in a recording, written down by Amazon Transcribe.

A job has a name of its own, so a request that comes again finds the job of the first one. Job and transcript are
removed as soon as the words were read; a transcript that nobody fetches goes with all exports.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings

FOLDER = "derived/exports/"
_PAUSE_SECONDS = 0.5


class TranscriptNotReady(Unavailable):
    """A recording is still being written down; the same request finds its words a little later."""

    default_code = "TRANSCRIPT_NOT_READY"

    def __init__(self) -> None:
        super().__init__("The recording is still being written down. Send it again.", retry_after_seconds=5)


def results(
    name: str, key: str, form: str, language: Mapping[str, Any], *, patience_seconds: float
) -> dict[str, Any] | None:
    """Return what Transcribe makes of a file of the bucket (its `results`); None where that is nothing.

    Begins a job unless there is one of this name, and waits so long for it. `language` says which one is spoken, as the
    service takes it. Raises TranscriptNotReady, and what the service raises.
    """
    service, bucket = clients.client("transcribe"), settings().bucket
    out = f"{FOLDER}{context.tenant()}/voice/{name}.json"
    try:
        service.start_transcription_job(
            TranscriptionJobName=name, MediaFormat=form, Media={"MediaFileUri": f"s3://{bucket}/{key}"},
            OutputBucketName=bucket, OutputKey=out, **language,
        )  # fmt: skip
    except Exception as error:
        if clients.error_code(error) != "ConflictException":
            raise
    state = _ended(service, name, patience_seconds)
    service.delete_transcription_job(TranscriptionJobName=name)
    if state != "COMPLETED":
        return None
    stored = clients.client("s3").get_object(Bucket=bucket, Key=out)["Body"].read()
    clients.client("s3").delete_object(Bucket=bucket, Key=out)
    found: dict[str, Any] = json.loads(stored)["results"]
    return found


def _ended(service: Any, name: str, patience_seconds: float) -> str:
    """Wait until a job has ended, and return how; raises TranscriptNotReady after some seconds."""
    until = time.monotonic() + patience_seconds
    while True:
        job = service.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
        state = str(job["TranscriptionJobStatus"])
        if state in {"COMPLETED", "FAILED"}:
            return state
        if time.monotonic() > until:
            raise TranscriptNotReady
        time.sleep(_PAUSE_SECONDS)
