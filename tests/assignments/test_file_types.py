"""An assignment asks for files that students can send, and for no others."""

import pytest

from tests.assignments.conftest import Term
from tests.content.office_documents import DOCX, ODT, PPTX, XLSX


def test_office_documents_may_be_asked_for(term: Term) -> None:
    assignment_id = term.assignment(maxFiles=1, fileTypes=[DOCX, PPTX, XLSX, ODT, "application/pdf"])
    assert len(term.ada.get(f"/api/assignments/{assignment_id}").data["fileTypes"]) == 5


@pytest.mark.parametrize("wanted", ["application/msword", "image/tiff", "application/x-msdownload", "video/x-matroska"])
def test_a_type_that_no_upload_takes_is_refused_when_the_assignment_is_made_and_changed(
    term: Term, wanted: str
) -> None:
    body = {"courseId": term.course_id, "title": "Essay", "points": "5", "maxFiles": 1, "fileTypes": [wanted]}
    refused = term.teacher.post("/api/assignments", body)
    assert (refused.status, refused.error.fields) == (400, {"fileTypes[0]"})
    changed = term.teacher.put(f"/api/assignments/{term.assignment()}", {**body, "courseId": None})
    assert changed.status == 400
