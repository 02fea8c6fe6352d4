"""What learners see of themselves, and who else does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.events.study import StudyRecorded
from lyceum.kit.table import Unit, write_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.questions.statistics import QuestionHistory
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from tests.analytics.conftest import ALGEBRA, COURSE, GEOMETRY, exam, rows
from tests.support.clock import Clock
from tests.support.http import Client
from tools import rebuild as command

from functions.analytics.figures.mastery import USUAL, estimate, traced, with_evidence
from functions.analytics.progress import shares

PATHS = ("dashboard", f"topic/{ALGEBRA}", "trends", "weak-areas", "recommendations", "questions")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note the requests to storage within the block."""
    calls: list[str] = []
    original = StorageConnection._make_api_call

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        calls.append(operation)
        return original(self, operation, arguments)

    with patch.object(StorageConnection, "_make_api_call", call):
        yield calls


def enrol(user_id: str, course_id: str = COURSE, **values: Any) -> None:
    moment = datetime(2027, 1, 2, tzinfo=UTC)
    Unit().put(Enrolment(course_id=course_id, user_id=user_id, state="active", enrolled_at=moment, **values)).commit()


def test_knowledge_is_traced_as_published() -> None:
    known = USUAL.start
    for is_right in (True, True, False, True):
        likely = known * (1 - USUAL.slip if is_right else USUAL.slip)
        seen = likely / (likely + (1 - known) * (USUAL.guess if is_right else 1 - USUAL.guess))
        known = seen + (1 - seen) * USUAL.learn
    assert traced("rrwr") == pytest.approx(known, abs=1e-12)
    assert traced("w") < traced("p") < traced("r")
    few, many = estimate([[1, "a", "r"]]), estimate([[1, "a", "r" * 12]])
    assert few.low < few.estimate < few.high
    assert many.high - many.low < 0.05 < few.high - few.low


def test_evidence_keeps_the_latest_whatever_the_order() -> None:
    entries = [(second, f"exam#{second:02d}", "r") for second in range(60)]
    forwards: list[list[int | str]] = []
    backwards: list[list[int | str]] = []
    for entry in entries:
        forwards = with_evidence(forwards, *entry)
    for entry in reversed(entries):
        backwards = with_evidence(backwards, *entry)
    assert forwards == backwards
    assert [row[0] for row in forwards] == list(range(20, 60))


def test_wilsons_interval_is_that_of_the_textbooks() -> None:
    assert shares.wilson(8, 10) == (49.02, 94.33)
    assert shares.wilson(0, 10) == (0.0, 27.75)
    assert shares.wilson(0, 0) is None


def test_weak_areas_are_ordered_by_mastery_and_evidence(
    student: Client, tell: Callable[..., None], syllabus: str, clock: Clock
) -> None:
    me = student.user_id
    tell(exam(me, [*rows("wwwww"), *rows("wwr", GEOMETRY), *rows("w", "0" * 26)], 10))
    found = student.get(f"/api/users/{me}/analytics/weak-areas").data["topics"]
    assert [(row["topicId"], row["mastery"]["level"]) for row in found] == [(ALGEBRA, "weak"), (GEOMETRY, "weak")]
    assert "5 answers" in found[0]["reason"]
    assert found[0]["needs"] > found[1]["needs"]
    rules = [row["rule"] for row in student.get(f"/api/users/{me}/analytics/recommendations").data["recommendations"]]
    assert rules == ["weak_topic", "weak_topic", "reach_weekly_goal", "little_evidence"]
    tell(exam(me, rows("r" * 20), 100))
    clock.advance(days=30)
    after = student.get(f"/api/users/{me}/analytics/recommendations").data["recommendations"]
    assert ("fading_topic", ALGEBRA) in [(row["rule"], row.get("topicId")) for row in after]


def test_who_has_done_nothing_is_told_where_to_begin(student: Client) -> None:
    me = student.user_id
    shown = student.get(f"/api/users/{me}/analytics/dashboard").data
    assert shown["totals"]["examsTaken"] == 0
    assert "accuracy" not in shown
    rules = [row["rule"] for row in student.get(f"/api/users/{me}/analytics/recommendations").data["recommendations"]]
    assert rules == ["begin", "reach_weekly_goal"]
    home = student.get("/api/dashboard/student").data
    assert (home["streak"]["current"], len(home["days"]), home["courses"]["enrolled"]) == (0, 7, 0)


