"""Courses that may come next: with reasons, and never one that is full, closed, taken or done."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.events.courses import CourseCompleted
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course, CourseRanking, DependentCourse
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.recommendations import CourseSuggestions
from lyceum.model.users.account import User
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.workers import deliver

from functions.courses import jobs
from functions.courses.recommending.neighbours import neighbours

AT = datetime(2027, 1, 2, tzinfo=UTC)
PATH = "/api/recommendations"


def course(course_id: str, students: int = 0, **values: Any) -> list[Any]:
    fields = {"instructor_id": "i", "title": course_id.title(), "sort_title": course_id, **values}
    made = Course(course_id=course_id, enrolment_count=students, **fields)
    ranking = CourseRanking(
        course_id=course_id, instructor_id="i", category="other", difficulty="beginner", enrolment_count=students,
        rating=0, rating_count=0, as_of=1,
    )  # fmt: skip
    return [made, ranking]


def enrol(user_id: str, course_id: str, *, completed: bool = False) -> Enrolment:
    return Enrolment(
        course_id=course_id, user_id=user_id, state="active", enrolled_at=AT, completed_at=AT if completed else None
    )


@pytest.fixture
def catalogue(tenant: str, clock: Clock) -> None:
    """Six people completed algebra, five of whom took logic; calculus builds on algebra."""
    items = [
        *course("algebra", 6), *course("logic", 5), *course("calculus", 1, prerequisite_ids={"algebra"}),
        *course("poetry", 50), *course("full", 40, capacity=40), *course("draft", 99, status="draft"),
        DependentCourse(course_id="algebra", dependent_id="calculus"),
        *(enrol(f"u{number}", "algebra", completed=True) for number in range(6)),
        *(enrol(f"u{number}", "logic") for number in range(5)),
        enrol("u0", "poetry"),
    ]  # fmt: skip
    write_many(items)
    run(jobs)


def shown(client: Client) -> dict[str, list[str]]:
    rows = client.get(PATH).data["recommendations"]
    return {row["courseId"]: [why["rule"] for why in row["reasons"]] for row in rows}


def test_what_builds_on_and_what_is_taken_with_completed_courses_comes_first(client: Client, catalogue: None) -> None:
    student = client.as_("student")
    write_many([enrol(student.user_id, "algebra", completed=True)])
    found = shown(student)
    assert list(found) == ["calculus", "logic", "poetry"]
    assert (found["calculus"][0], found["logic"][0], found["poetry"]) == ("next", "taken_together", ["popular"])
    (row,) = [row for row in student.get(PATH).data["recommendations"] if row["courseId"] == "logic"]
    assert "5 people" in row["reasons"][0]["reason"]
    assert row["reasons"][0]["courseId"] == "algebra"


def test_newcomers_get_what_is_liked_in_their_department(client: Client, catalogue: None) -> None:
    student = client.as_("student")
    assert list(shown(student)) == ["poetry", "algebra", "logic"]
    other = client.as_("other", "student")
    write_many([*course("anatomy", 2, department_id="D"), *course("surgery", 3, department_id="D")])
    account = User.require(user_id=other.user_id, consistent=True)
    account.profile = {"departmentId": "D"}
    Unit().replace(account).commit()
    assert list(shown(other))[:2] == ["surgery", "anatomy"]


def test_what_is_taken_meanwhile_or_becomes_full_is_not_shown(client: Client, catalogue: None) -> None:
    student = client.as_("student")
    assert set(shown(student)) == {"poetry", "algebra", "logic"}
    full = Course.require(course_id="logic", consistent=True)
    full.capacity = 5
    Unit().replace(full).put(enrol(student.user_id, "poetry")).commit()
    again = student.get(PATH)
    assert [row["courseId"] for row in again.data["recommendations"]] == ["algebra"]
    assert again.cost.requests == 2


def test_what_is_found_is_kept_for_a_day_or_until_a_course_is_completed(
    client: Client, catalogue: None, clock: Clock
) -> None:
    student = client.as_("student")
    first = student.get(PATH).data["asOf"]
    clock.advance(hours=23)
    assert student.get(PATH).data["asOf"] == first
    told = CourseCompleted(course_id="algebra", user_id=student.user_id, title="Algebra")
    Unit().create(OutboxItem.of(told), told).put(enrol(student.user_id, "algebra", completed=True)).commit()
    assert deliver(client.cloud, client.tenant, only="courses") == 0
    assert CourseSuggestions.fetch(user_id=student.user_id) is None
    assert "calculus" in shown(student)
    clock.advance(hours=25)
    assert student.get(PATH).data["asOf"] > first


def test_pairs_of_few_people_are_left_out() -> None:
    took = {"a": {"1", "2", "3", "4", "5", "6"}, "b": {"1", "2", "3", "4"}, "c": {"1", "2", "3", "4", "5", "9"}}
    found = neighbours(took, {"a": took["a"], "b": set(), "c": took["c"]})
    assert found["a"] == [["c", 5, round(5 / 6, 4)]]
    assert found["b"] == []
