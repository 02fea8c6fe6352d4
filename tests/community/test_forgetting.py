"""What becomes of an erased user's words: others keep what they need, under no name."""

from collections.abc import Callable
from typing import Any

from lyceum.events.users import UserErased
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, find
from lyceum.model.community.messages import Block, Conversation
from lyceum.model.community.questions import HelpQuestion, MentorOffer, MentorTie, PooledMentor, Poster
from lyceum.model.mentors import MentorFigures
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.community import jobs

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


def test_nothing_of_an_erased_person_is_left_in_the_inboxes_of_others(
    people: Community, ask: Ask, clock: Clock
) -> None:
    ada, eve = people.adult("ada", first_name="Zanzibar", last_name="Zanzibar"), people.adult("eve")
    mentors = [people.mentor("mona", "Mathematics"), people.mentor("mark", "History")]
    moderator = people.person("moderator", "moderator")
    people.course(people.person("instructor"), ada, eve)
    ask(ada, "Who knows the sum of Zanzibar?", urgency="high")
    withdrawn = ask(ada, "And who knows the root of Zanzibar?")["questionId"]
    people.settle()
    assert ada.delete(f"/api/qa/questions/{withdrawn}").status == 200
    for _ in range(3):
        clock.advance(hours=2)
        run(jobs, "widen_offers")
        people.settle()
    ada.post("/api/messages", {"to": eve.user_id, "content": "Hello"})
    group = ada.post("/api/groups", {"name": "G"}).data
    assert ada.post(f"/api/groups/{group['groupId']}/members", {"userId": eve.user_id}).status in {200, 201}
    for only in ("community", "notifications"):
        people.settle(only)
    told = {kind for each in (*mentors, moderator, eve) for kind in people.notices(each)}
    assert told == {"question.offered", "question.escalated", "mentor.student", "message.received", "group.invited"}
    with within_rights():
        forget(people, ada)
        for _ in range(3):
            people.settle("notifications")
    canaries = [item for item in people.cloud.items(people.tenant) if "zanzibar" in str(item).lower()]
    gone_by_themselves_or_with_the_account = {"outbox_item", "user", "notification"}
    assert {item["kind"]["S"] for item in canaries} <= gone_by_themselves_or_with_the_account
    assert {item["user_id"]["S"] for item in canaries if item["kind"]["S"] == "notification"} <= {ada.user_id}
    assert [people.notices(each) for each in (*mentors, moderator, eve)] == [[]] * 4
    assert all(PooledMentor.require(mentor_id=each.user_id).open_offers == 0 for each in mentors)
    assert all(find(MentorOffer, mentor_id=each.user_id).items == [] for each in mentors)
