"""Bulk import in the deployed stack: inside the request and by a presigned upload, from a file to waiting questions."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from demo.load import demo_id
from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_uploads import send
from tests.imports.formats.test_pictures_of_tables import float_over, workbook
from tests.imports.formats.test_qti import item, packed, response

pytestmark = pytest.mark.e2e
DEMO = Path(__file__).parents[2] / "demo/import.csv"
PATH = "/api/admin/import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def opened(who: Remote, kind: str, mark: str, **source: Any) -> dict[str, Any]:
    asked = {
        "format": kind,
        "fileName": f"questions.{kind}",
        "defaults": {"courseId": demo_id("mth-101"), "topicId": topic(), "tags": [mark]},
    }
    job: dict[str, Any] = who.post(f"{PATH}/questions", {**asked, **source}).data
    return job


def topic() -> str:
    return demo_id("mth-101-quadratics-progressions")


def reached(who: Remote, job_id: str, state: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        shown: dict[str, Any] = who.get(f"{PATH}/{job_id}").data
        return shown if shown["state"] in {state, "failed"} else None

    shown = eventually(look, f"the import is {state}")
    assert shown["state"] == state, shown.get("reason")
    return shown


def demonstration() -> str:
    """Return the demonstration's file; only the question that the bank has already has the same words each time."""
    out, mark = io.StringIO(), ids.new_id()
    header, *rows = csv.reader(io.StringIO(DEMO.read_text()))
    place = header.index("stem")
    for row in rows:
        row[place] += "" if row[place].startswith("Solve") else f" ({mark})"
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


def waiting(who: Remote, job_id: str) -> list[dict[str, Any]]:
    """Return the questions of an import that wait for a moderator; their ids begin as the import's does."""
    found, cursor = [], ""
    while True:
        page = who.get(f"/api/admin/questions/pending?limit=100{cursor}")
        found += [each for each in page.data if each["questionId"].startswith(job_id[:-5])]
        if not (after := page.json["pagination"].get("nextCursor")):
            return found
        cursor = f"&cursor={after}"


def test_a_file_inside_the_request_becomes_questions_that_wait(stack: Stack) -> None:
    moderator = stack.as_("moderator")
    job_id = opened(moderator, "csv", "inline", text=demonstration())["jobId"]
    assert reached(moderator, job_id, "parsed")["rows"] == {
        "total": 11,
        "ready": 9,
        "duplicate": 1,
        "wrong": 1,
        "done": 0,
    }
    rows = moderator.get(f"{PATH}/{job_id}/preview?limit=20").data
    assert [row["outcome"] for row in rows] == ["create"] * 9 + ["duplicate", "wrong"]
    assert rows[9]["duplicateOfQuestionId"] and rows[10]["problems"][0]["field"] == "correct"
    errors = moderator.get(f"{PATH}/{job_id}/errors?format=csv")
    assert errors.headers["Content-Type"] == "text/csv" and "How many ways are there to seat four people" in errors.text
    assert waiting(moderator, job_id) == []
    assert stack.as_("instructor").get(f"{PATH}/{job_id}").status == 404
    moderator.post(f"{PATH}/{job_id}/confirm")
    done = reached(moderator, job_id, "completed")
    assert (done["questionsWritten"], done["percent"]) == (9, 100)
    assert len(waiting(moderator, job_id)) == 9
    assert job_id in [each["jobId"] for each in moderator.get(f"{PATH}/history?state=completed").data]
    told = eventually(lambda: moderator.get("/api/notifications?type=import.completed").data, "the notification")
    assert job_id in [each["data"]["jobId"] for each in told]


@pytest.mark.parametrize("kind", ["xlsx", "qti"])
def test_a_file_sent_to_storage_is_approved_by_another(stack: Stack, kind: str) -> None:
    moderator, admin = stack.as_("moderator"), stack.as_("admin")
    mark = ids.new_id()[-10:].lower()
    stem = f"Is a {kind} file a package of files ({mark})?"
    choice = f'<p>{stem}</p><choiceInteraction responseIdentifier="R" maxChoices="1">{{}}</choiceInteraction>'
    options = '<simpleChoice identifier="A">Yes</simpleChoice><simpleChoice identifier="B">No</simpleChoice>'
    files = {
        "xlsx": (
            XLSX,
            workbook(float_over(1, 0), [["stem", "option_a", "option_b", "correct"], [stem, "Yes", "No", "a"]]),
        ),
        "qti": ("application/zip", packed({"item.xml": item(choice.format(options), response("A"))})),
    }
    content_type, body = files[kind]
    job = opened(moderator, kind, mark, sizeBytes=len(body))
    assert job["state"] == "waiting"
    assert send(job["upload"], b"x" * (len(body) + 1), content_type) == 400
    assert send(job["upload"], body, content_type) in {200, 201, 204}
    assert reached(moderator, job["jobId"], "parsed")["rows"]["ready"] == 1
    refused = moderator.post(f"{PATH}/{job['jobId']}/confirm", {"approve": True})
    assert (refused.status, refused.json["error"]["code"]) == (422, "RULE_VIOLATION")
    admin.post(f"{PATH}/{job['jobId']}/confirm", {"approve": True})
    assert reached(admin, job["jobId"], "completed")["questionsWritten"] == 1
    shown = stack.api.get(f"/api/questions?tag={mark}&topicId={topic()}").data
    assert [stem in question["stem"] for question in shown] == [True]
    if kind == "xlsx":
        picture = shown[0]["stem"].partition("upload:")[2][:26]
        eventually(lambda: admin.get(f"/api/uploads/{picture}").data["state"] == "ready", "its picture is an upload")


def test_what_is_no_file_of_its_format_fails_with_the_reason(stack: Stack) -> None:
    moderator = stack.as_("moderator")
    job_id = opened(
        moderator,
        "moodle_xml",
        "broken",
        text='<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>',
    )["jobId"]
    assert "document type" in reached(moderator, job_id, "failed")["reason"]
