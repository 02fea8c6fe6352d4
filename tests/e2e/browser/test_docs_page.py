"""The documentation page of the deployed stack: operations are found, and tried out against the same server."""

import pytest

from tests.e2e.browser.conftest import NARROW, WIDE, Viewer, is_cut, keep
from tests.e2e.conftest import Stack

PATIENCE = 120_000
"""Milliseconds that the page may take to lay out the document on a busy machine."""
pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]


def test_an_operation_is_found_by_its_path_and_tried_out(stack: Stack, viewer: Viewer) -> None:
    page = viewer.context(WIDE).new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{stack.facts['apiUrl']}/docs")
    page.locator(".filter input").fill("/api/health", timeout=PATIENCE)
    block = page.locator(".opblock").filter(has_text="/api/health").first
    block.click()
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response-col_status")
    answer.first.wait_for()
    assert "200" in answer.all_inner_texts()[-1]
    keep(page, "docs-page")
    assert complaints == []


def test_the_page_fits_a_phone(stack: Stack, viewer: Viewer) -> None:
    page = viewer.context(NARROW).new_page()
    page.goto(f"{stack.facts['apiUrl']}/docs")
    page.locator(".opblock-tag").first.wait_for(timeout=PATIENCE)
    keep(page, "docs-page-narrow")
    assert not is_cut(page)