def test_trends_compare_with_as_many_days_before(student: Client, tell: Callable[..., None], clock: Clock) -> None:
    me = student.user_id
    tell(exam(me, rows("rw"), 50), StudyRecorded(user_id=me, day="2027-01-11", cause="session", seconds=100))
    clock.advance(days=7)
    tell(exam(me, rows("rrrw"), 75), StudyRecorded(user_id=me, day="2027-01-18", cause="session", seconds=400))
    shown = student.get(f"/api/users/{me}/analytics/trends", {"period": "7d"}).data
    assert shown["change"] == {"seconds": 300, "questions": 2, "accuracyPoints": 25.0, "averagePoints": 25.0}
    assert (shown["total"]["activeDays"], shown["before"]["activeDays"]) == (1, 1)
    assert len(student.get(f"/api/users/{me}/analytics/trends", {"period": "90d"}).data["days"]) == 90
    assert student.get(f"/api/users/{me}/analytics/trends", {"period": "1y"}).error.code == "VALIDATION_ERROR"


def test_goals_and_streak_are_those_of_studying(student: Client, tell: Callable[..., None], clock: Clock) -> None:
    me = student.user_id
    plan = {"course_id": None, "target_on": "2027-03-01", "daily_questions": 4, "daily_minutes": 10}
    runs = [["2027-01-02", "2027-01-10"]]
    Unit().put(Learner(user_id=me, runs=runs, last_active_at=clock.at, time_zone="UTC", plans={"p": plan})).commit()
    tell(exam(me, rows("rw"), 50))
    shown = student.get(f"/api/users/{me}/analytics/dashboard").data
    assert (shown["currentStreak"], shown["longestStreak"], shown["streak"]["freezeDays"]) == (9, 9, 1)
    assert shown["lastActiveDate"] == "2027-01-10"
    assert (shown["today"]["questionsGoal"], shown["today"]["percent"], shown["today"]["isMet"]) == (4, 50.0, False)
    assert (shown["weeklyGoal"]["questionsGoal"], shown["weeklyGoal"]["minutesGoal"]) == (28, 70)
    assert student.get("/api/dashboard/student").data["nextExams"][0]["date"] == "2027-03-01"


def test_courses_say_how_far_a_learner_is(student: Client, syllabus: str) -> None:
    me = student.user_id
    enrol(me, lessons={"l1", "gone"}, assignments={"a1"}, last_activity_at=datetime(2027, 1, 9, tzinfo=UTC))
    grades = {"a1": {"points": "8", "max_points": "10"}, "q1": {"points": "3", "max_points": "5"}}
    grades |= {name: {"points": "0", "max_points": "5"} for name in ("deleted assignment", "withdrawn quiz")}
    quiz = {"quiz_id": "q1", "title": "Quiz"}
    write_many(
        [
            CourseOutline(course_id=COURSE, lesson_ids=["l1", "l2"], quizzes=[quiz], optional_ids=["q1"]),
            AssignmentIndex(course_id=COURSE, rows=[{"assignment_id": "a1", "is_required": True}]),
            GradeSheet(course_id=COURSE, user_id=me, entries=grades),
            StudyTime(course_id=COURSE, user_id=me, total_seconds=900),
        ]
    )
    (row,) = student.get(f"/api/analytics/{me}/courses").data
    assert (row["progressPercent"], row["status"], row["averagePercent"], row["timeSpentSeconds"]) == (
        66, "active", 70.0, 900
    )  # fmt: skip
    assert row["lessons"] == {"completed": 1, "total": 2}
    assert row["completedLessonIds"] == ["l1"]
    assert row["asOf"] and row["definitionVersion"] == 1


