"""Direct messages: who may write to whom, counts that never drift, blocking, muting and limits."""

from dataclasses import replace
from typing import Any

import pytest

from lyceum.kit import context, ids
from lyceum.kit.table import Unit
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.community.messages import Conversation, MessageBox
from lyceum.model.community.questions import MentorTie
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

MESSAGES = "/api/messages"


def write(sender: Client, reader: Client, content: str = "Hello!") -> Reply:
    return sender.post(MESSAGES, {"to": reader.user_id, "content": content})


def unread(reader: Client) -> list[int]:
    """Return what is unread in each conversation, and in all."""
    page = reader.get(MESSAGES)
    return [*(row["unread"] for row in page.data), page.pagination["unread"]]


@pytest.fixture
def pair(people: Community) -> tuple[Client, Client]:
    """Two adults of one course."""
    ada, eve = people.adult("ada"), people.adult("eve")
    people.course(people.person("instructor"), ada, eve)
    return ada, eve


def test_two_people_write_to_each_other(people: Community, pair: tuple[Client, Client], clock: Clock) -> None:
    ada, eve = pair
    with within_rights():
        sent = write(ada, eve, "Did you <script>x</script> solve 3?").data
        people.settle("")
        clock.advance(minutes=1)
        write(eve, ada, "Yes, \\(x=4\\).")
    assert "script" not in sent["content"]
    listed = ada.get(MESSAGES)
    assert listed.cost.requests == 2
    (row,) = listed.data
    assert (row["other"]["name"], row["unread"], row["isLastOwn"]) == ("Eve Test", 1, False)
    page = eve.get(MESSAGES, {"userId": ada.user_id})
    assert [(each["content"], each["isOwn"]) for each in page.data] == [
        ("Yes, \\(x=4\\).", True),
        (sent["content"], False),
    ]
    assert page.cost.requests == 2
    assert [each["sender"]["name"] for each in page.data] == ["Eve Test", "Ada Test"]
    assert people.adult("mallory").get(MESSAGES, {"userId": ada.user_id}).data == []


def test_conversations_are_in_the_order_of_their_last_message(people: Community, clock: Clock) -> None:
    ada, others = people.adult("ada"), [people.adult(f"o{number}") for number in range(3)]
    people.course(people.person("instructor"), ada, *others)
    for other in (*others, others[0]):
        clock.advance(seconds=5)
        assert write(other, ada).status == 201
    seen = []
    page = ada.get(MESSAGES, {"limit": 2})
    seen += page.data
    seen += ada.get(MESSAGES, {"limit": 2, "cursor": page.pagination["nextCursor"]}).data
    assert [row["other"]["userId"] for row in seen] == [others[each].user_id for each in (0, 2, 1)]


def test_unread_counts_never_drift(people: Community, pair: tuple[Client, Client], clock: Clock) -> None:
    ada, eve = pair
    sent: list[str] = []
    for _ in range(5):
        clock.advance(seconds=1)
        sent.append(write(ada, eve, f"Number {len(sent)}").data["messageId"])
    assert unread(eve) == [5, 5]
    read = f"{MESSAGES}/read"
    assert eve.post(read, {"userId": ada.user_id, "messageId": sent[1]}).data["unread"] == 3
    assert eve.post(read, {"userId": ada.user_id, "messageId": sent[0]}).data["unread"] == 3
    assert unread(eve) == [3, 3]
    at_once(
        lambda: write(ada, eve, "While you read"),
        lambda: eve.post(read, {"userId": ada.user_id}),
        lambda: write(ada, eve, "And again"),
    )
    row = Conversation.require(user_id=eve.user_id, other_id=ada.user_id)
    messages = eve.get(MESSAGES, {"userId": ada.user_id}).data
    waiting = sum(not each["isOwn"] and each["messageId"] > (row.read_up_to or "") for each in messages)
    assert unread(eve) == [waiting, waiting]
    assert eve.post(read, {"userId": ada.user_id}).data["unreadInAll"] == 0
    assert MessageBox.require(user_id=eve.user_id).unread == 0
    assert eve.post(read, {"userId": ids.new_id()}).status == 404


def test_messages_of_one_moment_keep_their_order(pair: tuple[Client, Client]) -> None:
    ada, eve = pair
    for number in range(4):
        write(ada, eve, str(number))
    assert [each["content"] for each in eve.get(MESSAGES, {"userId": ada.user_id}).data] == ["3", "2", "1", "0"]


def test_a_block_ends_it_in_both_directions_and_tells_nobody(pair: tuple[Client, Client]) -> None:
    ada, eve = pair
    assert write(ada, eve).status == 201
    assert eve.post("/api/blocks", {"userId": ada.user_id}).status == 200
    blocked = write(ada, eve)
    assert (blocked.status, blocked.error.code) == (403, "MAY_NOT_WRITE")
    assert write(eve, ada).error.code == "BLOCKED_BY_YOU"
    assert eve.delete(f"/api/blocks/{ada.user_id}").status == 200
    assert eve.delete(f"/api/blocks/{ada.user_id}").status == 404
    assert write(ada, eve).status == 201
    assert ada.post("/api/blocks", {"userId": ada.user_id}).error.fields == {"TO_ONESELF"}


