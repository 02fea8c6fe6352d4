"""A package of SCORM in a browser, against the deployed stack: played on its own origin, heard, kept from all else."""

import pytest

from lyceum.kit import ids
from tests.e2e.browser.conftest import WIDE, Viewer
from tests.e2e.conftest import Stack, eventually
from tests.e2e.test_uploads import send
from tests.integrations.packages.elsewhere import Elsewhere, reaching_unit
from tests.integrations.packages.samples import scorm_12

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]
PATIENCE = 60_000


def _ready(stack: Stack, body: bytes) -> str:
    """Send a package as an author and return its item, once it is processed."""
    author = stack.as_("instructor")
    wanted = {"fileName": "cells.zip", "contentType": "application/zip", "sizeBytes": len(body)}
    slot = author.post("/api/content/upload-url", wanted).data
    assert send(slot, body, "application/zip") < 300
    said = {"uploadId": slot["uploadId"], "title": f"Cells {ids.new_id()}", "subject": "Biology", "gradeLevel": "SS2"}
    content_id = str(author.post("/api/content", said).data["contentId"])
    eventually(lambda: author.get(f"/api/content/{content_id}").data["state"] == "ready", "the processing")
    return content_id


def test_a_unit_is_played_in_its_frame_and_reaches_nothing_else(main_stack: Stack, viewer: Viewer) -> None:
    elsewhere, author = Elsewhere(), main_stack.as_("instructor")
    unit = reaching_unit(elsewhere.address, main_stack.facts["apiUrl"])
    content_id = _ready(main_stack, scorm_12(**{"one/index.html": unit}))
    launched = author.post(f"/xapi/packages/{content_id}/launch", {}).data
    page = viewer.context(WIDE).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(launched["url"])
    frame = page.frame_locator("iframe")
    frame.locator("#told").filter(has_text=",").wait_for()

    def is_heard() -> bool:
        return bool(author.get(f"/xapi/packages/{content_id}").data["units"][0]["isSatisfied"])

    eventually(is_heard, "the report")
    page.frames[1].evaluate("leave()")
    page.wait_for_timeout(2000)
    assert (elsewhere.seen, page.url, len(page.context.pages)) == ([], launched["url"], 1)
    page.context.close()
