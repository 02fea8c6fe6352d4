"""Lateness follows the due date of today, and grades follow lateness."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.kit.jobs import tenants
from lyceum.model.assignments import GradeRecord
from tests.assignments.conftest import Term
from tests.courses.conftest import COURSE
from tests.support.acting import acting
from tests.support.http import LAMBDA, Client
from tests.support.workers import deliver

from functions.assignments import jobs

FIELDS = {"title": "Essay", "points": "20", "dueAt": "2027-01-20T23:59:00"}
POLICY = {"kind": "deduct", "percentPerDay": "10", "floorPercent": "0"}
LATER = "2027-01-23T23:59:00"


def change(term: Term, assignment_id: str, **fields: Any) -> None:
    """Change an assignment and let the workers follow."""
    assert term.teacher.put(f"/api/assignments/{assignment_id}", {**FIELDS, **fields}).status == 200
    settle(term)


def settle(term: Term) -> None:
    assert deliver(term.school.client.cloud, term.school.client.tenant, rounds=6) == 0


def extension(student: Client, due_at: str) -> dict[str, Any]:
    return {"extensions": [{"userId": student.user_id, "dueAt": due_at}]}


def graded_late(term: Term, **fields: Any) -> str:
    """Return an assignment that Ada handed in two days late and got 20 points for, before the deduction."""
    assignment_id = term.assignment(latePolicy=POLICY, **fields)
    term.late(hours=30)
    term.submit(term.ada, assignment_id)
    settle(term)
    term.grade(assignment_id, term.ada, "20")
    settle(term)
    return assignment_id


def seen(term: Term, assignment_id: str) -> dict[str, Any]:
    """Return what the parties see of Ada's lateness and grade."""
    path = f"/api/assignments/{assignment_id}"
    own, taught = term.ada.get(path).data["own"], term.teacher.get(path).data
    (row,) = term.teacher.get(f"{path}/submissions").data
    (listed,) = [each for each in term.ada.get("/api/assignments").data if each["assignmentId"] == assignment_id]
    (course,) = term.ada.get(f"/api/grades/{term.ada.user_id}").data["courses"]
    return {
        "own": (own["daysLate"], own["latest"]["daysLate"], own["grade"]["finalPoints"]),
        "row": (row["daysLate"], row["latest"]["daysLate"], row["grade"]["finalPoints"]),
        "listed": listed["pointsGiven"],
        "percent": course["percent"],
        "late": taught["statistics"]["late"],
        "mean": taught["statistics"]["meanPercent"],
    }


def expected(days: int, points: str, percent: str) -> dict[str, Any]:
    judged = (days, days, points)
    return {
        "own": judged,
        "row": judged,
        "listed": points,
        "percent": percent,
        "late": int(days > 0),
        "mean": percent,
    }


@pytest.mark.parametrize("is_extension", [True, False])
def test_a_later_date_takes_lateness_and_deduction_back(term: Term, is_extension: bool) -> None:
    assignment_id = graded_late(term)
    assert seen(term, assignment_id) == expected(2, "16.00", "80.00")
    later = extension(term.ada, LATER) if is_extension else {"dueAt": LATER}
    change(term, assignment_id, latePolicy=POLICY, **later)
    assert seen(term, assignment_id) == expected(0, "20.00", "100.00")


def test_an_earlier_date_and_another_policy_are_reckoned_too(term: Term) -> None:
    assignment_id = graded_late(term)
    change(term, assignment_id, latePolicy={**POLICY, "percentPerDay": "25"})
    assert seen(term, assignment_id) == expected(2, "10.00", "50.00")
    change(term, assignment_id, latePolicy=POLICY, dueAt="2027-01-19T23:59:00")
    assert seen(term, assignment_id) == expected(3, "14.00", "70.00")


