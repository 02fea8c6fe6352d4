"""Writing, editing and retiring questions: revisions, who may, and what others see."""

import json
from typing import Any

import pytest

from lyceum.model.questions.question import AnswerKey, Question, QuestionRevision
from tests.questions.conftest import Bank, right_texts
from tests.rules.questions.samples import AUTHORED
from tests.support.http import Client
from tests.support.threads import at_once

SECRETS = (
    "correctOptionIds",
    '"correct"',
    "tolerance",
    "accepted",
    '"pairs"',
    "correctOrder",
    "rubric",
    "feedback",
    "explanation",
    "canary",
)


@pytest.mark.parametrize("kind", AUTHORED)
def test_every_type_is_written_approved_and_shown_without_its_key(bank: Bank, client: Client, kind: str) -> None:
    made = bank.approved(
        kind,
        explanation="canary why",
        hints=["look again"],
        year=2024,
        examBody="WAEC",
        subject="Physics",
        source="a book",
    )
    path = f"/api/questions/{made['questionId']}"
    for reader in (client, client.as_("student"), client.as_("other", "instructor")):
        for reply in (reader.get(path), reader.get("/api/questions")):
            assert reply.status == 200
            assert not [secret for secret in SECRETS if secret in reply.body]
    shown = client.as_("instructor").get(path)
    assert shown.data["explanation"] == "canary why"
    assert (shown.data["hints"], shown.data["year"], shown.data["examBody"], shown.data["level"]) == (
        ["look again"],
        2024,
        "WAEC",
        100,
    )
    if "options" in AUTHORED[kind]:
        said = {each["id"]: each["text"] for each in AUTHORED[kind]["options"]}
        assert sorted(each["text"] for each in shown.data["options"]) == sorted(said.values())
        assert right_texts(shown.data) == sorted(said[name] for name in AUTHORED[kind]["correctOptionIds"])
    named_anew = {"options", "correctOptionIds"}
    for name, value in AUTHORED[kind].items():
        if name not in named_anew | {
            "prompts",
            "choices",
            "pairs",
            "items",
            "correctOrder",
            "gaps",
            "value",
            "rubric",
            "accepted",
        }:
            assert shown.data[name] == value
    assert client.as_("student").get(path).cost.operations == ["GetItem"]
    assert len(shown.cost.operations) == 3


@pytest.mark.parametrize(
    ("kind", "changes", "fields"),
    [
        ("single", {"options": [{"id": "a", "text": ""}, {"id": "b", "text": "x"}]}, {"options[0].text"}),
        (
            "cloze",
            {"gaps": {"1": {"type": "numeric"}, "2": {"type": "numeric", "value": 1}, "3": {"type": "essay"}}},
            {"gaps.1.value", "gaps.3"},
        ),
        ("numeric", {"value": "ten", "colour": "red"}, {"value", "colour"}),
        ("matching", {"pairs": {"0": "0"}}, {"pairs"}),
        ("essay", {}, set()),
    ],
)  # fmt: skip
def test_a_refusal_names_the_fields_and_writes_nothing(
    bank: Bank, client: Client, kind: str, changes: dict[str, Any], fields: set[str]
) -> None:
    sent = {**bank.fields("single"), "type": kind} if kind == "essay" else bank.fields(kind, **changes)
    refused = client.as_("instructor").post("/api/questions", sent)
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    assert refused.error.fields >= fields
    assert refused.cost.requests == 0


def test_a_draft_is_its_authors_alone_until_it_is_handed_in(bank: Bank, client: Client) -> None:
    made = bank.write(isDraft=True)
    assert made["status"] == "draft"
    assert client.as_("moderator").get("/api/admin/questions/pending").data == []
    assert bank.approve(made["questionId"]) == ["not_pending"]
    instructor = client.as_("instructor")
    mine = instructor.get("/api/questions", {"status": "draft", "authorId": instructor.user_id})
    assert [each["questionId"] for each in mine.data] == [made["questionId"]]
    handed_in = instructor.put(f"/api/questions/{made['questionId']}", bank.fields(stem="Ready now?"))
    assert (handed_in.data["status"], handed_in.data["revision"]) == ("pending", 2)
    assert bank.approve(made["questionId"]) == ["approved"]


def test_an_edit_makes_a_revision_that_waits_and_the_old_key_stays(bank: Bank, client: Client) -> None:
    made = bank.approved("single")
    name = made["questionId"]
    reply = client.as_("instructor").put(
        f"/api/questions/{name}", bank.fields("numeric", stem="How fast?", explanation="new")
    )
    assert (reply.data["revision"], reply.data["status"], reply.data["type"], reply.data["value"]) == (
        2,
        "pending",
        "numeric",
        "9.81",
    )
    assert (bank.listed(), bank.listed(topicId=bank.topic_id)) == ([], [])
    assert client.as_("student").get(f"/api/questions/{name}").status == 404
    assert AnswerKey.require(question_id=name, revision=1).key["correct_option_ids"] == made["correctOptionIds"]
    assert QuestionRevision.require(question_id=name, revision=1).fields["options"] == [
        {"id": each["id"], "text": each["text"]} for each in made["options"]
    ]
    assert bank.approve(name) == ["approved"]
    assert bank.listed(topicId=bank.topic_id) == [name]


def test_an_edit_that_changes_nothing_makes_no_revision(bank: Bank, client: Client) -> None:
    name = bank.approved("matching")["questionId"]
    for _ in range(2):
        reply = client.as_("instructor").put(f"/api/questions/{name}", bank.fields("matching"))
        assert (reply.data["revision"], reply.data["status"]) == (1, "approved")


