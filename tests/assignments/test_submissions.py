"""Handing in: on time or late, as often as is allowed, what is allowed, seen by those it concerns."""

from functools import partial
from typing import Any

import pytest

from lyceum.model.assignments import Submission
from tests.assignments.conftest import Term, records, together, who
from tests.courses.test_lessons import upload
from tests.support.workers import deliver

from functions.assignments import submissions
from functions.assignments.schemas.submissions import Submit


def test_work_goes_from_not_started_to_submitted(term: Term) -> None:
    assignment_id = term.assignment(instructions="<p>Write.</p><script>x</script>")
    path = f"/api/assignments/{assignment_id}"
    shown = term.ada.get(path)
    assert (shown.data["instructions"], shown.data["own"]["state"]) == ("<p>Write.</p>", "not_started")
    assert shown.data["dueAt"] == "2027-01-20T22:59:00.000Z"
    assert {"extensions", "statistics", "submissions"}.isdisjoint(shown.data)
    assert [term.ada.post(f"{path}/start").data["state"] for _ in range(2)] == ["in_progress"] * 2
    reply = term.submit(term.ada, assignment_id)
    assert [name for name in reply.cost.operations if name != "UpdateItem"] == [
        "Query",
        "BatchGetItem",
        "TransactWriteItems",
    ]
    own = term.ada.get(path).data["own"]
    assert (own["state"], own["attempts"], own["attemptsLeft"], own["latest"]["text"]) == (
        "submitted",
        1,
        0,
        "<p>My work.</p>",
    )
    assert len(term.ada.get(path).cost.operations) <= 3
    assert term.bola.get(path).data["own"]["state"] == "not_started"


def test_strangers_and_those_who_left_hand_nothing_in(term: Term) -> None:
    assignment_id = term.assignment()
    stranger = term.school.client.as_("eve", "student")
    assert [
        term.submit(stranger, assignment_id).error.code,
        stranger.get(f"/api/assignments/{assignment_id}").error.code,
    ] == ["NOT_ENROLLED"] * 2
    term.bola.delete(f"/api/courses/{term.course_id}/enroll")
    assert term.submit(term.bola, assignment_id).error.code == "NOT_ENROLLED"
    assert term.submit(term.ada, "0" * 26).status == 404
    assert term.school.client.of("elsewhere").as_("student").get(f"/api/assignments/{assignment_id}").status == 404


def test_attempts_run_out(term: Term) -> None:
    assignment_id = term.assignment(maxAttempts=2)
    assert [term.submit(term.ada, assignment_id, f"<p>{number}</p>").status for number in range(3)] == [200, 200, 422]
    assert term.submit(term.ada, assignment_id).error.fields == {"NO_ATTEMPTS_LEFT"}
    assert records(assignment_id, term.ada) == [(1, "SubmissionAttempt"), (2, "SubmissionAttempt")]
    assert term.ada.get(f"/api/assignments/{assignment_id}").data["own"]["latest"]["text"] == "<p>1</p>"


def test_two_submissions_at_once_leave_one(term: Term) -> None:
    assignment_id = term.assignment()
    wanted = Submit(assignment_id=assignment_id, text="x")
    results = together(*[partial(submissions.submit, who(term.ada), wanted)] * 3)
    assert results.count("done") == 1
    assert set(results) <= {"done", "EDIT_CONFLICT", "RULE_VIOLATION"}
    assert records(assignment_id, term.ada) == [(1, "SubmissionAttempt")]


@pytest.mark.parametrize(("kind", "status", "days"), [("none", 200, 1), ("deduct", 200, 1), ("refuse", 422, None)])
def test_late_work_meets_the_policy(term: Term, kind: str, status: int, days: int | None) -> None:
    assignment_id = term.assignment(latePolicy={"kind": kind, "percentPerDay": "10"})
    term.late(seconds=0)
    assert term.submit(term.bola, assignment_id).data["daysLate"] == 0
    term.late(seconds=1)
    reply = term.submit(term.ada, assignment_id)
    assert reply.status == status
    if days is None:
        assert reply.error.fields == {"TOO_LATE"}
    else:
        assert reply.data["daysLate"] == days


