"""What becomes of an erased user's words: others keep what they need, under no name."""

from collections.abc import Callable
from typing import Any

from lyceum.events.users import UserErased
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.model.community.messages import Block, Conversation
from lyceum.model.community.questions import HelpQuestion, MentorTie, Poster
from lyceum.model.mentors import MentorFigures
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.http import Client

Ask = Callable[..., dict[str, Any]]
FORMER = {"name": "A former member", "isFormerMember": True}


def forget(people: Community, user: Client) -> None:
    event = UserErased(user_id=user.user_id)
    Unit().create(OutboxItem.of(event), event).commit()
    for _ in range(3):
        people.settle()


def test_texts_that_others_need_stay_under_no_name(people: Community, ask: Ask) -> None:
    ada, eve, mentor = people.adult("ada"), people.adult("eve"), people.mentor("mona", "Mathematics")
    people.course(people.person("instructor"), ada, eve)
    kept, gone = ask(ada)["questionId"], ask(ada, "Nobody answers this one, or?")["questionId"]
    people.settle()
    mentor.post(f"/api/qa/questions/{kept}/answer", {"text": "So."})
    discussion = ada.post("/api/discussions", {"questionId": people.bank_question(), "title": "Why?", "text": "x"}).data
    ada.post(f"/api/discussions/{discussion['discussionId']}/reply", {"text": "More."})
    ada.post("/api/messages", {"to": eve.user_id, "content": "Hello"})
    eve.post("/api/messages", {"to": ada.user_id, "content": "Hi"})
    ada.post("/api/blocks", {"userId": mentor.user_id})
    group = ada.post("/api/groups", {"name": "G"}).data
    eve.post("/api/groups/join", {"code": group["joinCode"]})
    ada.post(f"/api/groups/{group['groupId']}/messages", {"content": "Hey"})
    ada.post("/api/reports", {"itemType": "user", "itemId": eve.user_id, "type": "other", "text": "She did."})
    people.settle()
    with within_rights():
        forget(people, ada)
    shown = eve.get(f"/api/qa/questions/{kept}").data
    assert shown["asker"] == FORMER and shown["answers"][0]["author"]["userId"] == mentor.user_id
    assert HelpQuestion.fetch(question_id=gone) is None
    page = eve.get(f"/api/discussions/{discussion['discussionId']}").data
    assert page["author"] == page["replies"][0]["author"] == FORMER
    (row,) = eve.get("/api/messages").data
    assert row["other"] == FORMER
    messages = eve.get("/api/messages", {"userId": ada.user_id}).data
    assert FORMER in [each["sender"] for each in messages] and len(messages) == 2
    (mine,) = eve.get("/api/groups", {"groupId": group["groupId"]}).data
    assert (mine["role"], mine["memberCount"]) == ("owner", 1)
    assert eve.get(f"/api/groups/{group['groupId']}/messages").data[0]["sender"] == FORMER
    moderator = people.person("moderator", "moderator")
    (reported,) = moderator.get("/api/admin/reports").data
    assert "reporterId" not in reported and "text" not in reported
    partitions = {item["PK"]["S"].partition("|")[2] for item in people.cloud.items(people.tenant)}
    gone_kinds = (Poster, MentorTie, Block, Conversation)
    assert {f"{kind.keys.family}#{ada.user_id}" for kind in gone_kinds} & partitions == set()


def test_a_mentor_leaves_answers_and_no_name(people: Community, ask: Ask) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    asked = ask(ada)["questionId"]
    made = mentor.post(f"/api/qa/questions/{asked}/answer", {"text": "One."}).data
    people.settle()
    mentor.patch(f"/api/qa/answers/{made['answerId']}", {"text": "Two."})
    forget(people, mentor)
    (answer,) = ada.get(f"/api/qa/questions/{asked}").data["answers"]
    assert (answer["author"], answer["text"]) == (FORMER, "Two.")
    assert MentorFigures.fetch(user_id=mentor.user_id) is None
    assert "text_revision" not in {item["kind"]["S"] for item in people.cloud.items(people.tenant)}