def test_the_days_of_another_time_zone_are_reckoned_too(term: Term) -> None:
    assignment_id = term.assignment(dueAt="2027-03-27T12:00:00Z")
    term.clock.move_to(datetime(2027, 3, 28, 11, 30, tzinfo=UTC))
    term.submit(term.ada, assignment_id)
    path = f"/api/courses/{term.course_id}"
    assert term.ada.get(f"/api/assignments/{assignment_id}").data["own"]["daysLate"] == 1
    term.teacher.put(path, {**COURSE, "timeZone": "Europe/Paris"})
    settle(term)
    own = term.ada.get(f"/api/assignments/{assignment_id}").data["own"]
    assert own["daysLate"] == 2, "in Paris that day is an hour shorter"


def test_the_grade_that_was_given_stays_on_record(term: Term) -> None:
    assignment_id = graded_late(term)
    change(term, assignment_id, latePolicy=POLICY, dueAt=LATER)
    mine = {"assignment_id": assignment_id, "user_id": term.ada.user_id}
    records = [GradeRecord.require(**mine, number=number) for number in (1, 2)]
    assert [(each.cause, each.points, each.final_points) for each in records] == [
        ("grader", "20", "16.00"),
        ("due_date", "20", "20.00"),
    ]
    assert len(term.ada.get("/api/notifications", {"type": "assignment.graded"}).data) == 2


def test_a_draft_stays_the_latest_and_hidden(term: Term) -> None:
    assignment_id = graded_late(term)
    term.grade(assignment_id, term.ada, "10", release=False)
    change(term, assignment_id, latePolicy=POLICY, dueAt=LATER)
    path = f"/api/assignments/{assignment_id}"
    (row,) = term.teacher.get(f"{path}/submissions").data
    assert (row["grade"]["finalPoints"], row["grade"]["isReleased"]) == ("10.00", False)
    assert term.ada.get(f"{path}/feedback").data["finalPoints"] == "20.00"


def test_what_changes_nothing_writes_and_tells_nothing(term: Term) -> None:
    assignment_id = graded_late(term)
    change(term, assignment_id, latePolicy=POLICY, isRequired=False)
    change(term, assignment_id, latePolicy=POLICY, **extension(term.bola, LATER))
    assert GradeRecord.fetch(assignment_id=assignment_id, user_id=term.ada.user_id, number=2) is None
    assert len(term.ada.get("/api/notifications", {"type": "assignment.graded"}).data) == 1


def test_an_extension_never_shortens_what_the_class_has(term: Term) -> None:
    assignment_id = term.assignment()
    change(term, assignment_id, **extension(term.ada, "2027-01-15T12:00:00Z"))
    shown = term.ada.get(f"/api/assignments/{assignment_id}").data["own"]
    assert shown["dueAt"] == "2027-01-20T22:59:00.000Z"
    change(term, assignment_id, dueAt=None)
    assert "dueAt" not in term.ada.get(f"/api/assignments/{assignment_id}").data["own"]


def test_an_extension_shows_wherever_a_due_date_shows(term: Term) -> None:
    early, late = term.assignment(), term.assignment(title="Report", dueAt="2027-01-22T12:00:00Z")
    change(term, early, **extension(term.ada, LATER))
    moved = "2027-01-23T22:59:00.000Z"
    paths = ("/api/assignments", f"/api/courses/{term.course_id}/assignments")
    for path in paths:
        rows = {row["assignmentId"]: row["dueAt"] for row in term.ada.get(path).data}
        assert (list(rows), rows[early]) == ([late, early], moved)
        assert {row["assignmentId"]: row["dueAt"] for row in term.bola.get(path).data}[early] != moved
    page = term.ada.get(f"/api/courses/{term.course_id}").data["assignments"]["items"]
    assert {row["assignmentId"]: row["dueAt"] for row in page}[early] == moved
    shown = term.ada.get(f"/api/assignments/{early}").data
    assert (shown["dueAt"], shown["own"]["dueAt"]) == (moved, moved)
    staff = term.teacher.get(paths[1], {"studentId": term.ada.user_id})
    assert {row["assignmentId"]: row["dueAt"] for row in staff.data}[early] == moved


