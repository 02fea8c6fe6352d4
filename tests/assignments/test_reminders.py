"""Reminders: once for each student and due date, however late, often or rarely the schedule runs."""

import pytest

from lyceum.kit.jobs import tenants
from lyceum.kit.jobs.tenants import JobIncomplete
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.assignments import Assignment
from tests.assignments.conftest import DUE, Term
from tests.courses.conftest import School
from tests.support.acting import acting
from tests.support.http import LAMBDA, Client
from tests.support.workers import deliver

from functions.assignments import jobs
from functions.assignments.events import coursework


@pytest.fixture(autouse=True)
def one_tenant(tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the schedule visit the test's tenant only."""
    listed = tenants.listed
    monkeypatch.setattr(tenants, "listed", lambda: [each for each in listed() if each.tenant_name == tenant])


def run(term: Term) -> None:
    with acting("functions.assignments.jobs"):
        jobs.handler({"job": "due_assignments"}, LAMBDA)
    client = term.school.client
    assert deliver(client.cloud, client.tenant, rounds=8) == 0


def reminded(*students: Client) -> list[int]:
    return [len(student.get("/api/notifications", {"type": "assignment.due_soon"}).data) for student in students]


def test_those_who_handed_nothing_in_are_reminded_once(term: Term) -> None:
    assignment_id = term.assignment()
    term.submit(term.bola, assignment_id)
    run(term)
    assert reminded(term.ada, term.bola) == [0, 0]
    term.late(hours=-24)
    for _ in range(3):
        run(term)
        term.clock.advance(hours=1)
    assert reminded(term.ada, term.bola) == [1, 0]
    assert term.ada.get("/api/notifications").data[0]["title"] == "Due soon: Essay"


def test_the_last_hour_is_told_too_and_once(term: Term) -> None:
    term.assignment()
    term.late(hours=-20)
    run(term)
    term.late(minutes=-61)
    run(term)
    assert reminded(term.ada) == [1]
    for minutes in (-60, -45, -5):
        term.late(minutes=minutes)
        run(term)
    assert reminded(term.ada) == [2]
    assert [each["data"]["hoursLeft"] for each in term.ada.get("/api/notifications").data] == ["1", "24"]


def test_a_schedule_that_stood_still_reminds_as_long_as_it_helps(term: Term) -> None:
    term.assignment()
    term.late(minutes=-5)
    run(term)
    assert reminded(term.ada) == [1]
    term.assignment(title="Missed", dueAt="2027-01-22T12:00:00Z")
    term.late(days=10)
    run(term)
    assert reminded(term.ada) == [1]


def test_another_due_date_is_told_again(term: Term) -> None:
    assignment_id = term.assignment()
    term.late(hours=-3)
    run(term)
    fields = {"title": "Essay", "points": "20", "dueAt": "2027-01-25T12:00:00Z"}
    term.teacher.put(f"/api/assignments/{assignment_id}", fields)
    run(term)
    assert reminded(term.ada) == [1]
    term.late(days=4)
    run(term)
    assert reminded(term.ada) == [2]


def test_who_has_more_time_or_left_is_not_reminded(term: Term) -> None:
    assignment_id = term.assignment()
    extension = {"userId": term.ada.user_id, "dueAt": "2027-01-30T12:00:00Z"}
    fields = {"title": "Essay", "points": "20", "dueAt": "2027-01-20T23:59:00"}
    term.teacher.put(f"/api/assignments/{assignment_id}", {**fields, "extensions": [extension]})
    term.bola.delete(f"/api/courses/{term.course_id}/enroll")
    term.late(hours=-3)
    run(term)
    assert reminded(term.ada, term.bola) == [0, 0]


def test_a_large_course_is_reminded_in_pages(school: School, term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coursework, "_PAGE", 2)
    students = [school.student(term.course_id, name=f"s{number}") for number in range(5)]
    term.assignment()
    term.late(hours=-3)
    run(term)
    assert reminded(*students) == [1] * 5


def test_an_assignment_that_changes_under_the_run_is_left_to_the_next(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment_id = term.assignment()
    term.late(hours=-3)
    read = Assignment.require(assignment_id=assignment_id)
    read.due_at = DUE.replace(day=19)
    jobs.notice(read)
    assert Assignment.require(assignment_id=assignment_id).reminder == "pending"

    def fail(*_: object) -> None:
        raise ConditionFailed

    monkeypatch.setattr(Unit, "commit", fail)
    jobs.notice(Assignment.require(assignment_id=assignment_id))


def test_what_a_run_has_no_time_for_is_left_to_the_next(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    term.assignment()
    term.late(hours=-3)
    with monkeypatch.context() as short:
        short.setattr(LAMBDA, "get_remaining_time_in_millis", lambda: 1000)
        run(term)
    assert reminded(term.ada) == [0]
    run(term)
    assert reminded(term.ada) == [1]


def test_a_tenant_that_fails_is_reported_after_the_others(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    term.assignment()
    monkeypatch.setattr(jobs, "find_all", lambda *_, **__: 1 / 0)
    with pytest.raises(JobIncomplete):
        jobs.handler({"job": "due_assignments"}, LAMBDA)
