"""The console in a browser against the deployed stack: what an administrator does with it, wide and narrow."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import NARROW, WIDE, Viewer, faults, is_cut, keep
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]
PATIENCE = 60_000
"""Milliseconds that a cold function may take on a busy machine."""
QUESTIONS = "::Capital:: The capital of Ghana is {=Accra ~Lagos ~Lomé}\n"


@pytest.fixture
def page(main_stack: Stack, viewer: Viewer) -> Iterator[Page]:
    """The console with an administrator signed in; a complaint of the browser fails the test."""
    made = viewer.context(WIDE).new_page()
    made.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    account = main_stack.facts["accounts"]["admin"]
    made.goto(f"{main_stack.facts['apiUrl']}/console")
    made.fill("#who", account["email"])
    made.fill("#password", account["password"])
    made.get_by_role("button", name="Sign in").click()
    made.get_by_role("button", name="Sign out").wait_for()
    yield made
    made.context.close()
    assert complaints == []


def _open(page: Page, operation: str) -> None:
    page.evaluate("hash => { location.hash = hash }", f"/op/{operation}")


def test_signing_in_with_a_wrong_password_says_so(main_stack: Stack, viewer: Viewer) -> None:
    made = viewer.context(NARROW).new_page()
    made.goto(f"{main_stack.facts['apiUrl']}/console")
    made.fill("#who", "nobody@example.com")
    made.fill("#password", "not it at all")
    made.keyboard.press("Enter")
    made.locator(".problem").wait_for(timeout=PATIENCE)
    assert faults(made) == [] and not is_cut(made)
    keep(made, "console-sign-in")


def test_somebody_is_suspended_after_being_asked_and_the_list_shows_it(page: Page, main_stack: Stack) -> None:
    _open(page, "listUsers")
    row = page.locator("tbody tr").filter(has_text="kwame.asante@")
    row.locator("summary", has_text="Actions").click()
    row.get_by_role("link", name=re.compile("^Suspend")).first.click()
    page.get_by_label(re.compile("^Reason")).fill("A test of the console.")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("button", name="No, go back").click()
    page.locator("main form button[type=submit]").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("section[aria-live]")).to_contain_text("suspended")
    _open(page, "listUsers")
    expect(page.locator("tbody tr").filter(has_text="kwame.asante@")).to_contain_text("suspended")
    keep(page, "console-users")


def test_a_dead_letter_is_found_read_and_sent_again(page: Page, main_stack: Stack) -> None:
    sqs = main_stack.aws("sqs")
    dead = sqs.get_queue_url(QueueName="lyceum-local-outbox-dead")["QueueUrl"]
    detail = {
        "eventId": "01MC1ZKR5C8JY6W2D9E4F7G7HE", "tenant": "main", "actor": "test", "correlationId": "test",
        "at": "2027-01-11T09:45:00Z", "questionId": "0" * 26, "topicId": "0" * 26,
    }  # fmt: skip
    entry = {"name": "question.submitted", "worker": "", "detail": json.dumps(detail)}
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"reason": "test", "keys": {}, "entry": entry}))
    for width, name in ((WIDE, "wide"), (NARROW, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        _open(page, "listQueues?queue=outbox-dead")
        expect(page.locator("main")).to_contain_text("question.submitted")
        assert not is_cut(page)
        assert faults(page) == []
        keep(page, f"console-dead-letter-{name}")
    row = page.locator("tbody tr").filter(has_text="outbox-dead")
    row.locator("summary", has_text="Actions").click()
    row.get_by_role("link", name=re.compile("redrive|send", re.IGNORECASE)).first.click()
    page.locator("main form button[type=submit]").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("section[aria-live]")).to_contain_text(re.compile("sent", re.IGNORECASE))
    keep(page, "console-redriven")
    _open(page, "listQueues?queue=outbox-dead")
    expect(page.locator("main")).not_to_contain_text("question.submitted")


def test_a_refusal_stands_beside_its_field(page: Page) -> None:
    _open(page, "createUniversity")
    page.locator("main form button[type=submit]").click()
    fault = page.locator("[aria-invalid]").first
    fault.wait_for()
    assert page.locator(".fault:not(:empty)").count() >= 1
    assert faults(page) == []


def test_an_import_is_opened_and_watched(page: Page) -> None:
    _open(page, "importQuestions")
    page.get_by_label("Format", exact=False).first.select_option("gift")
    page.get_by_label("File name", exact=False).first.fill("capitals.txt")
    page.get_by_label("Text", exact=True).fill(QUESTIONS)
    page.locator("main form button[type=submit]").click()
    answer = page.locator("section[aria-live]")
    eventually(lambda: "parsed" in answer.inner_text().lower(), "the import is read")
    keep(page, "console-import")


def test_every_operation_has_a_form_that_reads_well_narrow_and_wide(page: Page) -> None:
    links = page.locator("main a[href^='#/op/']").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
    operations = sorted({link.removeprefix("#/op/").partition("?")[0] for link in links})
    assert len(operations) > 50
    found = []
    for index, operation in enumerate(operations):
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            _open(page, operation)
            page.locator("main h1").wait_for()
            found += [f"{operation} {width}: cut"] * is_cut(page)
            if index % 10 == 0:
                found += [f"{operation} {width}: {fault}" for fault in faults(page)]
    assert found == []


def test_the_status_page_is_public_and_fits_a_phone(main_stack: Stack, viewer: Viewer) -> None:
    made = viewer.context(NARROW).new_page()
    made.goto(f"{main_stack.facts['apiUrl']}/console#/status")
    made.locator("main .card").first.wait_for(timeout=PATIENCE)
    assert faults(made) == [] and not is_cut(made)
    keep(made, "console-status")
