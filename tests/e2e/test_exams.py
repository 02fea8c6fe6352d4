"""Exams in the deployed stack: graded by a person, counted for a course, generated, paused for all, calibrated."""

import json
from decimal import Decimal
from typing import Any

import pytest

from demo import load
from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
REASON = "Tried out end to end"


def questions_of(course: str) -> list[str]:
    tree = json.loads((load.HERE / "catalogue.json").read_text())
    topics = {topic["key"] for topic in tree["topics"] if topic["course"] == course}
    asked = json.loads((load.HERE / "questions.json").read_text())
    return [load.demo_id(f"question {number}") for number, each in enumerate(asked) if each["topic"] in topics]


def right_answers(teacher: Remote, state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the right answer to every question that a key judges, as the author knows them."""
    rows = []
    for question in state["questions"]:
        if question["type"] == "single":
            key = teacher.get(f"/api/questions/{question['questionId']}").data["correctOptionIds"]
            rows.append({"questionId": question["questionId"], "optionIds": key, "seq": 1})
    return rows


def test_a_theory_answer_is_marked_by_a_person_and_the_result_follows(stack: Stack) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    (test,) = student.get("/api/practice-tests?subject=Computer%20science").data
    path = f"/api/practice-tests/{test['assessmentId']}"
    state = student.post(f"{path}/start").data
    assert "rubric" not in json.dumps(state) and "correctOptionIds" not in json.dumps(state)
    theory = next(question["questionId"] for question in state["questions"] if question["type"] == "theory")
    given = [
        *right_answers(teacher, state),
        {"questionId": theory, "text": "A list can change, a tuple can not.", "seq": 1},
    ]
    receipt = student.post(f"{path}/submit", {"answers": given}).data
    assert (receipt["pending"], "score" in receipt) == (1, False)
    waiting = next(each for each in teacher.get("/api/exams/grading-queue").data if each["examId"] == state["examId"])
    assert waiting["answers"][0]["rubric"]["criteria"]
    grade = {"questionId": theory, "criteria": {"difference": "3", "cases": "0", "clarity": "1"}}
    graded = teacher.post(f"/api/exams/{state['examId']}/grade", grade).data
    assert Decimal(graded["score"]) == Decimal(test["maxScore"]) - 2, "all but the rubric's two points for cases"
    result = student.get(f"{path}/results/{state['examId']}").data
    assert (result["score"], bool(result["receipt"]["signature"])) == (graded["score"], True)
    told = eventually(
        lambda: [
            each
            for each in student.get("/api/notifications?type=exam.result").data
            if each["data"]["examId"] == state["examId"]
        ],
        "the notification of the result",
    )
    assert told[0]["data"]["score"] == graded["score"]
    eventually(lambda: student.get("/api/exams/analytics").data["overall"]["exams"], "the student's performance")
    eventually(lambda: teacher.get(f"{path}/analytics").data["distribution"]["attempts"], "the test's distribution")
    assert teacher.get(f"/api/exams/{state['examId']}/events").data["intact"] is True


def test_answers_are_chained_behind_the_writes_that_saved_them(stack: Stack) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    body = {
        "title": "Chained",
        "subject": "Mathematics",
        "gradeLevel": "SS3",
        "questionIds": questions_of("mth-101")[:3],
        "published": True,
    }
    test = teacher.post("/api/practice-tests", body).data["assessmentId"]
    state = student.post(f"/api/practice-tests/{test}/start").data
    path, rows = f"/api/exams/{state['examId']}", right_answers(teacher, state)
    assert student.post(f"{path}/answer", rows[0]).status == 200
    assert student.post(f"{path}/answer", {**rows[0], "seq": 2}).status == 200
    assert student.post(f"{path}/answers", {"answers": rows[1:]}).status == 200
    wanted = {"count": len(rows) + 1, "intact": True, "complete": True}
    eventually(lambda: teacher.get(f"{path}/events").data["saves"] == wanted, "all saves are in the chain")
    assert student.post(f"{path}/submit").status == 200
    assert teacher.get(f"{path}/events").data["saves"] == wanted


def test_a_quiz_that_is_passed_counts_for_its_course(stack: Stack) -> None:
    student, teacher = stack.as_("student"), stack.as_("instructor")
    course_id = load.demo_id("mth-101")
    student.post(f"/api/courses/{course_id}/enroll")
    body = {"title": "Sets", "courseId": course_id, "questionIds": questions_of("mth-101")[:4], "published": True}
    quiz = teacher.post("/api/quizzes", body).data["assessmentId"]
    progress = f"/api/courses/{course_id}/progress"
    before = eventually(
        lambda: student.get(progress).data["quizzes"]["total"] and student.get(progress).data, "the quiz in its course"
    )
    state = student.post(f"/api/quizzes/{quiz}/start").data
    for answer in right_answers(teacher, state):
        assert student.post(f"/api/exams/{state['examId']}/answer", answer).status == 200
    assert student.post(f"/api/exams/{state['examId']}/submit").data["percent"] == "100.00"
    done = before["quizzes"]["completed"] + 1
    eventually(lambda: student.get(progress).data["quizzes"]["completed"] == done, "the quiz in the student's progress")
    results = eventually(
        lambda: teacher.get(f"/api/quizzes/{quiz}/results").data["distribution"]["attempts"], "the quiz's statistics"
    )
    assert results == 1
    assert teacher.send("DELETE", f"/api/quizzes/{quiz}", None, {}).status == 409
    assert stack.as_("admin").send("DELETE", f"/api/quizzes/{quiz}?force=true", None, {}).status == 200


def test_a_paper_comes_from_a_blueprint_and_all_its_sessions_are_paused_at_once(
    stack: Stack, topics: list[str]
) -> None:
    teacher, students = stack.as_("instructor"), [stack.as_("student"), stack.as_("second_student")]
    sections = [
        {
            "title": "A",
            "topicIds": topics,
            "count": 6,
            "difficulty": {"easy": 2, "medium": 2, "hard": 2},
            "marksEach": "2",
        }
    ]
    wanted = {
        "title": "Mock",
        "blueprint": {"sections": sections, "seed": ids.new_id()},
        "published": True,
        "rules": {"attempts": 1},
    }
    paper, again = (teacher.post("/api/papers/generate", wanted).data for _ in range(2))
    assert [form["hash"] for form in paper["forms"]] == [form["hash"] for form in again["forms"]]
    impossible = {**wanted, "blueprint": {"sections": [{**sections[0], "count": 90, "difficulty": None}]}}
    assert teacher.post("/api/papers/generate", impossible).status == 422
    states = [student.post("/api/exams/start", {"assessmentId": paper["assessmentId"]}).data for student in students]
    pause = {"action": "pause", "reason": REASON, "scope": "exam"}
    assert teacher.post(f"/api/exams/{paper['assessmentId']}/pause", pause).data["incidentId"]

    def are(wanted_state: str) -> bool:
        shown = [
            student.get(f"/api/exams/{state['examId']}").data for student, state in zip(students, states, strict=True)
        ]
        return all(each["state"] == wanted_state for each in shown)

    eventually(lambda: are("paused"), "the pause of both")
    assert teacher.post(f"/api/exams/{paper['assessmentId']}/pause", {**pause, "action": "resume"}).status == 200
    eventually(lambda: are("running"), "the end of the pause")
    deadline = students[0].get(f"/api/exams/{states[0]['examId']}").data["deadlineAt"]
    assert deadline > states[0]["deadlineAt"]
    for student, state in zip(students, states, strict=True):
        assert student.post(f"/api/exams/{state['examId']}/submit").status == 200
    ruling = {
        "ruling": "full_marks",
        "questionId": states[0]["questions"][0]["questionId"],
        "reason": REASON,
        "scope": "exam",
    }
    assert teacher.post(f"/api/exams/{paper['assessmentId']}/regrade", ruling).data["incidentId"]
    summary = f"/api/exams/{states[1]['examId']}/summary"
    eventually(lambda: students[1].get(summary).data["score"] == "2.00", "the regrade of both")


def test_difficulties_are_estimated_at_night(stack: Stack) -> None:
    stack.run_job("questions-jobs-calibrate")
