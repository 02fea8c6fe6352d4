"""Discussions on questions of the bank: locked while an exam keeps them secret, with replies and exact counts."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.questions.question import Question
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

DISCUSSIONS = "/api/discussions"


def start(author: Client, question_id: str, title: str = "Why is it four?") -> dict[str, Any]:
    reply = author.post(DISCUSSIONS, {"questionId": question_id, "title": title, "text": f"{title} <b>Tell.</b>"})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def keep_secret(question_id: str) -> None:
    question = Question.require(question_id=question_id, consistent=True)
    question.embargoed_until = clocks.now() + timedelta(hours=2)
    Unit().replace(question).commit()


def test_a_discussion_is_read_with_its_replies_as_pages(people: Community, clock: Clock) -> None:
    ada, eve, question_id = people.adult("ada"), people.adult("eve"), people.bank_question()
    with within_rights():
        made = start(ada, question_id)
        path = f"{DISCUSSIONS}/{made['discussionId']}"
        names = []
        for number in range(3):
            clock.advance(minutes=1)
            names.append(eve.post(f"{path}/reply", {"text": f"Reply {number}."}).data["replyId"])
        people.settle("")
        page = ada.get(path, {"limit": 2}).data
    assert [each["replyId"] for each in page["replies"]] == names[:2]
    assert (page["replyCount"], page["repliesPagination"]["total"]) == (3, 3)
    rest = ada.get(path, {"limit": 2, "cursor": page["repliesPagination"]["nextCursor"]}).data
    assert [each["replyId"] for each in rest["replies"]] == names[2:]
    (listed,) = ada.get(f"/api/questions/{question_id}/discussions").data
    assert listed["discussionId"] == made["discussionId"]
    assert people.notices(ada)[0] == "discussion.replied"


def test_only_questions_that_are_to_be_seen_are_talked_of(people: Community) -> None:
    ada = people.adult("ada")
    for question_id in (ids.new_id(), people.bank_question(status="pending")):
        body = {"questionId": question_id, "title": "Why?", "text": "x"}
        assert ada.post(DISCUSSIONS, body).status == 404
        assert ada.get(f"/api/questions/{question_id}/discussions").status == 404


def test_a_discussion_is_locked_while_an_exam_keeps_its_question_secret(people: Community, clock: Clock) -> None:
    ada, moderator, question_id = people.adult("ada"), people.person("moderator", "moderator"), people.bank_question()
    path = f"{DISCUSSIONS}/{start(ada, question_id)['discussionId']}"
    keep_secret(question_id)
    assert ada.get(path).error.code == "DISCUSSION_LOCKED"
    assert ada.get(f"/api/questions/{question_id}/discussions").status == 404
    for caller in (ada, moderator):
        refused = caller.post(f"{path}/reply", {"text": "The key is b."})
        assert (refused.status, refused.error.code) == (423, "DISCUSSION_LOCKED")
        assert caller.put(f"{path}/upvote").status == 423
    assert ada.post(DISCUSSIONS, {"questionId": question_id, "title": "Why?", "text": "x"}).status == 404
    assert moderator.get(path).status == 200
    clock.advance(hours=3)
    assert ada.post(f"{path}/reply", {"text": "It was b."}).status == 201


def test_an_upvote_toggles_and_counts_are_exact(people: Community) -> None:
    ada, question_id = people.adult("ada"), people.bank_question()
    path = f"{DISCUSSIONS}/{start(ada, question_id)['discussionId']}/upvote"
    eve = people.adult("eve")
    seen = [eve.put(path).data for _ in range(3)]
    assert [(each["isUpvoted"], each["upvoteCount"]) for each in seen] == [(True, 1), (False, 0), (True, 1)]
    assert eve.put(path, {"isUpvoted": True}).data["upvoteCount"] == 1
    voters = [people.adult(f"v{number}") for number in range(4)]
    at_once(*(lambda voter=voter: voter.put(path, {"isUpvoted": True}) for voter in voters * 2))
    assert ada.get(path.removesuffix("/upvote")).data["upvoteCount"] == 5


def test_moderators_remove_a_discussion_with_its_replies(people: Community) -> None:
    ada, question_id = people.adult("ada"), people.bank_question()
    path = f"{DISCUSSIONS}/{start(ada, question_id)['discussionId']}"
    ada.post(f"{path}/reply", {"text": "More."})
    assert ada.delete(path).status == 403
    assert people.person("moderator", "moderator").delete(path).status == 200
    assert ada.get(path).status == 404
    left = {item["kind"]["S"] for item in people.cloud.items(people.tenant)}
    assert {"discussion", "discussion_reply"} & left == set() and "audit_event" in left


def test_what_is_held_is_shown_to_its_author_and_moderators(people: Community) -> None:
    ada, eve, moderator = people.adult("ada"), people.adult("eve"), people.person("moderator", "moderator")
    path = f"{DISCUSSIONS}/{start(ada, people.bank_question())['discussionId']}"
    reply = eve.post(f"{path}/reply", {"text": "Mail me at eve@example.com"}).data
    assert [each["rule"] for each in reply["heldFor"]] == ["CONTACT_DETAILS"]
    assert [len(caller.get(path).data["replies"]) for caller in (ada, eve, moderator)] == [0, 1, 1]
    people.settle("notifications")
    assert people.notices(ada) == []
