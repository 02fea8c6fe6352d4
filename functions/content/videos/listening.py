"""Captions that Amazon Transcribe writes down from a film's sound, where the tenant switched that on."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients, transcription
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Unavailable, rule_violation
from lyceum.kit.settings import settings
from lyceum.model.content.uploads import Upload

from functions.content.videos.webvtt import Cue

_LANGUAGES = {
    "ar": "ar-SA", "de": "de-DE", "en": "en-US", "es": "es-US", "fr": "fr-FR", "ha": "ha-NG", "pt": "pt-BR",
    "rw": "rw-RW", "so": "so-SO", "sw": "sw-KE", "zu": "zu-ZA",
}  # fmt: skip
"""Which of its languages the service is told, by the first part of the captions' language."""
_LONGEST_LINE, _LONGEST_SECONDS = 80, 7.0
"""What is read at one look."""
_PATIENCE_SECONDS = 2
Spoken = tuple[float, float, str]
"""A word with its sentence's sign behind it: when it begins and ends, in seconds."""


def cues(upload: Upload, language: str) -> list[Cue]:
    """Return what is said in a film as cues.

    Costs a job of the service; one that is not done yet goes on. Raises RuleViolation CAPTIONS_BY_HAND where that is
    switched off, or NOT_UNDERSTOOD, TranscriptNotReady or Unavailable.
    """
    if not limits.value("captions_by_machine"):
        raise rule_violation("CAPTIONS_BY_HAND", "Films are not written down here: send the captions as text.")
    code = _LANGUAGES.get(language.partition("-")[0].lower())
    film = next((each for each in upload.variants if each["content_type"] == "video/mp4"), None)
    found = _heard(upload, language, code, str(film["key"])) if code and film else []
    if not found:
        raise rule_violation("NOT_UNDERSTOOD", "Nothing could be made out in this film in this language.")
    return found


def _heard(upload: Upload, language: str, code: str, key: str) -> list[Cue]:
    name = f"{settings().stage}-{context.tenant()}-{upload.upload_id}-{language}"
    try:
        results = transcription.results(name, key, "mp4", {"LanguageCode": code}, patience_seconds=_PATIENCE_SECONDS)
    except Exception as error:
        if isinstance(error, Unavailable) or not clients.is_passing(error):
            raise
        raise Unavailable from error
    return list(_in_cues(list(_spoken((results or {}).get("items", [])))))


def _spoken(items: Sequence[Mapping[str, Any]]) -> Iterator[Spoken]:
    """Return the words of a transcript with their times; signs stand behind the word before them."""
    last: Spoken | None = None
    for item in items:
        content = str(item["alternatives"][0]["content"])
        if item["type"] == "punctuation":
            last = last and (last[0], last[1], last[2] + content)
            continue
        if last:
            yield last
        last = (float(item["start_time"]), float(item["end_time"]), content)
    if last:
        yield last


def _in_cues(words: Sequence[Spoken]) -> Iterator[Cue]:
    """Part what is said at the ends of sentences, and where a cue would be too long to be read."""
    line: list[Spoken] = []
    for word in words:
        is_full = sum(len(each[2]) + 1 for each in line) + len(word[2]) > _LONGEST_LINE
        if line and (is_full or word[1] - line[0][0] > _LONGEST_SECONDS or line[-1][2][-1] in ".?!"):
            yield _cue(line)
            line = []
        line.append(word)
    if line:
        yield _cue(line)


def _cue(line: Sequence[Spoken]) -> Cue:
    return Cue(line[0][0], line[-1][1], "", escape(" ".join(each[2] for each in line), quote=False))