def test_an_extension_is_one_students_own(term: Term) -> None:
    assignment_id = term.assignment(latePolicy={"kind": "refuse"})
    fields = {"title": "Essay", "points": "20", "dueAt": "2027-01-20T23:59:00", "latePolicy": {"kind": "refuse"}}
    extension = {"userId": term.ada.user_id, "dueAt": "2027-01-22T23:59:00", "extraAttempts": 1}
    path = f"/api/assignments/{assignment_id}"
    changed = term.teacher.put(path, {**fields, "extensions": [extension]})
    assert changed.data["extensions"][0]["dueAt"] == "2027-01-22T22:59:00.000Z"
    assert term.teacher.put(path, fields).data["extensions"] == changed.data["extensions"], "not named, they stay"
    term.late(days=1)
    assert [term.submit(student, assignment_id).status for student in (term.ada, term.bola, term.ada, term.ada)] == [
        200,
        422,
        200,
        422,
    ]
    assert term.ada.get(path).data["own"]["dueAt"] == "2027-01-22T22:59:00.000Z"
    assert "extensions" not in term.ada.get(path).data


@pytest.mark.parametrize(
    ("fields", "given", "rule"),
    [
        ({}, {"text": None}, "NOTHING_TO_SUBMIT"),
        ({"acceptsText": False, "maxFiles": 1}, {}, "TEXT_NOT_ACCEPTED"),
        ({}, {"uploadIds": ["0" * 26]}, "FILES_NOT_ACCEPTED"),
        ({"maxFiles": 2}, {"uploadIds": ["0" * 26]}, "UPLOAD_NOT_READY"),
    ],
)
def test_only_what_the_assignment_takes_is_taken(
    term: Term, fields: dict[str, Any], given: dict[str, Any], rule: str
) -> None:
    refused = term.submit(term.ada, term.assignment(**fields), **given)
    assert refused.status == 422
    assert rule in refused.error.fields


def test_files_are_ones_own_ready_and_of_an_allowed_type(term: Term) -> None:
    assignment_id = term.assignment(acceptsText=False, maxFiles=3, fileTypes=["application/pdf"])
    pdf = {"content_type": "application/pdf"}
    good, foreign, waiting, picture = (
        upload(term.ada, **pdf),
        upload(term.bola, **pdf),
        upload(term.ada, **pdf, state="processing"),
        upload(term.ada),
    )
    refused = term.submit(term.ada, assignment_id, text=None, uploadIds=[foreign, waiting, picture])
    assert refused.error.fields == {"UPLOAD_NOT_READY", "uploadIds[0]", "uploadIds[1]", "uploadIds[2]"}
    assert term.submit(term.ada, assignment_id, text=None, uploadIds=[good]).data["latest"]["uploadIds"] == [good]


def test_own_assignments_of_all_courses_by_due_date(term: Term) -> None:
    other = term.school.course(title="Music", timeZone="UTC")
    term.ada.post(f"/api/courses/{other}/enroll")
    late, soon = (
        term.assignment(title="Late", dueAt="2027-02-01T12:00:00Z"),
        term.assignment(title="Soon", courseId=other, dueAt="2027-01-12T12:00:00Z"),
    )
    term.assignment(title="Whenever", dueAt=None)
    term.submit(term.ada, late)
    reply = term.ada.get("/api/assignments")
    assert [(row["title"], row["state"]) for row in reply.data] == [
        ("Soon", "not_started"),
        ("Late", "submitted"),
        ("Whenever", "not_started"),
    ]
    assert reply.cost.operations == ["Query", "BatchGetItem", "Query"]
    assert [row["courseTitle"] for row in term.ada.get("/api/assignments", {"status": "submitted"}).data] == [
        "Computer Programming"
    ]
    assert [row["assignmentId"] for row in term.ada.get("/api/assignments", {"courseId": other}).data] == [soon]
    assert term.ada.get("/api/assignments", {"sort": "-dueAt"}).data[0]["title"] == "Whenever"
    first = term.ada.get("/api/assignments", {"limit": 1})
    assert (
        term.ada.get("/api/assignments", {"limit": 2, "cursor": first.pagination["nextCursor"]}).data[0]["title"]
        == "Late"
    )
    listed = term.ada.get(f"/api/courses/{term.course_id}/assignments")
    assert [(row["title"], row["state"]) for row in listed.data] == [("Late", "submitted"), ("Whenever", "not_started")]
    assert listed.cost.operations == ["BatchGetItem", "BatchGetItem"]
    assert [row["title"] for row in term.ada.get(f"/api/courses/{term.course_id}").data["assignments"]["items"]] == [
        "Late",
        "Whenever",
    ]


