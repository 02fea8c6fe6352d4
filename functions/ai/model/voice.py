"""A voice note as words: one of the student's own recordings, written down by Amazon Transcribe.

The job is named after the upload, so a request that comes again finds the job of the first one.
"""

from typing import Any, Protocol

from aws_lambda_powertools import Logger

from lyceum.kit import context
from lyceum.kit.aws import clients, transcription
from lyceum.kit.errors import NotFound, Unavailable, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload

from functions.ai.model.port import ModelDown

LONGEST_SECONDS = 120
_FORMATS = {
    "audio/mpeg": "mp3", "audio/mp4": "mp4", "audio/ogg": "ogg", "audio/wav": "wav", "audio/flac": "flac",
    "audio/webm": "webm",
}  # fmt: skip
_LANGUAGES = ["en-US", "fr-FR", "ha-NG", "sw-KE"]
"""Those of the product's people that Transcribe tells apart in whole files."""
_PATIENCE_SECONDS = 9
_MOST_LETTERS = 4000
logger = Logger()


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
        try:
            spoken = {"IdentifyLanguage": True, "LanguageOptions": _LANGUAGES}
            found = transcription.results(name, key, form, spoken, patience_seconds=_PATIENCE_SECONDS)
        except Exception as error:
            if isinstance(error, Unavailable) or not clients.is_passing(error):
                raise
            why = clients.error_code(error) or type(error).__name__
            logger.warning("voice note not written down", extra={"why": why})
            raise ModelDown from None
        return " ".join(each["transcript"] for each in found["transcripts"]) if found else None


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
