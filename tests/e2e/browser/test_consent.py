"""The page on which a person lets an app in, in a browser against the deployed stack, wide and narrow."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import NARROW, WIDE, Viewer, faults, is_cut, keep
from tests.e2e.conftest import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]
PATIENCE = 60_000
"""Milliseconds that a cold function may take on a busy machine."""
BACK = "https://timetable.example.org/back"
VERIFIER = "v" * 64


@pytest.fixture
def app(main_stack: Stack) -> dict[str, Any]:
    """An app that asks for three rights."""
    wanted = {"name": "Timetable", "redirectUris": [BACK], "scopes": ["openid", "email", "courses:read"]}
    made: dict[str, Any] = main_stack.as_("admin").post("/api/admin/oauth-clients", wanted).data
    return made


def open_page(main_stack: Stack, viewer: Viewer, app: dict[str, Any], width: int, **more: Any) -> Page:
    """Open the page as an app leads there; a complaint of the browser fails the test, and the app's page is made up."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": app["clientId"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid email courses:read",
        "state": "from-the-app",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **more,
    }
    page = viewer.context(width).new_page()
    page.set_default_timeout(PATIENCE)
    page.route(f"{BACK}*", answered)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{main_stack.facts['apiUrl']}/api/oauth/consent?{urlencode(asked)}")
    return page


def answered(route: Route) -> None:
    """Stand in for the app."""
    route.fulfill(status=200, content_type="text/html", body="<title>App</title>back")


def sign_in(page: Page, main_stack: Stack, person: str) -> None:
    account = main_stack.facts["accounts"][person]
    page.locator("input[name=identifier]").fill(account["email"])
    page.locator("input[name=password]").fill(account["password"])
    page.get_by_role("button").click()


def led_back(page: Page) -> dict[str, str]:
    page.wait_for_url(re.compile(re.escape(BACK)))
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize(("width", "name"), [(WIDE, "consent-wide"), (NARROW, "consent-narrow")])
def test_somebody_signs_in_reads_what_is_wanted_and_lets_the_app_in(
    main_stack: Stack, viewer: Viewer, app: dict[str, Any], width: int, name: str
) -> None:
    page = open_page(main_stack, viewer, app, width)
    page.locator("input[name=identifier]").wait_for()
    assert faults(page) == [] and not is_cut(page)
    keep(page, f"{name}-sign-in")
    sign_in(page, main_stack, "student")
    page.locator("#allow").wait_for()
    expect(page.locator("#consent")).to_contain_text("Timetable")
    assert page.locator("#consent li").count() == 3
    expect(page.locator("#consent")).to_contain_text(main_stack.facts["accounts"]["student"]["email"])
    assert faults(page) == [] and not is_cut(page)
    keep(page, name)
    page.locator("#allow").click()
    back = led_back(page)
    assert back["state"] == "from-the-app" and back["code"]


def test_who_declines_and_what_is_wrong_are_told(main_stack: Stack, viewer: Viewer, app: dict[str, Any]) -> None:
    page = open_page(main_stack, viewer, app, NARROW)
    page.locator("input[name=identifier]").fill("nobody@example.com")
    page.locator("input[name=password]").fill("not it at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    sign_in(page, main_stack, "student")
    page.locator("#deny").click()
    assert led_back(page)["error"] == "access_denied"
    stranger = open_page(main_stack, viewer, app, NARROW, redirect_uri="https://evil.example.org/")
    sign_in(stranger, main_stack, "student")
    expect(stranger.get_by_role("alert")).to_contain_text("address")
    assert stranger.url.startswith(main_stack.facts["apiUrl"])
    keep(stranger, "consent-refused")