def test_extensions_get_their_own_reminders(term: Term, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tenants.listed
    monkeypatch.setattr(tenants, "listed", lambda: [each for each in listed() if each.tenant_name == tenant])
    assignment_id = term.assignment()
    later = [
        {"userId": term.ada.user_id, "dueAt": LATER},
        {"userId": term.bola.user_id, "dueAt": "2027-01-25T12:00:00Z"},
    ]
    change(term, assignment_id, extensions=later)

    def reminded() -> list[int]:
        with acting("functions.assignments.jobs"):
            jobs.handler({"job": "due_assignments"}, LAMBDA)
        settle(term)
        return [
            len(each.get("/api/notifications", {"type": "assignment.due_soon"}).data) for each in (term.ada, term.bola)
        ]

    counts = []
    for duration in ({"hours": -1}, {"days": 2, "hours": 5}, {"days": 3, "minutes": -30}, {"days": 4}, {"days": 4.53}):
        term.late(**duration)
        counts.append(reminded())
    assert counts == [[0, 0], [1, 0], [2, 0], [2, 1], [2, 2]]


def test_a_grade_without_a_hand_in_counts(term: Term) -> None:
    assignment_id = term.assignment()
    assert term.grade(assignment_id, term.ada, "12").data["attempt"] == 0
    term.bola.post(f"/api/assignments/{assignment_id}/start")
    assert term.grade(assignment_id, term.bola, "0").status == 200
    settle(term)
    own = term.ada.get(f"/api/assignments/{assignment_id}").data["own"]
    assert (own["state"], own["attempts"], own["grade"]["finalPoints"]) == ("graded", 0, "12.00")
    progress = [each.get(f"/api/courses/{term.course_id}/progress").data["percent"] for each in (term.ada, term.bola)]
    assert progress == [100, 0], "nothing is completed by no points for nothing"
    shown = term.teacher.get(f"/api/assignments/{assignment_id}").data["statistics"]
    assert (shown["submitted"], shown["graded"], shown["meanPercent"]) == (0, 2, "30.00")
    assert term.submit(term.ada, assignment_id).data["attempts"] == 1
    stranger = term.school.client.as_("eve", "student")
    assert term.grade(assignment_id, stranger, "12").status == 404


def test_who_grades_blind_may_grade_those_who_handed_nothing_in(term: Term) -> None:
    assignment_id = term.assignment(isBlind=True)
    term.submit(term.ada, assignment_id)
    assert term.grade(assignment_id, term.ada).error.fields == {"BLIND_GRADING"}
    assert term.grade(assignment_id, term.bola, "0").status == 200


def test_a_grade_that_says_nothing_new_tells_nobody(term: Term) -> None:
    assignment_id = term.assignment()
    term.submit(term.ada, assignment_id)
    for fields in ({}, {}, {"privateNote": "seen twice"}, {"feedback": "<p>Good.</p>"}):
        assert term.grade(assignment_id, term.ada, "15", **fields).status == 200
        settle(term)
    assert len(term.ada.get("/api/notifications", {"type": "assignment.graded"}).data) == 2


def test_a_grade_keeps_the_rubric_that_gave_it(term: Term) -> None:
    assignment_id = term.assignment(points="10")
    path = f"/api/assignments/{assignment_id}"

    def rubric(text: str) -> dict[str, Any]:
        levels = [{"id": "low", "text": "Low", "points": "0"}, {"id": "high", "text": "High", "points": "10"}]
        return {"criteria": [{"id": "idea", "text": text, "levels": levels}]}

    term.submit(term.ada, assignment_id)
    term.teacher.post(f"{path}/rubric", rubric("Idea"))
    chosen = [{"criterionId": "idea", "levelId": "high"}]
    term.teacher.post(f"{path}/grade", {"userId": term.ada.user_id, "criteria": chosen})
    term.teacher.post(f"{path}/rubric", rubric("Another idea"))
    assert term.ada.get(path).data["rubric"][0]["text"] == "Another idea"
    for shown in (term.ada.get(f"{path}/feedback").data, term.ada.get(path).data["own"]["grade"]):
        assert [each["text"] for each in shown["rubric"]] == ["Idea"]
