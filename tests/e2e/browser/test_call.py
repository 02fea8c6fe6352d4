"""A call that two browsers hold: they find each other by the WebSocket API, and see and hear each other without it."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from lyceum.kit import ids
from tests.e2e.browser.conftest import Viewer
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_tutoring import ALWAYS, quarter_ahead

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]
_SCRIPT = (Path(__file__).parent / "call.js").read_text()
_HTML = '<!doctype html><html lang="en"><title>Room</title><video autoplay playsinline muted></video></html>'
_FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)


@pytest.fixture
def room() -> Iterator[str]:
    """A client's page on this machine, to which browsers give a camera; returns its address."""

    class Showing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_HTML.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Showing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def browser(viewer: Viewer) -> Iterator[Browser]:
    """A browser with a camera and a microphone that are made up."""
    opened = viewer.browser.browser_type
    made = opened.launch(executable_path=viewer.path, args=list(_FLAGS))
    yield made
    made.close()


def enter(browser: Browser, room: str, stack: Stack, person: Remote, path: str) -> Page:
    """Let somebody come into a call in a browser of their own."""
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    page.goto(room)
    page.add_script_tag(content=_SCRIPT)
    opened = person.post(f"{path}/call/initiate").data
    socket = person.post("/api/realtime/ticket").data["ticket"]
    wanted = {
        "socketUrl": f"{stack.facts['wsUrl']}?ticket={quote(socket)}",
        "ticket": opened["ticket"],
        "sessionId": opened["sessionId"],
        "iceServers": opened["iceServers"],
    }
    page.evaluate("wanted => enter(wanted)", wanted)
    return page


def is_seen_and_heard(page: Page, more_than: int = 0) -> dict[str, Any] | None:
    """Return what a page received, once pictures and sound of the other one came."""
    page.wait_for_timeout(100)
    seen: dict[str, Any] = page.evaluate("call.received()")
    is_there = page.evaluate("call.state()") == "connected"
    return seen if is_there and seen["video"] > more_than and seen["audio"] > 0 else None


def heard(page: Page, what: str) -> bool:
    """Say whether a page was told something."""
    page.wait_for_timeout(100)
    return what in page.evaluate("call.heard")


def book(stack: Stack, mentor: Remote, student: Remote) -> str:
    """Book the next quarter of an hour, whose call is open already, and return where the session is."""
    early = {"values": {"tutoring_call_minutes": 16}, "reason": "a trial"}
    assert stack.as_("super_admin").send("PUT", "/api/admin/settings", early, {}).status == 200
    subject = f"Subject {ids.new_id()}"
    offer = {"timeZone": "Africa/Lagos", "weekly": ALWAYS, "subjects": [subject], "noticeHours": 0, "takesMinors": True}
    mentor_id = mentor.get("/api/auth/me").data["userId"]
    assert mentor.send("PUT", "/api/tutoring/availability", offer, {}).status == 200
    wanted = {"mentorId": mentor_id, "subject": subject, "startsAt": quarter_ahead()}
    return f"/api/tutoring/sessions/{student.post('/api/tutoring/sessions', wanted).data['sessionId']}"


def test_two_browsers_hold_a_call_and_hold_it_again_after_a_broken_line(
    stack: Stack, browser: Browser, room: str
) -> None:
    mentor, student = stack.as_("mentor"), stack.as_("instructor")
    path = book(stack, mentor, student)
    mentors = enter(browser, room, stack, mentor, path)
    eventually(lambda: heard(mentors, "call.open"), "the mentor is in the room")
    students = enter(browser, room, stack, student, path)
    for page in (mentors, students):
        eventually(lambda page=page: is_seen_and_heard(page), "pictures and sound")
    students.evaluate("call.signal('chat', 'Good evening')")
    students.evaluate("call.signal('raise_hand', 'true')")
    eventually(lambda: heard(mentors, "chat: Good evening") and heard(mentors, "call.raise_hand"), "what was said")
    seen = is_seen_and_heard(students) or {}
    quality = {"roundTripMs": round(seen.get("roundTripMs", 0)), "lossPercent": 0, "kilobitsPerSecond": 100}
    assert student.post(f"{path}/call/quality", quality).data == {"reports": 1}

    students.context.close()
    eventually(lambda: heard(mentors, "call.left"), "the line is broken")
    again = enter(browser, room, stack, student, path)
    for page in (mentors, again):
        eventually(lambda page=page: is_seen_and_heard(page), "pictures and sound again")

    stranger = stack.as_("moderator")
    assert stranger.post(f"{path}/call/initiate").status in {403, 404}
    assert mentor.get(path).data["state"] == "in_progress"
    assert mentor.send("PATCH", path, {"action": "complete"}, {}).data["state"] == "completed"
    mentors.evaluate("call.signal('chat', 'Anybody?')")
    eventually(lambda: heard(mentors, "CALL_REFUSED"), "the room is closed")
