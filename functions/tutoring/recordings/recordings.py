"""Recordings: the slot once everybody agrees, what became of the file, and links to those whose session it is."""

from datetime import timedelta
from typing import Any

from lyceum.events.tutoring import TutoringRecorded
from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.content.uploads import Upload
from lyceum.model.tutoring import TutoringRecording, TutoringSession
from lyceum.rules.uploads import opening
from lyceum.rules.uploads.schemas import AskFile, Slot

from functions.tutoring.recordings import consents
from functions.tutoring.recordings.schemas import RecordingView, Rendition
from functions.tutoring.sessions import due, facts, people

PURPOSE = "tutoring_recording"
_SENT_WITHIN = timedelta(days=1)
_LINK_SECONDS = 300
_POINTER_KEPT = timedelta(days=30)


def open_slot(caller: Principal, session_id: str, wanted: AskFile) -> Slot:
    """Open the slot of a session's recording to one of the two (1 storage request and 1 transaction).

    Raises NotFound for anybody else, RuleViolation CONSENT_MISSING while somebody does not agree, Conflict NOT_NOW
    before the call and a day after it, and RECORDED_ALREADY.
    """
    session = people.required(caller, TutoringSession.fetch(session_id=session_id, consistent=True))
    if session.state not in {"in_progress", "completed"} or clock.now() > session.ends_at + _SENT_WITHIN:
        raise Conflict("A recording is sent during the session or within a day after it.", code="NOT_NOW")
    if not consents.are_complete(session):
        raise rule_violation("CONSENT_MISSING", "Not everybody agrees to a recording.")
    if session.recording_state in {"ready", "removed"}:
        raise Conflict("There is a recording of this session.", code="RECORDED_ALREADY")

    def beside(unit: Unit, upload_id: str) -> None:
        session.recording_id, session.recording_state = upload_id, "waiting"
        unit.replace(session)
        pointer = TutoringRecording(upload_id=upload_id, session_id=session_id, ttl=_POINTER_KEPT)
        unit.create(pointer)

    return opening.open_for(PURPOSE, caller, wanted, beside=beside)


def follow(upload_id: str, unit: Unit, *, is_good: bool) -> None:
    """Note what became of a file, if it is a session's recording, and tell its people of a good one.

    One that another has taken the place of meanwhile changes nothing.
    """
    pointer = TutoringRecording.fetch(upload_id=upload_id, consistent=True)
    session = TutoringSession.fetch(session_id=pointer.session_id, consistent=True) if pointer else None
    if session is None or session.recording_id != upload_id:
        return
    events: list[Any] = []
    session.recording_state = "ready" if is_good else "failed"
    if is_good:
        session.recording_until = clock.now() + timedelta(days=limits.value("tutoring_recording_days"))
        events = [TutoringRecorded(**facts.of(session))]
    due.place(session)
    unit.replace(session, *events)


def show(caller: Principal, session_id: str) -> RecordingView:
    """Return links to a session's recording, for five minutes (2 storage requests).

    It is for the two of it, a minor's guardians, and moderators, whose look stands in the audit trail. Raises NotFound
    for anybody else, and where there is none.
    """
    session = people.seen_by(caller, TutoringSession.fetch(session_id=session_id))
    if session.recording_state is None:
        raise NotFound("There is no recording of this session.")
    upload = Upload.fetch(upload_id=session.recording_id) if session.recording_id else None
    if not people.is_in(caller, session) and caller.user_id not in session.guardian_ids:
        Unit().create(audit("tutoring.recording.see", session_id, before={}, after={})).commit()
    return _view(session, upload)


def _view(session: TutoringSession, upload: Upload | None) -> RecordingView:
    is_ready = session.recording_state == "ready" and upload is not None and upload.state == "ready"
    found = [
        Rendition(
            name=each["name"],
            content_type=each["content_type"],
            url=links.link(each["key"], _LINK_SECONDS),
            size_bytes=each["size_bytes"],
        )
        for each in (upload.variants if upload is not None and is_ready else [])
    ]
    watchable = [each for each in found if each.content_type.startswith(("video/", "audio/"))]
    return RecordingView(
        session_id=session.session_id,
        state=session.recording_state,
        recording_url=watchable[0].url if watchable else None,
        renditions=found,
        kept_until=session.recording_until,
    )
