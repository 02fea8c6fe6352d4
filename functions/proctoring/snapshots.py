"""Pictures of the camera: taken with consent alone, seen by those whose exam it is, and removed after a time."""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.configuration import limits
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, fetch_many, find, find_all
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.proctoring import ProctorSession, ProctorSnapshot
from lyceum.rules.uploads import opening
from lyceum.rules.uploads.schemas import AskFile, Slot
from lyceum.tasks.content import DiscardUpload

from functions.proctoring import access
from functions.proctoring.schemas import SnapshotView

PURPOSE = "proctoring_snapshot"
_LINK_SECONDS = 300
_TOGETHER = 40


def open_slot(caller: Principal, session_id: str, wanted: AskFile) -> Slot:
    """Open the slot of a picture, in the transaction that notes whose it is (1 storage request and 1 transaction).

    Raises NotFound for another's session, RuleViolation CONSENT_MISSING, Conflict PROCTORING_ENDED.
    """
    found, exam = fetch_many(ProctorSession.at(session_id=session_id), ExamSession.at(exam_id=session_id))
    session = access.own(caller, found)
    if "snapshots" not in session.consents:
        raise rule_violation("CONSENT_MISSING", "No pictures are taken without consent.")
    if exam is None or exam.state == "finished" or exam.closes_at < clock.now():
        raise Conflict("This exam is over.", code="PROCTORING_ENDED")
    due = clock.now() + timedelta(days=limits.value("proctoring_snapshot_days"))

    def beside(unit: Unit, upload_id: str) -> None:
        unit.create(ProctorSnapshot(session_id=session_id, upload_id=upload_id, due_day=due.date().isoformat()))

    return opening.open_for(PURPOSE, caller, wanted, beside=beside)


def listed(caller: Principal, session_id: str, query: Listing) -> Page[SnapshotView]:
    """Return a page of pictures with links for five minutes (3 storage requests, 4 for an exam of a course)."""
    access.invigilated(caller, ProctorSession.fetch(session_id=session_id))
    found = find(ProctorSnapshot, session_id=session_id, limit=query.limit, after=query.start_key())
    names = [Upload.at(upload_id=each.upload_id) for each in found.items]
    uploads = batch_fetch(names) if names else []
    shown = [_view(each, upload) for each, upload in zip(found.items, uploads, strict=True)]
    return query.page(Slice(shown, found.last_key), lambda each: each)


def _view(snapshot: ProctorSnapshot, upload: object) -> SnapshotView:
    variants = upload.variants if isinstance(upload, Upload) and upload.state == "ready" else []
    url = links.link(variants[0]["key"], _LINK_SECONDS) if variants else None
    return SnapshotView(upload_id=snapshot.upload_id, taken_at=snapshot.created_at, url=url)


def let_go(day: datetime) -> None:
    """Order that the pictures are removed whose day it is, and forget them; done again it finds none."""
    due = list(find_all(ProctorSnapshot, index="gsi1", due_day=day.date().isoformat()))
    for start in range(0, len(due), _TOGETHER):
        unit = Unit()
        for each in due[start : start + _TOGETHER]:
            unit.remove(each)
            send(unit, DiscardUpload(upload_id=each.upload_id))
        unit.commit()
