"""Tutoring over HTTP: offers, sessions, calls and recordings."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, USER, Api, Body, Caller, IfMatch, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.model.tutoring import TutoringSession
from lyceum.rules.sessions import recheck
from lyceum.rules.uploads.schemas import AskFile, Slot

from functions.tutoring.availability import listings, search
from functions.tutoring.availability.schemas import AvailabilityView, SetAvailability, TutorQuery, TutorView
from functions.tutoring.calls import rooms
from functions.tutoring.calls.schemas import CallView, QualityTaken, ReportQuality
from functions.tutoring.recordings import recordings
from functions.tutoring.recordings.schemas import RecordingView
from functions.tutoring.sessions import booking, calendar_feed, changing, packages, reading
from functions.tutoring.sessions.schemas import (
    BookSession,
    BuyHours,
    CalendarLink,
    ChangeSession,
    FeedLink,
    PackageView,
    SessionsQuery,
    SessionView,
)

api = Api("tutoring", recheck=recheck)
handler = api.handler
_SESSION = "/api/tutoring/sessions/{sessionId}"
_CALENDAR = "text/calendar; charset=utf-8"


@api.put("/api/tutoring/availability", access=may(Permission.MENTOR_STUDENTS), limit="60/hour", refuses=(409, 422))
def set_tutoring_availability(caller: Caller, body: SetAvailability) -> AvailabilityView:
    """State one's weekly hours with their exceptions, and what is offered in them."""
    return listings.set_availability(caller, body)


@api.get("/api/tutoring/available-tutors", access=may(Permission.LEARN))
def list_available_tutors(caller: Caller, query: Annotated[TutorQuery, Query()]) -> Page[TutorView]:
    """List mentors of a subject with the times that they have free."""
    return query.page(search.page(caller, query), lambda tutor: tutor)


@api.post(
    "/api/tutoring/sessions",
    access=may(Permission.LEARN),
    status=201,
    limit="60/hour",
    idempotent=True,
    refuses=(404, 409, 422),
)
def create_tutoring_session(caller: Caller, body: BookSession) -> SessionView:
    """Book a session with a mentor, or wait for one."""
    return reading.view(booking.book(caller, body))


@api.get("/api/tutoring/sessions", access=USER)
def list_tutoring_sessions(caller: Caller, query: Annotated[SessionsQuery, Query()]) -> Page[SessionView]:
    """List one's own sessions, as their mentor or their student."""
    return query.page(reading.own(caller, query), reading.view)


@api.get(_SESSION, access=USER, owner_of=TutoringSession)
def show_tutoring_session(caller: Caller, session_id: str) -> SessionView:
    """Show a session to those who are in it, and to a minor's guardians."""
    return reading.view(reading.show(caller, session_id))


@api.patch(_SESSION, access=USER, owner_of=TutoringSession, limit="120/hour")
def change_tutoring_session(
    caller: Caller, session_id: str, body: Annotated[ChangeSession, Body()], if_match: IfMatch
) -> SessionView:
    """Move a session, call it off, end it, rate it, write about it, or agree to its recording."""
    return reading.view(changing.change(caller, session_id, body, if_match))


@api.post(f"{_SESSION}/call/initiate", access=USER, owner_of=TutoringSession, limit="120/hour", refuses=(409,))
def open_tutoring_call(caller: Caller, session_id: str) -> CallView:
    """Open the call of a session: its room, a ticket to it, and credentials of the relays."""
    return rooms.open_call(caller, session_id)


@api.post(f"{_SESSION}/call/quality", access=USER, owner_of=TutoringSession, limit="600/hour", refuses=(409,))
def report_call_quality(caller: Caller, session_id: str, body: ReportQuality) -> QualityTaken:
    """Report what one sees of a call's quality."""
    return rooms.report(caller, session_id, body)


@api.post(
    f"{_SESSION}/recording",
    access=USER,
    owner_of=TutoringSession,
    status=201,
    limit="20/hour",
    idempotent=True,
    refuses=(409, 422),
)
def open_tutoring_recording(caller: Caller, session_id: str, body: AskFile) -> Slot:
    """Get a slot for the recording of a session, once everybody agrees to it."""
    return recordings.open_slot(caller, session_id, body)


@api.get(f"{_SESSION}/recording", access=USER, owner_of=TutoringSession)
def show_tutoring_recording(caller: Caller, session_id: str) -> RecordingView:
    """Show links to the recording of a session, for five minutes."""
    return recordings.show(caller, session_id)


@api.post(
    "/api/tutoring/packages",
    access=may(Permission.LEARN),
    status=201,
    limit="20/hour",
    idempotent=True,
    refuses=(404, 422),
)
def create_hours_package(caller: Caller, body: BuyHours) -> PackageView:
    """Buy hours with a mentor together, from one's credit."""
    return packages.buy(caller, body)


@api.get("/api/tutoring/packages", access=may(Permission.LEARN))
def list_hours_packages(caller: Caller, query: Annotated[Listing, Query()]) -> Page[PackageView]:
    """List one's packages of hours, the newest first."""
    return query.page(packages.own(caller, query), packages.view)


@api.delete("/api/tutoring/packages/{packageId}", access=may(Permission.LEARN))
def end_hours_package(caller: Caller, package_id: str) -> PackageView:
    """Close a package of hours; what is left of it goes back to one's credit."""
    return packages.close(caller, package_id)


@api.get("/api/tutoring/calendar", access=USER)
def show_tutoring_calendar_link(caller: Caller) -> CalendarLink:
    """Show the private address of one's calendar of sessions."""
    return calendar_feed.link(caller)


@api.post("/api/tutoring/calendar/revoke", access=USER, limit="30/hour")
def revoke_tutoring_calendar(caller: Caller) -> CalendarLink:
    """End the private address of one's calendar and make another."""
    return calendar_feed.renew(caller)


@api.get(
    "/api/tutoring/calendar.ics",
    access=PUBLIC,
    raw=_CALENDAR,
    cache_control="private, max-age=900",
    refuses=(404, 410),
)
def show_tutoring_calendar(query: Annotated[FeedLink, Query()]) -> str:
    """Return one's sessions as a calendar that programs follow, by its private link (RFC 5545)."""
    return calendar_feed.show(query.token)
