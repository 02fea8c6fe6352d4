"""Proctoring over HTTP: what a student's client sends, what people see and decide, and what other systems tell."""

from typing import Annotated

from lyceum.kit.http import SIGNED, Address, Api, Caller, Listing, Page, Path, Query, exchange, may
from lyceum.kit.identity import Permission
from lyceum.model.proctoring import ProctorSession
from lyceum.rules.sessions import recheck
from lyceum.rules.uploads.schemas import AskFile, Slot

from functions.proctoring import external, reviewing, snapshots, watching
from functions.proctoring.schemas import (
    DecideViolation,
    EventLog,
    EventsTaken,
    MessageTaken,
    ProctoringView,
    ProviderName,
    ProviderView,
    SendEvents,
    SetAccommodations,
    SetProvider,
    SnapshotView,
    StartProctoring,
    ViolationQuery,
    ViolationView,
    WatchedView,
)

api = Api("proctoring", recheck=recheck)
handler = api.handler
_SESSION = "/api/proctoring/sessions/{sessionId}"
_SEE = may(Permission.PROCTOR_EXAMS)
_WEBHOOK_BYTES = 64 * 1024


@api.post(
    "/api/proctoring/sessions", access=may(Permission.TAKE_EXAMS), status=201, limit="60/hour", refuses=(404, 409)
)
def start_proctoring(caller: Caller, body: StartProctoring, address: Address) -> ProctoringView:
    """Start to be watched in an exam session of one's own, or go on with it."""
    return watching.start(caller, body, address)


@api.post(
    f"{_SESSION}/events",
    access=may(Permission.TAKE_EXAMS),
    owner_of=ProctorSession,
    limit="1200/hour",
    refuses=(409,),
)
def send_proctoring_events(caller: Caller, session_id: str, body: SendEvents) -> EventsTaken:
    """Send what one's client saw, signed and in order."""
    return watching.take(caller, session_id, body)


@api.get(f"{_SESSION}/events", access=_SEE, owner_of=ProctorSession)
def show_proctoring_events(caller: Caller, session_id: str) -> EventLog:
    """Show the events of a session, and whether they are whole."""
    return reviewing.log(caller, session_id)


@api.get(f"{_SESSION}/violations", access=_SEE, owner_of=ProctorSession)
def list_violations(caller: Caller, session_id: str, query: Annotated[ViolationQuery, Query()]) -> Page[ViolationView]:
    """List what rules made of a session's events; hints, and no verdicts."""
    return reviewing.listed(caller, session_id, query)


@api.patch(f"{_SESSION}/violations/{{violationId}}", access=_SEE, owner_of=ProctorSession)
def mark_violation(caller: Caller, session_id: str, violation_id: str, body: DecideViolation) -> ViolationView:
    """Confirm or dismiss a violation, with a reason."""
    return reviewing.decide(caller, session_id, violation_id, body)


@api.put(f"{_SESSION}/accommodations", access=_SEE, owner_of=ProctorSession)
def set_accommodations(caller: Caller, session_id: str, body: SetAccommodations) -> WatchedView:
    """Set what a student needs, which some rules leave out."""
    return reviewing.accommodate(caller, session_id, body)


@api.post(
    f"{_SESSION}/snapshots",
    access=may(Permission.TAKE_EXAMS),
    owner_of=ProctorSession,
    status=201,
    limit="240/hour",
    idempotent=True,
    refuses=(409, 422),
)
def open_snapshot(caller: Caller, session_id: str, body: AskFile) -> Slot:
    """Get a slot for a picture of the camera, where its student agreed to that."""
    return snapshots.open_slot(caller, session_id, body)


@api.get(f"{_SESSION}/snapshots", access=_SEE, owner_of=ProctorSession)
def list_snapshots(caller: Caller, session_id: str, query: Annotated[Listing, Query()]) -> Page[SnapshotView]:
    """List the pictures of a session, with links for five minutes."""
    return snapshots.listed(caller, session_id, query)


@api.put("/api/proctoring/providers/{provider}", access=may(Permission.MANAGE_TENANT).proven())
def set_proctoring_provider(
    caller: Caller, provider: Annotated[ProviderName, Path()], body: SetProvider
) -> ProviderView:
    """Set another system up that watches exams; a new secret is shown once."""
    return external.set_provider(caller, provider, body)


@api.post(
    "/api/proctoring/webhook/{provider}",
    access=SIGNED,
    max_body_bytes=_WEBHOOK_BYTES,
    reads_body=False,
    refuses=(401, 404),
)
def accept_proctoring_webhook(provider: str) -> MessageTaken:
    """Accept what another system saw, proven by its signature over the body as it came."""
    asked = exchange.current()
    return external.accept(provider, asked.headers, asked.body)
