"""Captions of a film: sent as WebVTT, checked, kept with the film, and listed in its playlists."""

from typing import Any

from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal, may_touch
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.content.uploads import FilmCaptions, Upload
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access, course_audits

from functions.content.videos import films, listening, webvtt
from functions.content.videos.schemas import CaptionsView, PutCaptions

MOST_LANGUAGES = 20
_SPARE_SECONDS = 5


def put(caller: Principal, video_id: str, language: str, wanted: PutCaptions) -> CaptionsView:
    """Keep captions of a film in a language, sent or written down from its sound, in the place of earlier ones.

    Costs 2 reads at the most, 1 more where there are earlier ones, and one transaction. Raises NotFound, Conflict
    WRONG_STATE before the film is ready, RuleViolation BROKEN_CAPTIONS or TOO_MANY_LANGUAGES, and what
    `listening.cues` raises.
    """
    return retry_on_conflict(lambda: _put(caller, video_id, language, wanted))


def _put(caller: Principal, video_id: str, language: str, wanted: PutCaptions) -> CaptionsView:
    upload, course = _own(caller, video_id)
    if upload.state != "ready":
        raise Conflict("The film is not ready.", code="WRONG_STATE")
    cues = _read(wanted.text) if wanted.text is not None else listening.cues(upload, language)
    if cues[-1].ends > float((upload.stream or {}).get("seconds", 0)) + _SPARE_SECONDS:
        raise rule_violation("BROKEN_CAPTIONS", "A cue ends after the film.")
    known: dict[str, Any] = dict(upload.captions)
    if language not in known and len(known) >= MOST_LANGUAGES:
        raise rule_violation("TOO_MANY_LANGUAGES", f"A film has captions in {MOST_LANGUAGES} languages at most.")
    earlier = FilmCaptions.fetch(video_id=video_id, language=language, consistent=True) if language in known else None
    known[language] = {"label": wanted.label, "cues": len(cues)}
    upload.captions = known
    kept = earlier or FilmCaptions(video_id=video_id, language=language)
    kept.text = webvtt.written(cues)
    unit = Unit().replace(upload).save(kept)
    _note(unit, caller, course, "captions.put", video_id, language)
    unit.commit()
    return CaptionsView(language=language, label=wanted.label, cues=len(cues))


def _read(text: str) -> list[webvtt.Cue]:
    try:
        return webvtt.read(text)
    except webvtt.BrokenCaptions as broken:
        raise rule_violation("BROKEN_CAPTIONS", str(broken)) from None


def remove(caller: Principal, video_id: str, language: str) -> None:
    """Take captions of a film away; raises NotFound."""
    retry_on_conflict(lambda: _remove(caller, video_id, language))


def _remove(caller: Principal, video_id: str, language: str) -> None:
    upload, course = _own(caller, video_id)
    if language not in upload.captions:
        raise _missing()
    upload.captions = {name: each for name, each in upload.captions.items() if name != language}
    unit = Unit().replace(upload).remove(FilmCaptions.at(video_id=video_id, language=language))
    _note(unit, caller, course, "captions.remove", video_id, language)
    unit.commit()


def text(caller: Principal, video_id: str, language: str) -> str:
    """Return captions of a film that the caller may watch, as WebVTT (3 requests at the most); raises NotFound."""
    films.watchable(caller, video_id)
    found = FilmCaptions.fetch(video_id=video_id, language=language)
    if found is None:
        raise _missing()
    return str(found.text)


def _own(caller: Principal, video_id: str) -> tuple[Upload, Course | None]:
    """Return a film whose captions the caller may change: their own, or one of a course that they teach, with it."""
    upload = films.watchable(caller, video_id)
    if may_touch(caller, upload.owner_id):
        return upload, None
    return upload, course_access.taught_by_id(caller, str(upload.course_id))


def _note(unit: Unit, caller: Principal, course: Course | None, action: str, video_id: str, language: str) -> None:
    if course is not None:
        course_audits.note(unit, caller.user_id, course, action, video_id, after={"language": language})


def _missing() -> NotFound:
    return NotFound("The film has no such captions.")
