"""Grading: by points or rubric, as a draft or released, late work deducted, no grade ever lost."""

from functools import partial

import pytest

from lyceum.kit.errors import DomainError
from lyceum.kit.table import find
from lyceum.model.assignments import Assignment, GradeRecord
from tests.assignments.conftest import Term, records, together, who
from tests.support.workers import deliver

from functions.assignments import authoring, submissions
from functions.assignments.grades import grading
from functions.assignments.grades.schemas import Grade
from functions.assignments.schemas.submissions import Submit

RUBRIC = {
    "criteria": [
        {
            "id": "idea",
            "text": "Idea",
            "levels": [
                {"id": "none", "text": "None", "points": "0"},
                {"id": "clear", "text": "Clear", "points": "12.5"},
            ],
        },
        {
            "id": "form",
            "text": "Form",
            "levels": [{"id": "poor", "text": "Poor", "points": "2"}, {"id": "good", "text": "Good", "points": "7.5"}],
        },
    ]
}


def test_a_grade_reaches_its_student(term: Term) -> None:
    assignment_id, client = term.assignment(), term.school.client
    term.submit(term.ada, assignment_id)
    feedback = f"/api/assignments/{assignment_id}/feedback"
    assert term.ada.get(feedback).status == 404
    given = term.grade(assignment_id, term.ada, feedback="<p>Good.</p>", privateNote="check the sources")
    assert (given.data["finalPoints"], given.data["privateNote"], given.data["isReleased"]) == (
        "15.00",
        "check the sources",
        True,
    )
    shown = term.ada.get(feedback)
    assert (shown.data["points"], shown.data["feedback"]) == ("15", "<p>Good.</p>")
    assert "privateNote" not in shown.data
    assert shown.cost.operations == ["GetItem", "GetItem"]
    own = term.ada.get(f"/api/assignments/{assignment_id}").data["own"]
    assert (own["state"], own["grade"]["finalPoints"]) == ("graded", "15.00")
    assert term.bola.get(feedback).status == 404
    deliver(client.cloud, client.tenant)
    assert term.ada.get("/api/notifications").data[0]["title"].startswith("Essay is graded: ")


def test_a_draft_is_seen_by_graders_only_until_it_is_released(term: Term) -> None:
    assignment_id = term.assignment()
    term.submit(term.ada, assignment_id)
    term.grade(assignment_id, term.ada, "12", release=False)
    path = f"/api/assignments/{assignment_id}"
    own = term.ada.get(path).data["own"]
    assert own["state"] == "submitted"
    assert "grade" not in own
    assert term.ada.get(f"{path}/feedback").status == 404
    assert term.ada.get(f"/api/grades/{term.ada.user_id}").data["courses"] == []
    (row,) = term.teacher.get(f"{path}/submissions").data
    assert (row["grade"]["points"], row["grade"]["isReleased"]) == ("12", False)
    term.grade(assignment_id, term.ada, "13")
    assert term.ada.get(f"{path}/feedback").data["points"] == "13"
    term.grade(assignment_id, term.ada, "20", release=False)
    assert term.ada.get(f"{path}/feedback").data["points"] == "13", "the released grade stands"


def test_late_work_loses_its_share_and_no_more_than_the_floor(term: Term) -> None:
    policy = {"kind": "deduct", "percentPerDay": "12.5", "floorPercent": "60"}
    first, second = term.assignment(latePolicy=policy), term.assignment(latePolicy=policy)
    term.late(hours=30)
    term.submit(term.ada, first)
    term.late(days=30)
    term.submit(term.ada, second)
    assert [term.grade(each, term.ada, "17.5").data["finalPoints"] for each in (first, second)] == ["13.13", "10.50"]


def test_the_rubric_adds_up_or_is_refused(term: Term) -> None:
    assignment_id = term.assignment()
    path = f"/api/assignments/{assignment_id}"
    term.submit(term.ada, assignment_id)
    wrong = {"criteria": [RUBRIC["criteria"][0]]}
    assert term.teacher.post(f"{path}/rubric", wrong).error.fields == {"RUBRIC_POINTS"}
    assert term.teacher.post(f"{path}/rubric", RUBRIC).status == 200
    assert [each["id"] for each in term.ada.get(path).data["rubric"]] == ["idea", "form"]
    assert term.teacher.put(path, {"title": "Essay", "points": "30"}).error.fields == {"POINTS_FIXED"}
    body = {"userId": term.ada.user_id, "criteria": [{"criterionId": "idea", "levelId": "clear"}]}
    assert term.teacher.post(f"{path}/grade", body).error.fields == {"RUBRIC_INCOMPLETE", "form"}
    body["criteria"].append({"criterionId": "form", "levelId": "poor"})  # type: ignore[attr-defined]
    assert term.teacher.post(f"{path}/grade", body).data["points"] == "14.5"
    assert term.ada.get(f"{path}/feedback").data["criteria"][1] == {"criterionId": "form", "levelId": "poor"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"points": "20.01"}, 422),
        ({"points": "-1"}, 400),
        ({"points": "1.234"}, 400),
        ({"points": None}, 400),
        ({"submissionId": "0" * 26}, 400),
    ],
)
def test_a_grade_that_can_not_be_is_refused(term: Term, fields: dict[str, object], status: int) -> None:
    assignment_id = term.assignment()
    term.submit(term.ada, assignment_id)
    body = {"userId": term.ada.user_id, "points": "10", **fields}
    assert term.teacher.post(f"/api/assignments/{assignment_id}/grade", body).status == status


