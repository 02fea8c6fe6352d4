"""A quiz that is regraded downwards, or whose result is withdrawn, moves everything that followed it (EXAM R3)."""

from typing import Any

import pytest

from lyceum.events.courses import QuizPublished
from lyceum.events.exams import ExamCompleted, ExamGraded
from lyceum.kit.event import Event
from tests.courses.conftest import School
from tests.support.http import LAMBDA, Client
from tests.support.workers import consumers, deliver, record

WORKERS = ("functions.courses.events.progress", "functions.assignments.events.coursework")


def hand(*events: Event) -> None:
    """Give events to the workers of courses and grades, in this order."""
    for event in events:
        entry = {"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)}
        for worker in WORKERS:
            if any(kind.name == event.name for kind in consumers()[worker].events):
                assert consumers()[worker].handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"] == []


class Sat:
    """A student's attempts at a quiz that a course asks for beside one lesson, and what follows from them."""

    def __init__(self, school: School) -> None:
        self.school, self.course_id = school, school.course(lessons=1)
        self.student = school.student(self.course_id)
        hand(QuizPublished(quiz_id="q1", course_id=self.course_id, title="Sets"))
        school.complete(self.student, school.lessons(self.course_id)[0])

    def result(self, exam_id: str, score: int | None, revision: int = 1, **facts: Any) -> Event:
        """Return the event of a score, or of one that was withdrawn."""
        result = {"score": score, "percent": None if score is None else 10 * score, "max_score": 10}
        about = {"exam_id": exam_id, "user_id": self.student.user_id, "course_id": self.course_id, "quiz_id": "q1"}
        finished = {"mode": "quiz", "finished_at": "2027-01-11T09:00:00Z", "topic_ids": [], "revision": revision}
        passed = None if score is None else score >= 5
        values = {**about, **finished, **result, "passed": passed, **facts}
        if revision == 1:
            return ExamCompleted.model_validate({**values, "cause": "submitted"})
        return ExamGraded.model_validate(values)

    @property
    def progress(self) -> tuple[int, bool]:
        """How much is completed, and whether the course is."""
        shown = self.student.get(f"/api/courses/{self.course_id}/progress").data
        return shown["percent"], "completedAt" in shown

    @property
    def grade(self) -> str | None:
        """The student's grade of the quiz."""
        (row,) = self.school.teacher.get(f"/api/courses/{self.course_id}/gradebook").data["rows"]
        return row["points"][0] if row["points"] else None


@pytest.fixture
def sat(school: School) -> Sat:
    return Sat(school)


def test_r3_a_lowered_result_takes_back_quiz_course_and_count(sat: Sat, client: Client) -> None:
    hand(sat.result("e1", 8))
    assert (sat.progress, sat.grade) == ((100, True), "8")
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    hand(sat.result("e1", 3, revision=2), sat.result("e1", 3, revision=2))
    assert (sat.progress, sat.grade) == ((50, False), "3")
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    assert client.get(f"/api/courses/{sat.course_id}").data["statistics"]["completions"] == 0
    hand(sat.result("e1", 9, revision=3))
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    assert (sat.progress, sat.grade) == ((100, True), "9")
    assert client.get(f"/api/courses/{sat.course_id}").data["statistics"]["completions"] == 1


def test_r3_a_withdrawn_result_has_no_grade_and_completes_nothing(sat: Sat) -> None:
    hand(sat.result("e1", 8), sat.result("e1", None, revision=2))
    assert (sat.progress, sat.grade) == ((50, False), None)
    hand(sat.result("e1", 8))  # late
    assert (sat.progress, sat.grade) == ((50, False), None)
    hand(sat.result("e1", 7, revision=3))
    assert (sat.progress, sat.grade) == ((100, True), "7")


def test_r3_another_attempt_that_is_passed_keeps_what_it_earned(sat: Sat) -> None:
    hand(sat.result("e1", 8), sat.result("e2", 6), sat.result("e1", None, revision=2))
    assert (sat.progress, sat.grade) == ((100, True), "6")
    hand(sat.result("e2", 2, revision=2))
    assert (sat.progress, sat.grade) == ((50, False), "2")


def test_r3_results_in_any_order_end_in_the_latest_one(sat: Sat) -> None:
    hand(sat.result("e1", 3, revision=2), sat.result("e1", 8))
    assert (sat.progress, sat.grade) == ((50, False), "3")
    hand(sat.result("e2", None, revision=2), sat.result("e2", 9))
    assert (sat.progress, sat.grade) == ((50, False), "3")


def test_r3_prerequisites_follow_downwards(sat: Sat) -> None:
    school, next_course = sat.school, sat.school.course(code="MTH 102")
    path = f"/api/courses/{next_course}"
    assert school.teacher.post(f"{path}/prerequisites", {"prerequisiteId": sat.course_id}).status in {200, 201}
    hand(sat.result("e1", 8), sat.result("e1", 3, revision=2))
    assert "PREREQUISITES_MISSING" in sat.student.post(f"{path}/enroll").error.fields
    hand(sat.result("e1", 8, revision=3))
    assert sat.student.post(f"{path}/enroll").status == 201


def test_a_result_that_is_not_told_yet_changes_nothing(sat: Sat) -> None:
    hand(sat.result("e1", 8), sat.result("e1", 3, revision=2, is_released=False))
    assert (sat.progress, sat.grade) == ((100, True), "8")
