"""A unit of SCORM in a browser: it reports from its frame and reaches nothing else, on either kind of origin."""

import shutil
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from threading import Lock, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from lyceum.kit.settings import settings
from tests.integrations.packages.conftest import Shelf
from tests.integrations.packages.elsewhere import Elsewhere, reaching_unit
from tests.integrations.packages.samples import scorm_12
from tests.support.http import Client
from tests.support.wsgi import wsgi

from functions.integrations.packages import launching, play_sessions

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is at hand"),
]
PATIENCE = 30_000


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Patient(ThreadingMixIn, WSGIServer):
    """Waits for connections that browsers open in advance."""

    daemon_threads = True


@pytest.fixture
def home(client: Client) -> Iterator[str]:
    """The product over HTTP on this machine; returns its address."""
    product, one = wsgi(lambda: client), Lock()

    def in_turn(environ: dict[str, Any], start: Any) -> Any:
        with one:
            return product(environ, start)

    server = make_server("127.0.0.1", 0, in_turn, Patient, Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("origin", ["", "http://localhost"], ids=["alone", "on an origin of its own"])
def test_a_unit_reports_and_reaches_nothing_else(
    shelf: Shelf, home: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = settings().model_copy(update={"packages_origin": origin, "api_url": home})
    for module in (play_sessions, launching):
        monkeypatch.setattr(module, "settings", lambda: known)
    elsewhere = Elsewhere()
    unit = reaching_unit(elsewhere.address, home)
    player, _ = shelf.in_lesson(scorm_12(**{"one/index.html": unit}))
    url = player.launch()["url"]
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        frame = page.frame_locator("iframe")
        told = frame.locator("#told").text_content()
        assert told == "Test, Student", (told, said)
        frame.locator("#kept").filter(has_text="fetch").wait_for()
        refused = frame.locator("#kept").text_content() or ""
        page.frames[1].evaluate("leave()")
        page.wait_for_timeout(1500)
        assert (elsewhere.seen, page.url, len(page.context.pages)) == ([], url, 1)
        assert f"fetch {home}/api/health" in refused and "top" in refused
        browser.close()
    assert player.state["units"][0] == {"unit": 0, "title": "The cell wall", "score": 900, "isSatisfied": True}
