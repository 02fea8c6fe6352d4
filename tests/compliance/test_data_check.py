"""Counters and indexes say what the items say that they follow from; what does not is found and named."""

from collections.abc import Callable

import pytest

from lyceum.kit.table import Unit
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Seats
from lyceum.model.users.account import User
from tests.support.acting import within_rights
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.story import Story
from tests.support.workers import deliver
from tools import check_data

PATH = "/api/admin/data-check"


@pytest.fixture
def told(client: Client) -> Story:
    """A story: topics, questions, courses with students and work, an exam; everything that follows has happened."""
    story = Story(client)
    admin, instructor, moderator = (client.as_(role) for role in ("admin", "instructor", "moderator"))
    topic_id = story.topic(admin, instructor)
    for _ in range(3):
        story.approved_question(instructor, moderator, topic_id)
        settle(client)
    exam = story.start(client.as_("student"), topic_id, 3).data
    client.as_("student").post(f"/api/exams/{exam['examId']}/submit")
    course_id = Topic.require(topic_id=topic_id).course_id
    client.as_("student").post(f"/api/courses/{course_id}/enrol")
    settle(client)
    instructor.post("/api/assignments", {"courseId": course_id, "title": "Essay", "points": "20"})
    settle(client)
    return story


def settle(client: Client) -> None:
    assert deliver(client.cloud, client.tenant) == 0


@pytest.fixture
def everything(cloud: Cloud, tenant: str) -> Callable[[], list[str]]:
    """Check the whole tenant as the command does; returns its lines."""

    def go() -> list[str]:
        return [check_data.line(each) for each in check_data.inspect(cloud.items(tenant)).get(tenant, [])]

    return go


def test_after_a_story_every_counter_and_every_key_is_right(
    client: Client, told: Story, everything: Callable[[], list[str]]
) -> None:
    assert [each for each in everything() if not each.startswith("user_count")] == []
    with within_rights():
        checked = client.as_("admin").get(PATH).data
    assert checked["isConsistent"], checked["findings"]
    assert checked["items"] > 5


def test_a_wrong_counter_is_found_by_both(client: Client, told: Story, everything: Callable[[], list[str]]) -> None:
    course_id = next(
        item["course_id"]["S"] for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "seats"
    )
    Unit().change(Course.at(course_id=course_id), Course.enrolment_count.add(4)).commit()
    seats = Seats.require(course_id=course_id)
    Unit().change(seats, Seats.taken.add(1)).commit()
    found = client.as_("admin").get(PATH).data
    assert {(each["entity"], each["field"], each["kind"]) for each in found["findings"]} == {
        ("course", "enrolment_count", "wrong_count"), ("seats", "taken", "wrong_count"),
    }  # fmt: skip
    lines = "\n".join(everything())
    assert f"seats {course_id}: taken is {int(seats.taken)}, and has to be {int(seats.taken) - 1}" in lines


def test_a_wrong_key_is_found(client: Client, cloud: Cloud, everything: Callable[[], list[str]]) -> None:
    user = User.require(user_id=client.as_("student").user_id)
    key = {"PK": {"S": user.pk}, "SK": {"S": user.sk}}
    stored = cloud.dynamodb.get_item(TableName="lyceum-test", Key=key)["Item"]
    stored["GSI2PK"] = {"S": stored["GSI2PK"]["S"].replace("student", "admin")}
    cloud.dynamodb.put_item(TableName="lyceum-test", Item=stored)
    wrong = [each for each in everything() if "GSI2PK" in each]
    assert wrong == [f"user USER#{user.user_id} PROFILE: GSI2PK is USERS#admin, and has to be USERS#student"]
    accounts = client.as_("admin").get(PATH, {"part": "accounts"}).data
    assert any(each["kind"] == "wrong_key" for each in accounts["findings"])


def test_courses_are_checked_a_page_at_a_time_and_by_administrators_alone(client: Client, told: Story) -> None:
    page = client.as_("admin").get(PATH, {"limit": 1, "status": "draft"}).data
    assert page["isConsistent"] and "nextCursor" not in page
    assert client.as_("admin").get(PATH, {"status": "deleted"}).status == 400
    assert client.as_("moderator").get(PATH).status == 403
