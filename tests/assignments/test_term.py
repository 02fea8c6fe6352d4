"""A term from its first day to the last, and what is left of the course when it is deleted."""

import pytest

from infra.functions import FUNCTIONS, families
from tests.assignments.conftest import Term, traces
from tests.assignments.test_reports import hand, quiz_result
from tests.courses.test_thumbnails import made_ready, opened, told
from tests.support.acting import acting, recorded
from tests.support.http import LAMBDA
from tests.support.jobs import run
from tests.support.workers import deliver

from functions.assignments import jobs
from functions.assignments.events import coursework, purge
from functions.courses import jobs as course_jobs


@pytest.mark.parametrize("slice_size", [1, 200])
def test_a_deleted_course_leaves_its_grades_with_their_students_and_nothing_else(
    term: Term, monkeypatch: pytest.MonkeyPatch, slice_size: int
) -> None:
    monkeypatch.setattr(purge, "_ASSIGNMENTS", slice_size)
    client, admin = term.school.client, term.school.client.as_("admin")
    kept, forced = term.assignment(instructions="<p>x</p>"), term.assignment(title="Gone")
    for student in (term.ada, term.bola):
        for assignment_id in (kept, forced):
            term.submit(student, assignment_id)
            term.grade(assignment_id, student)
    hand(coursework.consumer, quiz_result(term.ada, term.course_id, 5))
    admin.send("DELETE", f"/api/assignments/{forced}", None, {"force": "true"})
    deliver(client.cloud, client.tenant)
    path, grades = f"/api/courses/{term.course_id}", f"/api/grades/{term.ada.user_id}"
    (before,) = term.ada.get(grades).data["courses"]
    assert term.teacher.delete(path).error.code == "HAS_GRADES"
    assert admin.send("DELETE", path, None, {"force": "true"}).status == 200
    assert term.ada.get(f"{path}/assignments").status == term.teacher.get(f"{path}/gradebook").status == 404
    assert term.ada.get(f"/api/assignments/{kept}").status == term.submit(term.ada, kept).status == 404
    assert term.ada.get("/api/assignments").data == []
    assert deliver(client.cloud, client.tenant, rounds=20) == 0
    for reader in (term.ada, admin):
        (after,) = reader.get(grades).data["courses"]
        assert {**before, "isDeleted": True} == after
    assert term.teacher.get(grades).data["courses"] == []
    kinds = set(traces(client, term.course_id, kept, forced))
    assert kinds == {"assignment_index", "course", "course_outline", "grade_sheet"}


def test_drafts_of_an_assignment_that_was_taken_away_go_with_its_course(term: Term) -> None:
    client, admin = term.school.client, term.school.client.as_("admin")
    assignment_id = term.assignment()
    term.submit(term.ada, assignment_id)
    term.grade(assignment_id, term.ada, release=False)
    for path in (f"/api/assignments/{assignment_id}", f"/api/courses/{term.course_id}"):
        assert admin.send("DELETE", path, None, {"force": "true"}).status == 200
        assert deliver(client.cloud, client.tenant, rounds=12) == 0
    assert traces(client, term.course_id, assignment_id) == []


def test_roles_allow_what_their_functions_do(term: Term) -> None:
    client = term.school.client
    with recorded() as touches:
        before = term.school.course()
        path = f"/api/courses/{term.course_id}"
        lesson_id = term.school.lesson(term.course_id, body="<p>x</p>")
        term.teacher.post(f"{path}/prerequisites", {"prerequisiteId": before})
        term.teacher.post(f"/api/lessons/{lesson_id}/content", {"uploadIds": []})
        term.teacher.post(
            f"/api/lessons/{lesson_id}/media", {"fileName": "a.png", "contentType": "image/png", "sizeBytes": 10}
        )
        term.school.complete(term.ada, lesson_id)
        term.ada.post(f"{path}/ratings", {"stars": 5})
        term.teacher.post("/api/announcements", {"courseId": term.course_id, "title": "Hello", "body": "x"})
        assignment_id = term.assignment(dueAt="2027-01-12T08:00:00Z", instructions="<p>x</p>")
        with acting("functions.assignments.jobs"):
            jobs.handler({"job": "due_assignments"}, LAMBDA)
        deliver(client.cloud, client.tenant)
        term.submit(term.ada, assignment_id)
        deliver(client.cloud, client.tenant)
        term.grade(assignment_id, term.ada)
        deliver(client.cloud, client.tenant)
        for read in ("", "/lessons", "/students", "/progress", "/ratings", "/assignments", "/gradebook"):
            term.teacher.get(f"{path}{read}")
        for read in (
            f"/api/assignments/{assignment_id}",
            f"/api/grades/{term.ada.user_id}",
            "/api/assignments",
            "/api/announcements",
        ):
            assert [caller.get(read).status for caller in (term.ada, term.teacher)] == [200, 200]
        with acting("functions.assignments.events.coursework"):
            hand(coursework.consumer, quiz_result(term.ada, term.course_id, 5))
        colleague = client.as_("colleague", "instructor")
        term.teacher.put(f"{path}/teachers", {"teacherIds": [colleague.user_id]})
        picture = opened(term.school, term.course_id)
        made_ready(picture)
        with acting("functions.courses.events.thumbnails"):
            assert told(picture) == 0
        copy = colleague.post(f"{path}/copy", {})
        assert copy.status == 201
        deliver(client.cloud, client.tenant)
        assert term.teacher.post(f"{path}/gradebook", {}).status == 202
        deliver(client.cloud, client.tenant)
        run(course_jobs)
        client.as_("admin").send("DELETE", path, None, {"force": "true"})
        deliver(client.cloud, client.tenant, rounds=20)
    rows = {function.entry: function for function in FUNCTIONS}
    touched = {touch for touch in touches if touch.function in rows}
    assert {touch.function for touch in touched} >= {
        name for name in rows if name.startswith(("functions.courses.", "functions.assignments."))
    }
    assert [
        touch for touch in touched if touch.family not in families(rows[touch.function], writes=touch.is_write)
    ] == []
