"""Quizzes of a course come along when it is copied as a template: under new ids, without people and dates."""

from datetime import datetime
from typing import Any

from lyceum.events.courses import CourseCopied
from lyceum.kit.table import write_many
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.statistics import ScoreDistribution
from lyceum.rules.courses.course_copies import copy_id
from tests.exams.authoring.test_assessments import course, quiz
from tests.exams.conftest import Publisher
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import consumers, deliver, record

__all__ = ["course"]
COPY, AT = "D" * 26, datetime.fromisoformat("2027-01-11T09:00:00+00:00")


def copied(client: Client, source_id: str, times: int = 1, owner: str = "instructor", status: str = "draft") -> None:
    """Make a course from another one, and let its quizzes follow."""
    owner_id = client.as_(owner, "instructor").user_id
    new = Course(course_id=COPY, instructor_id=owner_id, title="Next", status=status)
    write_many([new, CourseOutline(course_id=COPY)])
    event = CourseCopied(course_id=COPY, source_id=source_id, copied_at=AT)
    entry = {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
    worker = consumers()["functions.exams.events.copying"]
    assert worker.handler({"Records": [record(entry)] * times}, LAMBDA)["batchItemFailures"] == []
    settle(client)


def settle(client: Client) -> None:
    """Let the workers of exams and courses do what is told."""
    for domain in ("exams", "courses"):
        assert deliver(client.cloud, client.tenant, rounds=8, only=domain) == 0


def of_copy(client: Client) -> list[dict[str, Any]]:
    outline = CourseOutline.require(course_id=COPY)
    return sorted(outline.quizzes, key=lambda each: each["title"])


def test_a_copy_asks_the_same_by_the_same_rules_without_window_people_and_codes(
    publisher: Publisher, client: Client, course: str, clock: Clock
) -> None:
    write_many([CourseOutline(course_id=course)])
    student = client.as_("ada", "student")
    window = {"opensAt": "2027-01-12T09:00:00", "closesAt": "2027-01-12T12:00:00", "timeZone": "Africa/Lagos"}
    rules = {"window": window, "feedback": "after_window", "accessCode": "open sesame", "attempts": 2}
    more = {"rules": rules, "accommodations": [{"userId": student.user_id, "extraTimePercent": 25}]}
    made = quiz(publisher, course, lessonId="L" * 26, isRequired=False, **more).data
    draft = quiz(publisher, course, title="Not yet", published=False).data
    settle(client)
    copied(client, course, times=2)
    (row,) = of_copy(client)
    new_id = copy_id(AT, COPY, made["assessmentId"])
    assert (row["quiz_id"], row["title"], row["lesson_id"]) == (new_id, "Week 1", copy_id(AT, COPY, "L" * 26))
    assert CourseOutline.require(course_id=COPY).optional_ids == [new_id]
    shown = publisher.instructor.get(f"/api/quizzes/{new_id}").data
    assert shown["questionIds"] == made["questionIds"]
    assert shown["accommodations"] == []
    assert (shown["rules"]["attempts"], shown["rules"]["feedback"]) == (2, "after_submit")
    stored = Assessment.require(assessment_id=new_id)
    assert [stored.opens_at, stored.closes_at, stored.policy.get("access_code_hash")] == [None] * 3
    assert ScoreDistribution.require(assessment_id=new_id).attempts == 0
    assert Assessment.fetch(assessment_id=copy_id(AT, COPY, draft["assessmentId"])) is None
    assert Assessment.require(assessment_id=made["assessmentId"]).closes_at is not None


def test_many_quizzes_follow_in_pages_and_each_once(publisher: Publisher, client: Client, course: str) -> None:
    write_many([CourseOutline(course_id=course)])
    for number in range(9):
        assert quiz(publisher, course, title=f"Week {number}").status == 201
    settle(client)
    copied(client, course, times=2, owner="colleague")
    assert [each["title"] for each in of_copy(client)] == [f"Week {number}" for number in range(9)]
    assert Course.require(course_id=COPY).quiz_count == 9
    colleague = client.as_("colleague", "instructor")
    assert "questionIds" in colleague.get(f"/api/quizzes/{of_copy(client)[0]['quiz_id']}").data
    assert "questionIds" not in publisher.instructor.get(f"/api/quizzes/{of_copy(client)[0]['quiz_id']}").data


def test_a_copy_that_is_gone_gets_no_quizzes(publisher: Publisher, client: Client, course: str) -> None:
    write_many([CourseOutline(course_id=course)])
    made = quiz(publisher, course).data
    settle(client)
    copied(client, course, status="deleted")
    assert Assessment.fetch(assessment_id=copy_id(AT, COPY, made["assessmentId"])) is None