def test_who_mutes_gets_the_message_and_no_notice(people: Community, pair: tuple[Client, Client]) -> None:
    ada, eve = pair
    eve.post("/api/blocks", {"userId": ada.user_id, "mode": "mute"})
    assert write(ada, eve).status == 201
    people.settle("notifications")
    assert people.notices(eve) == [] and unread(eve) == [1, 1]


def test_one_notice_until_it_is_read(people: Community, pair: tuple[Client, Client], clock: Clock) -> None:
    ada, eve = pair
    for _ in range(3):
        write(ada, eve)
        clock.advance(minutes=1)
    people.settle("notifications")
    assert people.notices(eve) == ["message.received"]
    eve.post(f"{MESSAGES}/read", {"userId": ada.user_id})
    write(ada, eve)
    people.settle("notifications")
    assert people.notices(eve) == ["message.received"] * 2


def test_people_write_who_have_to_do_with_each_other(people: Community) -> None:
    ada, teacher, stranger = people.adult("ada"), people.person("instructor"), people.adult("stranger")
    mentor, moderator = people.mentor("mona", "Mathematics"), people.person("moderator", "moderator")
    friend = people.adult("friend")
    people.course(teacher, ada)
    Unit().put(MentorTie(user_id=ada.user_id, mentor_id=mentor.user_id, question_id="q")).commit()
    group = ada.post("/api/groups", {"name": "Night owls"}).data
    assert friend.post("/api/groups/join", {"code": group["joinCode"]}).status == 200
    for one, other in (
        (ada, teacher),
        (teacher, ada),
        (mentor, ada),
        (ada, friend),
        (moderator, ada),
        (ada, moderator),
    ):
        assert write(one, other).status == 201
    for one, other in ((stranger, ada), (ada, stranger), (stranger, teacher), (friend, mentor)):
        assert write(one, other).error.code == "MAY_NOT_WRITE"
    assert ada.post(MESSAGES, {"to": ids.new_id(), "content": "x"}).status == 404
    assert write(ada, ada).error.fields == {"TO_ONESELF"}


def test_minors_write_to_teachers_assigned_mentors_and_classmates_alone(people: Community) -> None:
    child, classmate, teacher = people.person("child"), people.person("classmate"), people.person("instructor")
    mentor, friend = people.mentor("mona", "Mathematics"), people.adult("friend")
    people.course(teacher, child, classmate)
    Unit().put(MentorTie(user_id=child.user_id, mentor_id=mentor.user_id, question_id="q")).commit()
    group = people.adult("owner").post("/api/groups", {"name": "Open"}).data
    assert friend.post("/api/groups/join", {"code": group["joinCode"]}).status == 200
    assert child.post("/api/groups/join", {"code": group["joinCode"]}).error.code == "MAY_NOT_WRITE"
    for other in (teacher, classmate, mentor):
        assert write(child, other).status == 201
        assert write(other, child).status == 201
    assert write(friend, child).error.code == "MAY_NOT_WRITE"


def test_a_tenant_may_keep_minors_to_teachers_and_mentors(people: Community) -> None:
    child, classmate, teacher = people.person("child"), people.person("classmate"), people.person("instructor")
    people.course(teacher, child, classmate)
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        tenant = Tenant.require(tenant_name=people.tenant, consistent=True)
        tenant.minor_contacts = "staff"
        Unit().replace(tenant).commit()
    directory.forget()
    assert write(child, classmate).error.code == "MAY_NOT_WRITE"
    assert write(child, teacher).status == 201


def test_what_the_two_share_is_looked_at_again_after_an_hour(people: Community, clock: Clock) -> None:
    ada, eve = people.adult("ada"), people.adult("eve")
    group = ada.post("/api/groups", {"name": "Pair"}).data
    eve.post("/api/groups/join", {"code": group["joinCode"]})
    assert write(ada, eve).status == 201
    assert write(ada, eve, "Cheaper").cost.requests == 3
    assert eve.delete(f"/api/groups/{group['groupId']}/members/{eve.user_id}").status == 200
    clock.advance(minutes=61)
    assert write(ada, eve).error.code == "MAY_NOT_WRITE"


def test_new_conversations_and_texts_are_limited(people: Community, clock: Clock) -> None:
    ada, others = people.adult("ada"), [people.adult(f"o{number}") for number in range(21)]
    people.course(people.person("instructor"), ada, *others)
    answers = []
    for other in others:
        answers.append(write(ada, other, f"Hello {other.user_id}"))
        clock.advance(seconds=10)
    assert [reply.status for reply in answers] == [201] * 20 + [429]
    assert answers[-1].headers["Retry-After"]
    same = [write(ada, others[0], "Buy this thing now") for _ in range(5)]
    assert [write(ada, others[1], "ok").status for _ in range(6)] == [201] * 6
    assert same[-1].error.fields == {"REPEATED_TEXT"}


def shown_names(caller: Client) -> list[Any]:
    return [row["other"] for row in caller.get(MESSAGES).data]


def test_names_follow_privacy_and_minors_show_their_first_name(people: Community) -> None:
    ada = people.adult("ada", preferences={"privacy": {"profile": "private"}})
    child, teacher = people.person("child"), people.person("instructor")
    people.course(teacher, ada, child)
    for sender in (ada, child):
        assert write(sender, teacher).status == 201
    assert {row["name"] for row in shown_names(teacher)} == {"A member", "Child"}