def test_handing_in_counts_for_progress_and_statistics_once(term: Term) -> None:
    assignment_id, client = term.assignment(maxAttempts=3), term.school.client
    term.submit(term.ada, assignment_id)
    deliver(client.cloud, client.tenant)
    term.late(days=1)
    term.submit(term.ada, assignment_id)
    term.submit(term.bola, assignment_id)
    for _ in range(2):
        assert deliver(client.cloud, client.tenant) == 0
    statistics = term.teacher.get(f"/api/assignments/{assignment_id}").data["statistics"]
    assert (statistics["submitted"], statistics["late"], statistics["graded"]) == (2, 1, 0)
    assert term.ada.get(f"/api/courses/{term.course_id}/progress").data["assignments"] == {"completed": 1, "total": 1}
    assert client.get(f"/api/courses/{term.course_id}").data["statistics"]["assignments"] == 1


def test_an_assignment_is_its_instructors(term: Term) -> None:
    assignment_id, eve = term.assignment(), term.school.client.as_("eve", "instructor")
    path, fields = f"/api/assignments/{assignment_id}", {"title": "Mine now", "points": "20"}
    assert eve.post("/api/assignments", {**fields, "courseId": term.course_id}).status == 403
    calls = [
        eve.put(path, fields),
        eve.delete(path),
        eve.get(f"{path}/submissions"),
        eve.post(f"{path}/rubric", {"criteria": []}),
    ]
    assert [reply.status for reply in calls] == [403, 403, 403, 400]
    etag = term.teacher.get(path).headers["ETag"]
    assert term.teacher.put(path, {**fields, "title": "Report"}, if_match=etag).data["title"] == "Report"
    assert term.teacher.put(path, fields, if_match=etag).status == 412
    assert term.teacher.delete(path, if_match=etag).status == 412
    assert term.ada.get(f"/api/courses/{term.course_id}/assignments").data[0]["title"] == "Report"


def test_an_assignment_without_grades_goes_with_what_was_handed_in(term: Term) -> None:
    assignment_id, client = term.assignment(), term.school.client
    term.submit(term.ada, assignment_id)
    assert term.teacher.delete(f"/api/assignments/{assignment_id}").status == 200
    assert term.ada.get(f"/api/assignments/{assignment_id}").status == 404
    assert term.ada.get("/api/assignments").data == []
    assert deliver(client.cloud, client.tenant) == 0
    assert Submission.fetch(assignment_id=assignment_id, user_id=term.ada.user_id) is None
    assert term.ada.get(f"/api/courses/{term.course_id}/progress").data["assignments"] == {"completed": 0, "total": 0}


def test_a_file_is_handed_in_by_the_address_of_its_upload_too(term: Term) -> None:
    assignment_id = term.assignment(maxFiles=1)
    good = upload(term.ada)
    address = f"https://api.example.org/api/uploads/{good}"
    for wrong in ("https://example.org/essay.pdf", good, f"/api/uploads/{good}/more"):
        assert term.submit(term.ada, assignment_id, text=None, fileUrl=wrong).error.fields == {"fileUrl"}
    foreign = f"/api/uploads/{'0' * 26}"
    assert "UPLOAD_NOT_READY" in term.submit(term.ada, assignment_id, text=None, fileUrl=foreign).error.fields
    both = term.submit(term.ada, assignment_id, text=None, uploadIds=[good], fileUrl=address)
    assert (both.status, both.data["latest"]["uploadIds"]) == (200, [good])


def test_where_a_student_stands_is_told_by_both_of_its_names(term: Term) -> None:
    assignment_id = term.assignment()
    assert term.submit(term.ada, assignment_id).status == 200
    own = term.ada.get(f"/api/assignments/{assignment_id}").data["own"]
    (listed,) = term.ada.get("/api/assignments").data
    assert own["status"] == own["state"] == listed["status"] == listed["state"] == "submitted"
