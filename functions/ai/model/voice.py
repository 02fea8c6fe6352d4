"""A voice note as words: one of the student's own recordings, written down by Amazon Transcribe.

The job is named after the upload, so a request that comes again finds the job of the first one. Job and transcript are
removed as soon as the words were read; a transcript that nobody fetches goes after thirty days.
"""

import json
import time
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound, Unavailable, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload

from functions.ai.model.port import ModelDown

LONGEST_SECONDS = 120
FOLDER = "derived/exports/"
_FORMATS = {
    "audio/mpeg": "mp3", "audio/mp4": "mp4", "audio/ogg": "ogg", "audio/wav": "wav", "audio/flac": "flac",
    "audio/webm": "webm",
}  # fmt: skip
_LANGUAGES = ["en-US", "fr-FR", "ha-NG", "sw-KE"]
"""Those of the product's people that Transcribe tells apart in whole files."""
_PATIENCE_SECONDS, _PAUSE_SECONDS = 9, 0.5
_MOST_LETTERS = 4000
logger = Logger()


class TranscriptNotReady(Unavailable):
    """The words of a voice note are still being written down; the same request finds them a little later."""

    default_code = "TRANSCRIPT_NOT_READY"

    def __init__(self) -> None:
        super().__init__("Your voice note is still being written down. Send it again.", retry_after_seconds=5)


class Transcriber(Protocol):
    """Something that writes down what is said."""

    def words(self, name: str, key: str, form: str) -> str | None:
        """Return what a file of the bucket says; None where nothing could be made of it.

        Raises ModelDown, or TranscriptNotReady.
        """


class Transcribe:
    """Amazon Transcribe."""

    def words(self, name: str, key: str, form: str) -> str | None:
        """Begin a job unless there is one of this name, and wait for it for some seconds."""
        out = f"{FOLDER}{context.tenant()}/voice/{name}.json"
        try:
            return self._words(name, key, form, out)
        except Exception as error:
            if isinstance(error, Unavailable) or not clients.is_passing(error):
                raise
            why = clients.error_code(error) or type(error).__name__
            logger.warning("voice note not written down", extra={"why": why})
            raise ModelDown from None

    def _words(self, name: str, key: str, form: str, out: str) -> str | None:
        service, bucket = clients.client("transcribe"), settings().bucket
        try:
            service.start_transcription_job(
                TranscriptionJobName=name, MediaFormat=form, Media={"MediaFileUri": f"s3://{bucket}/{key}"},
                IdentifyLanguage=True, LanguageOptions=_LANGUAGES, OutputBucketName=bucket, OutputKey=out,
            )  # fmt: skip
        except Exception as error:
            if clients.error_code(error) != "ConflictException":
                raise
        state = _ended(service, name)
        service.delete_transcription_job(TranscriptionJobName=name)
        if state != "COMPLETED":
            return None
        stored = clients.client("s3").get_object(Bucket=bucket, Key=out)["Body"].read()
        clients.client("s3").delete_object(Bucket=bucket, Key=out)
        return " ".join(each["transcript"] for each in json.loads(stored)["results"]["transcripts"])


def _ended(service: Any, name: str) -> str:
    """Wait until a job has ended, and return how; raises TranscriptNotReady after some seconds."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        job = service.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
        state = str(job["TranscriptionJobStatus"])
        if state in {"COMPLETED", "FAILED"}:
            return state
        if time.monotonic() > until:
            raise TranscriptNotReady
        time.sleep(_PAUSE_SECONDS)


_adapter: Transcriber = Transcribe()


def read(caller: Principal, upload_id: str) -> str:
    """Return what an own recording says (1 request, and the service's).

    Raises NotFound, RuleViolation NOT_A_VOICE_NOTE, VOICE_NOTE_TOO_LONG or NOT_UNDERSTOOD, ModelDown, and
    TranscriptNotReady.
    """
    upload = Upload.fetch(upload_id=upload_id)
    if upload is None or upload.owner_id != caller.user_id or upload.state != "ready":
        raise NotFound("There is no such upload.")
    fitting = [each for each in upload.variants if _kind(each) in _FORMATS]
    if not fitting:
        raise rule_violation("NOT_A_VOICE_NOTE", "This upload is no recording of a voice.")
    if float(upload.facts.get("durationSeconds", 0)) > LONGEST_SECONDS:
        raise rule_violation("VOICE_NOTE_TOO_LONG", f"A voice note may last {LONGEST_SECONDS} seconds.")
    chosen = fitting[0]
    name = f"{settings().stage}-{context.tenant()}-{upload_id}"
    heard = (_adapter.words(name, str(chosen["key"]), _FORMATS[_kind(chosen)]) or "").strip()
    if not heard:
        raise rule_violation("NOT_UNDERSTOOD", "Nothing could be made out in this recording.")
    return heard[:_MOST_LETTERS]


def _kind(variant: dict[str, Any]) -> str:
    return str(variant.get("contentType", variant.get("content_type")))