def test_a_stale_edit_is_refused_and_of_two_at_once_one_wins(bank: Bank, client: Client) -> None:
    name = bank.write()["questionId"]
    instructor = client.as_("instructor")
    etag = instructor.get(f"/api/questions/{name}").headers["ETag"]
    assert instructor.put(f"/api/questions/{name}", bank.fields(stem="First?"), if_match=etag).status == 200
    assert instructor.put(f"/api/questions/{name}", bank.fields(stem="Second?"), if_match=etag).status == 412
    replies = at_once(
        *[
            lambda stem=stem: instructor.put(f"/api/questions/{name}", bank.fields(stem=stem))
            for stem in ("One?", "Two?", "Three?")
        ]
    )
    assert min(reply.status for reply in replies) == 200
    question = Question.require(question_id=name)
    assert question.revision == 2 + sum(reply.status == 200 for reply in replies)
    assert AnswerKey.fetch(question_id=name, revision=int(question.revision) + 1) is None


def test_only_the_author_and_moderators_edit_and_retire(bank: Bank, client: Client) -> None:
    hidden, shown = bank.write()["questionId"], bank.approved()["questionId"]
    for stranger in (client.as_("other", "instructor"), client.as_("student")):
        assert stranger.put(f"/api/questions/{hidden}", bank.fields()).status == 404
        assert stranger.delete(f"/api/questions/{shown}").status == 403
    assert (
        client.as_("moderator").put(f"/api/questions/{hidden}", bank.fields(stem="Mended by a moderator?")).status
        == 200
    )
    assert bank.approve(hidden) == ["own_question"]
    assert bank.approve(hidden, by="admin") == ["approved"]


def test_a_question_that_was_approved_stays_in_its_topic(bank: Bank, client: Client) -> None:
    name = bank.approved()["questionId"]
    course_id = client.get(f"/api/topics/{bank.topic_id}").data["courseId"]
    other = (
        client.as_("instructor")
        .post("/api/topics", {"title": "Groups", "courseId": course_id, "order": 2})
        .data["topicId"]
    )
    refused = client.as_("instructor").put(f"/api/questions/{name}", bank.fields(topicId=other))
    assert (refused.status, refused.error.fields) == (422, {"TOPIC_FIXED"})
    fresh = bank.write()["questionId"]
    assert client.as_("instructor").put(f"/api/questions/{fresh}", bank.fields(topicId=other)).data["topicId"] == other


def test_a_retired_question_leaves_every_list_and_keeps_its_key(bank: Bank, client: Client, tenant: str) -> None:
    name = bank.approved()["questionId"]
    instructor = client.as_("instructor")
    assert instructor.delete(f"/api/questions/{name}").data == {"questionId": name, "status": "retired"}
    assert (bank.listed(), bank.listed(topicId=bank.topic_id)) == ([], [])
    assert client.get(f"/api/questions/{name}").status == 404
    assert AnswerKey.fetch(question_id=name, revision=1)
    again, edited = instructor.delete(f"/api/questions/{name}"), instructor.put(f"/api/questions/{name}", bank.fields())
    assert (again.error.code, edited.error.code) == ("QUESTION_RETIRED", "QUESTION_RETIRED")
    assert [
        entry["DetailType"]
        for entry in client.cloud.outbox(tenant)
        if name in entry["Detail"] and "retired" in entry["DetailType"]
    ]


def test_retiring_what_was_never_approved_tells_nobody(bank: Bank, client: Client, tenant: str) -> None:
    name = bank.write()["questionId"]
    client.as_("instructor").delete(f"/api/questions/{name}")
    assert not [entry for entry in client.cloud.outbox(tenant) if entry["DetailType"] == "question.retired"]


def test_a_question_is_counted_in_its_topic_once_however_often_it_is_edited(
    bank: Bank, client: Client, tenant: str
) -> None:
    name = bank.approved()["questionId"]
    client.as_("instructor").put(f"/api/questions/{name}", bank.fields(stem="Again?"))
    bank.approve(name)
    approvals = [
        json.loads(entry["Detail"])["firstTime"]
        for entry in client.cloud.outbox(tenant)
        if entry["DetailType"] == "question.approved"
    ]
    assert approvals == [False]


def test_revisions_have_an_end(bank: Bank, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.questions.authoring.MOST_REVISIONS", 1)
    name = bank.write()["questionId"]
    refused = client.as_("instructor").put(f"/api/questions/{name}", bank.fields(stem="One more?"))
    assert (refused.status, refused.error.fields) == (422, {"TOO_MANY_REVISIONS"})


def test_enemy_items_are_named_to_the_author_alone_and_in_the_history(bank: Bank, client: Client) -> None:
    other = bank.write()["questionId"]
    question_id = bank.approved(enemyIds=[other])["questionId"]
    path = f"/api/questions/{question_id}"
    assert client.as_("instructor").get(path).data["enemyIds"] == [other]
    assert "enemyIds" not in client.as_("student").get(path).data
    client.as_("instructor").put(path, bank.fields(enemyIds=[]))
    newest, _ = client.as_("moderator").get(f"/api/admin/questions/{question_id}/history").data["revisions"]
    assert newest["changes"] == [{"field": "enemyIds", "before": [other], "after": []}]
    refused = client.as_("instructor").post("/api/questions", bank.fields(enemyIds=["x"]))
    assert (refused.status, refused.error.fields) == (400, {"enemyIds[0]"})
