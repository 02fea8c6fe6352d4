"""Counters and indexes say what the items say that they follow from; what does not is found and named."""

from collections.abc import Callable

import pytest

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.catalog import Topic
from lyceum.model.community.groups import GroupCode, StudyGroup
from lyceum.model.community.messages import MessageBox
from lyceum.model.community.questions import HelpAnswer, Vote
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Seats
from lyceum.model.notifications.inbox import InboxCounter
from lyceum.model.payments.ledger import ControlBalance, LedgerEntry, PersonalBalance
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
    found = [each for each in everything() if not each.startswith("user_count") and "login_name" not in each]
    assert found == [], "but for what callers of tests have none of"
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


def test_what_people_say_to_each_other_is_counted_too(
    client: Client, told: Story, everything: Callable[[], list[str]]
) -> None:
    owner = client.as_("student")
    group = owner.post("/api/groups", {"name": "Night owls"}).data
    Unit().change(StudyGroup.at(group_id=group["groupId"]), StudyGroup.member_count.add(1)).commit()
    Unit().remove(GroupCode.at(join_code=group["joinCode"])).commit()
    box = MessageBox(user_id=owner.user_id, unread=2)
    Unit().put(box).commit()
    inbox = InboxCounter(user_id=owner.user_id, unread=1, generation=3)
    Unit().put(inbox).commit()
    lines = everything()
    for wrong in (
        f"study_group {group['groupId']}: member_count is 2, and has to be 1",
        f"study_group STUDYGROUP#{group['groupId']} GROUP: group_code is none, and has to be {group['joinCode']}",
        f"message_box {owner.user_id}: unread is 2, and has to be 0",
        f"inbox_counter {owner.user_id} 3: unread is 1, and has to be 0",
    ):
        assert wrong in lines


def test_votes_of_who_is_gone_stay_counted_and_none_is_lost(
    client: Client, told: Story, everything: Callable[[], list[str]]
) -> None:
    answer = HelpAnswer(answer_id="a", question_id="q", text="x", helpful_count=2, answered_at=clock.now())
    Unit().put(answer).commit()
    Unit().put(Vote(item_id="a", user_id="u")).commit()
    assert not [each for each in everything() if each.startswith("help_answer")]
    for voter in ("v", "w"):
        Unit().put(Vote(item_id="a", user_id=voter)).commit()
    assert "help_answer a: helpful_count is 2, and has to be 3" in everything()


def test_the_books_are_held_against_their_entries(client: Client, everything: Callable[[], list[str]]) -> None:
    legs = [
        {"account": "credit:u", "amount": -500, "currency": "USD"},
        {"account": "vouchers", "amount": 500, "currency": "USD"},
    ]
    entry = LedgerEntry(subject_id="s", cause="paid", day="2027-01-11", booked_at=clock.now(), legs=legs)
    Unit().put(entry).commit()
    Unit().put(PersonalBalance(account="credit:u", currency="USD", balance=-400)).commit()
    Unit().put(ControlBalance(account="credit", currency="USD", credit=500)).commit()
    Unit().put(ControlBalance(account="vouchers", currency="USD", debit=500, credit=1)).commit()
    assert sorted(everything()) == [
        "control_balance vouchers USD: credit is 1, and has to be 0",
        "personal_balance credit:u USD: balance is -400, and has to be -500",
    ]


def test_an_item_of_an_unknown_kind_is_named_and_one_that_goes_stands_in_no_index(
    client: Client, told: Story, cloud: Cloud, tenant: str, everything: Callable[[], list[str]]
) -> None:
    before = everything()
    item = {"PK": {"S": f"{tenant}|TOPIC#0"}, "SK": {"S": "TOPIC"}, "kind": {"S": "of_tomorrow"}}
    cloud.dynamodb.put_item(TableName="lyceum-test", Item=item)
    course = next(Course.from_raw_data(each) for each in cloud.items(tenant) if each["kind"]["S"] == "course")
    key = {"PK": {"S": course.pk}, "SK": {"S": course.sk}}
    cloud.dynamodb.update_item(
        TableName="lyceum-test",
        Key=key,
        UpdateExpression="SET #status = :gone REMOVE GSI1PK, GSI1SK, GSI2PK, GSI2SK",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":gone": {"S": "deleted"}},
    )
    assert everything() == ["item TOPIC#0 TOPIC: kind is of_tomorrow, and has to be a known one", *before]


def test_courses_are_checked_a_page_at_a_time_and_by_administrators_alone(client: Client, told: Story) -> None:
    page = client.as_("admin").get(PATH, {"limit": 1, "status": "draft"}).data
    assert page["isConsistent"] and "nextCursor" not in page
    assert client.as_("admin").get(PATH, {"status": "deleted"}).status == 400
    assert client.as_("moderator").get(PATH).status == 403
