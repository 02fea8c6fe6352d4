"""What is seen live: events reach those concerned, and topics are for those who may."""

from collections.abc import Callable
from typing import Any

from lyceum.kit.table import find
from lyceum.model.realtime import ChannelEvent
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.http import Client

from functions.realtime import topics

Ask = Callable[..., dict[str, Any]]


def seen(channel: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what happened on a channel."""
    return [(each.name, each.data) for each in find(ChannelEvent, channel=channel).items]


def own(client: Client) -> list[tuple[str, dict[str, Any]]]:
    return [each for each in seen(f"user:{client.user_id}") if each[0] != "notification.new"]


def test_a_question_is_followed_live(people: Community, ask: Ask) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    question_id = ask(ada)["questionId"]
    with within_rights():
        people.settle("community")
        people.settle("realtime")
        (offer,) = own(mentor)
        made = mentor.post(f"/api/qa/questions/{question_id}/answer", {"text": "So."}).data
        people.settle("realtime")
    assert (offer[0], offer[1]["questionId"], offer[1]["urgency"]) == ("question.offered", question_id, "medium")
    (answered,) = seen(f"question:{question_id}")
    assert (answered[1]["questionId"], answered[1]["answerId"]) == (question_id, made["answerId"])
    assert {name for name, _ in own(ada)} == {"question.answered", "mentor.assigned"}
    assert "mentor.assigned" in {name for name, _ in own(mentor)}


def test_messages_are_seen_by_both_and_groups_by_their_topic(people: Community) -> None:
    ada, eve = people.adult("ada"), people.adult("eve")
    people.course(people.person("instructor"), ada, eve)
    sent = ada.post("/api/messages", {"to": eve.user_id, "content": "Hello"}).data
    group = ada.post("/api/groups", {"name": "G"}).data
    said = ada.post(f"/api/groups/{group['groupId']}/messages", {"content": "Hey"}).data
    with within_rights():
        people.settle("realtime")
    data = {"messageId": sent["messageId"], "from": ada.user_id, "to": eve.user_id, "content": "Hello"}
    assert own(eve) == own(ada) == [("message.received", data)]
    ((name, told),) = seen(f"group:{group['groupId']}")
    assert (name, told["messageId"], told["content"]) == ("message.received", said["messageId"], "Hey")


def test_topics_of_questions_and_groups_are_for_those_who_may(people: Community, ask: Ask) -> None:
    ada, eve, moderator = people.adult("ada"), people.adult("eve"), people.person("moderator", "moderator")
    group = ada.post("/api/groups", {"name": "G"}).data
    names = [
        f"question:{ask(ada)['questionId']}",
        f"question:{ask(ada, text='Mail ada@example.com')['questionId']}",
        f"group:{group['groupId']}",
        "question:none",
        "everybody",
    ]

    def allowed(client: Client) -> list[int]:
        assert client.principal
        return [names.index(topic) for topic in topics.allowed(client.principal, names)]

    assert [allowed(client) for client in (ada, eve, moderator)] == [[0, 1, 2, 4], [0, 4], [0, 1, 4]]