def test_a_grade_is_given_to_students_of_the_course_only(term: Term) -> None:
    assignment_id = term.assignment()
    assert term.grade(assignment_id, term.school.client.as_("eve", "student")).status == 404
    assert term.school.client.as_("eve", "instructor").post(f"/api/assignments/{assignment_id}/grade", {}).status == 400


def test_blind_grading_names_nobody_before_the_release(term: Term) -> None:
    assignment_id = term.assignment(isBlind=True)
    term.submit(term.ada, assignment_id)
    path = f"/api/assignments/{assignment_id}"
    listed = term.teacher.get(f"{path}/submissions")
    assert term.ada.user_id not in listed.body
    assert term.ada.user_id not in term.teacher.get(path).body
    assert term.grade(assignment_id, term.ada).error.fields == {"BLIND_GRADING"}
    body = {"submissionId": listed.data[0]["submissionId"], "points": "18"}
    assert term.teacher.post(f"{path}/grade", {**body, "release": False}).status == 200
    assert term.ada.user_id not in term.teacher.get(f"{path}/submissions").body
    term.teacher.post(f"{path}/grade", body)
    assert term.teacher.get(f"{path}/submissions").data[0]["student"]["firstName"] == "Ada"
    other = term.assignment()
    assert term.teacher.post(f"/api/assignments/{other}/grade", body).status == 404


def test_a_new_attempt_is_not_graded_by_what_was_read_of_the_old_one(term: Term) -> None:
    assignment_id = term.assignment(maxAttempts=2)
    for _ in range(2):
        term.submit(term.ada, assignment_id)
    assert term.grade(assignment_id, term.ada, attempt=1).error.code == "NEW_ATTEMPT"
    assert term.grade(assignment_id, term.ada, attempt=2).status == 200


def test_submissions_and_grades_at_once_end_in_one_order(term: Term) -> None:
    assignment_id = term.assignment(maxAttempts=9)
    term.submit(term.ada, assignment_id)
    hand_in = partial(submissions.submit, who(term.ada), Submit(assignment_id=assignment_id, text="again"))
    give = partial(
        grading.grade,
        who(term.teacher),
        assignment_id,
        Grade.model_validate({"userId": term.ada.user_id, "points": "11"}),
    )
    results = together(hand_in, give, hand_in, give, give)
    assert set(results) <= {"done", "EDIT_CONFLICT", "NEW_ATTEMPT"}
    written = records(assignment_id, term.ada)
    assert [order for order, _ in written] == list(range(1, len(written) + 1))
    assert len(written) == 1 + results.count("done")


def test_the_first_grade_and_the_deletion_do_not_both_happen(term: Term) -> None:
    assignment_id = term.assignment()
    term.submit(term.ada, assignment_id)
    give = partial(
        grading.grade,
        who(term.teacher),
        assignment_id,
        Grade.model_validate({"userId": term.ada.user_id, "points": "11"}),
    )
    delete = partial(authoring.delete, who(term.teacher), assignment_id, None, is_forced=False)
    assert together(give, delete) in (["HAS_GRADES", "done"], ["NOT_FOUND", "done"])
    is_there = Assignment.fetch(assignment_id=assignment_id) is not None
    assert is_there == bool(find(GradeRecord, assignment_id=assignment_id, user_id=term.ada.user_id).items)


def test_a_graded_assignment_goes_by_an_admins_force_only_and_its_grades_stay(term: Term) -> None:
    assignment_id, client = term.assignment(), term.school.client
    term.submit(term.ada, assignment_id)
    term.grade(assignment_id, term.ada)
    path = f"/api/assignments/{assignment_id}"
    assert [
        caller.send("DELETE", path, None, {"force": "true"}).status for caller in (term.teacher, client.as_("admin"))
    ] == [409, 200]
    assert deliver(client.cloud, client.tenant) == 0
    assert [
        int(each.number) for each in find(GradeRecord, assignment_id=assignment_id, user_id=term.ada.user_id).items
    ] == [1]
    (course,) = term.ada.get(f"/api/grades/{term.ada.user_id}").data["courses"]
    assert [(grade["points"], grade["counts"]) for grade in course["grades"]] == [("15.00", False)]
    assert "percent" not in course


def test_statistics_follow_each_grade_as_it_stands(term: Term) -> None:
    assignment_id, client = term.assignment(), term.school.client

    def statistics() -> dict[str, object]:
        for _ in range(2):
            assert deliver(client.cloud, client.tenant) == 0
        found: dict[str, object] = term.teacher.get(f"/api/assignments/{assignment_id}").data["statistics"]
        return found

    for student, points in ((term.ada, "20"), (term.bola, "7")):
        term.submit(student, assignment_id)
        term.grade(assignment_id, student, points)
    shown = statistics()
    assert (shown["graded"], shown["meanPercent"], shown["tenths"]) == (2, "67.50", [0, 0, 0, 1, 0, 0, 0, 0, 0, 1])
    term.grade(assignment_id, term.bola, "11")
    shown = statistics()
    assert (shown["graded"], shown["meanPercent"], shown["tenths"]) == (2, "77.50", [0, 0, 0, 0, 0, 1, 0, 0, 0, 1])


def test_rules_raise_errors_that_say_their_code(term: Term) -> None:
    with pytest.raises(DomainError) as refused:
        grading.grade(
            who(term.teacher), term.assignment(), Grade.model_validate({"submissionId": "0" * 26, "points": "1"})
        )
    assert refused.value.code == "NOT_FOUND"
