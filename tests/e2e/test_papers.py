"""A paper in the deployed stack: printed, filled in by hand, scanned, scored, ruled on, and reproduced to the byte."""

import json
from io import BytesIO
from typing import Any

import pypdfium2
import pytest

from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_exams import questions_of
from tests.e2e.test_uploads import send, settled
from tests.support.papers.scanned_sheets import Printed, fill_as_told

from functions.exams.printing import sheet_layout

pytestmark = pytest.mark.e2e


def test_a_paper_goes_out_in_print_and_comes_back_as_results(stack: Stack) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    sections = [{"title": "Objectives", "questionIds": questions_of("mth-101")[:4]}]
    body = {"title": "Mock", "blueprint": {"sections": sections, "seed": "june"}}
    paper = teacher.post("/api/papers/generate", body).data
    path = f"/api/papers/{paper['assessmentId']}"
    assert teacher.send("PUT", path, {"published": True}, {}).status == 200
    for part in ("paper", "marking", "answers"):
        one, two = (_pdf(teacher, f"{path}/pdf?part={part}") for _ in range(2))
        assert one == two
        assert one.startswith(b"%PDF-")
    whose = student.get("/api/profile").data["userId"]
    printed = _pdf(teacher, f"{path}/pdf?part=answers&candidateId={whose}")
    asked = paper["forms"][0]["questions"]
    pages = [
        page.render(scale=200 / 72, grayscale=True).to_pil().convert("L") for page in pypdfium2.PdfDocument(printed)
    ]
    rows = [
        sheet.rows for sheet in sheet_layout.sheets([{**each, "question_id": each["questionId"]} for each in asked])
    ]
    right = {each["questionId"]: _letters(each) for each in asked if each.get("options")}
    filled = fill_as_told(Printed(paper["assessmentId"], pages, rows), 0, right)
    scanned = BytesIO()
    filled.picture.rotate(3, expand=True, fillcolor=255).save(scanned, "PDF", resolution=200)
    file = {"fileName": "hall.pdf", "contentType": "application/pdf", "sizeBytes": len(scanned.getvalue())}
    slot = teacher.post("/api/uploads", {"purpose": "answer_sheet", **file}).data
    assert send(slot, scanned.getvalue(), "application/pdf") == 204
    assert settled(teacher, slot["uploadId"])["state"] == "ready"
    job = teacher.post(f"{path}/scans", {"uploadIds": [slot["uploadId"]]}).data
    eventually(lambda: teacher.get(f"/api/jobs/{job['jobId']}").data["state"] == "done", "the sheet to be read")
    scored = eventually(lambda: _scored(teacher, path), "the sheet to be scored")
    assert scored["candidateId"] == whose
    result = student.get(f"/api/exams/{scored['examId']}/summary").data
    marked = sum(float(each["marks"]) for each in asked if each["questionId"] in right)
    assert float(result["score"]) == marked, json.dumps(result)
    ruling = {"ruling": "left_out", "questionId": asked[0]["questionId"], "reason": "It was ambiguous"}
    regrade = teacher.post(f"/api/assessments/{paper['assessmentId']}/regrade", ruling).data
    eventually(lambda: teacher.get(f"/api/jobs/{regrade['jobId']}").data["state"] == "done", "the regrade")
    again = student.get(f"/api/exams/{scored['examId']}/summary").data
    assert float(again["maxScore"]) == float(result["maxScore"]) - float(asked[0]["marks"])


def _pdf(teacher: Remote, path: str) -> bytes:
    return teacher.get(path).text.encode(errors="surrogateescape")


def _letters(question: dict[str, Any]) -> str:
    right = set(question.get("correctOptionIds") or ())
    return "".join("ABCDEFGH"[place] for place, each in enumerate(question["options"]) if each["id"] in right)


def _scored(teacher: Remote, path: str) -> dict[str, Any] | None:
    found = teacher.get(f"{path}/scans").data
    return next((dict(each) for each in found if each["state"] == "scored"), None)