def test_questions_are_listed_with_what_became_of_them(student: Client) -> None:
    me = student.user_id
    write_many(
        QuestionHistory(user_id=me, topic_id=topic, question_id=f"q{number}", met=2, seconds=50, right=1, wrong=1)
        for number, topic in enumerate((ALGEBRA, ALGEBRA, GEOMETRY))
    )
    found = student.get(f"/api/users/{me}/analytics/questions", {"limit": 2})
    assert [(row["attempts"], row["averageSeconds"], row["right"]) for row in found.data] == [(2, 25.0, 1)] * 2
    assert found.pagination["hasNext"]
    only = student.get(f"/api/users/{me}/analytics/questions", {"topicId": GEOMETRY}).data
    assert [row["questionId"] for row in only] == ["q2"]
    assert only[0]["asOf"] and only[0]["definitionVersion"] == 1


def test_nobody_sees_anothers_figures_without_a_right(client: Client, student: Client, syllabus: str) -> None:
    me = student.user_id
    for other in (client.as_("eve", "student"), client.as_("m", "mentor"), client.as_("i", "instructor")):
        for path in PATHS:
            assert other.get(f"/api/users/{me}/analytics/{path}").status == 404, path
        assert other.get(f"/api/analytics/{me}").status == other.get(f"/api/analytics/{me}/courses").status == 404
    admin = client.as_("admin")
    assert {admin.get(f"/api/users/{me}/analytics/{path}").status for path in PATHS} == {200}
    assert admin.get(f"/api/users/{'0' * 26}/analytics/dashboard").status == 404


def test_teachers_see_their_own_students_in_their_own_course(client: Client, student: Client, syllabus: str) -> None:
    me, teacher = student.user_id, client.as_("teacher", "instructor")
    course = Course.require(course_id=COURSE, consistent=True)
    course.instructor_id = teacher.user_id
    Unit().replace(course).commit()
    topic, areas = f"/api/users/{me}/analytics/topic/{ALGEBRA}", f"/api/users/{me}/analytics/weak-areas"
    within = {"courseId": COURSE}
    assert [teacher.get(topic).status, teacher.get(areas, within).status] == [404, 404]
    enrol(me)
    assert [teacher.get(topic).status, teacher.get(areas, within).status] == [200, 200]
    assert teacher.get(f"/api/analytics/{me}/courses", {"courseId": COURSE}).status == 200
    assert teacher.get(f"/api/analytics/{me}/courses").status == 404
    assert teacher.get(f"/api/users/{me}/analytics/dashboard").status == 404
    assert client.as_("other", "instructor").get(topic).status == 404


def test_guardians_see_the_child_while_it_is_one(client: Client, student: Client, clock: Clock, syllabus: str) -> None:
    child, adult = student.user_id, client.as_("adult", "student")
    account = User.require(user_id=child, consistent=True)
    account.profile = {"birthDate": "2012-05-05"}
    link = Guardianship(
        child_id=child, guardian_id="g", adult_id=adult.user_id, relation="parent", invited_by=child,
        expires_at=clock.at + timedelta(days=1),
    )  # fmt: skip
    Unit().replace(account).put(link).commit()
    assert {adult.get(f"/api/users/{child}/analytics/{path}").status for path in PATHS} == {200}
    assert adult.get(f"/api/analytics/{child}").status == 200
    account.profile = {"birthDate": "2000-05-05"}
    Unit().put(account).commit()
    assert adult.get(f"/api/analytics/{child}").status == 404


def test_reads_take_two_requests(student: Client, syllabus: str) -> None:
    me = student.user_id
    enrol(me)
    student.get("/api/dashboard/student")
    paths = [*(f"/api/users/{me}/analytics/{path}" for path in PATHS), "/api/analytics",
             f"/api/analytics/{me}/courses", "/api/dashboard/student"]  # fmt: skip
    for path in paths:
        with counted() as calls:
            assert student.get(path).status == 200
        assert len(calls) <= 2, (path, calls)


def test_a_command_works_figures_out_again(student: Client, tell: Callable[..., None], syllabus: str) -> None:
    tell(exam(student.user_id, rows("rw"), 50))
    assert command.rebuild(student.user_id) == (1, 0)
    done, wrong = command.rebuild()
    assert (done >= 1, wrong) == (True, 0)
