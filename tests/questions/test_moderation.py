"""Moderation: queue, decisions, remarks and history."""

from lyceum.model.questions.question import Question
from tests.questions.conftest import Bank, right_texts
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once


def test_the_queue_shows_keys_and_those_that_wait_longest_first(bank: Bank, client: Client, clock: Clock) -> None:
    first = bank.write("single")["questionId"]
    clock.advance(minutes=1)
    second = bank.write("numeric")["questionId"]
    clock.advance(minutes=1)
    client.as_("instructor").put(f"/api/questions/{first}", bank.fields("single", stem="Asked again?"))
    reply = client.as_("moderator").get("/api/admin/questions/pending")
    assert [each["questionId"] for each in reply.data] == [second, first]
    assert (reply.data[0]["value"], right_texts(reply.data[1])) == ("9.81", ["choice b"])
    assert reply.cost.operations == ["Query", "BatchGetItem"]
    filtered = client.as_("moderator").get("/api/admin/questions/pending", {"type": "single", "topicId": bank.topic_id})
    assert [each["questionId"] for each in filtered.data] == [first]


def test_each_question_may_have_a_reason_of_its_own_and_its_author_reads_it(bank: Bank, client: Client) -> None:
    one, two = bank.write()["questionId"], bank.write("ordering")["questionId"]
    moderator = client.as_("moderator")
    body = {"questionIds": [one, two, "0" * 26], "reason": "unclear", "reasons": {two: "two orders are right"}}
    assert [each["result"] for each in moderator.post("/api/admin/questions/batch-reject", body).data["results"]] == [
        "rejected",
        "rejected",
        "not_found",
    ]
    moderator.post(f"/api/admin/questions/{two}/add-comment", {"text": "Say from when on."})
    shown = client.as_("instructor").get(f"/api/questions/{two}").data
    assert (shown["status"], shown["rejectionReason"]) == ("rejected", "two orders are right")
    assert [(each["verdict"], each["text"]) for each in shown["comments"]] == [
        ("comment", "Say from when on."),
        ("rejected", "two orders are right"),
    ]
    mended = (
        client.as_("instructor")
        .put(f"/api/questions/{two}", bank.fields("ordering", stem="From youngest to oldest?"))
        .data
    )
    assert (mended["status"], "rejectionReason" in mended) == ("pending", False)


def test_comments_are_for_existing_questions_and_not_for_readers(bank: Bank, client: Client) -> None:
    assert client.as_("moderator").post(f"/api/admin/questions/{'0' * 26}/add-comment", {"text": "hello"}).status == 404
    name = bank.approved()["questionId"]
    client.as_("moderator").post(f"/api/admin/questions/{name}/add-comment", {"text": "between us"})
    assert "between us" not in client.as_("student").get(f"/api/questions/{name}").body


def test_of_two_decisions_at_once_one_is_made(bank: Bank, client: Client) -> None:
    name = bank.write()["questionId"]
    rejection = {"questionIds": [name], "reason": "not like this"}
    one, two = client.as_("moderator"), client.as_("second", "moderator")
    replies = at_once(
        lambda: one.post("/api/admin/questions/batch-approve", {"questionIds": [name]}),
        lambda: two.post("/api/admin/questions/batch-reject", rejection),
    )
    results = sorted(reply.data["results"][0]["result"] for reply in replies)
    assert results in (["approved", "not_pending"], ["not_pending", "rejected"])
    comments = client.as_("moderator").get(f"/api/questions/{name}").data["comments"]
    assert len(comments) == 1


def test_history_names_each_changed_field_with_its_key(bank: Bank, client: Client) -> None:
    made = bank.approved("single", explanation="because")
    name, letters = made["questionId"], {each["text"]: each["id"] for each in made["options"]}
    instructor = client.as_("instructor")
    instructor.put(
        f"/api/questions/{name}", bank.fields("single", explanation="because", stem="Better?", correctOptionIds=["c"])
    )
    instructor.put(f"/api/questions/{name}", bank.fields("true_false", stem="Better?", marks="2.5"))
    reply = client.as_("moderator").get(f"/api/admin/questions/{name}/history")
    third, second, first = reply.data["revisions"]
    assert [(each["revision"], each["isCurrent"]) for each in (third, second, first)] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    assert second["changes"] == [
        {"field": "correctOptionIds", "before": [letters["choice b"]], "after": [letters["choice c"]]},
        {"field": "stem", "before": "A single question", "after": "Better?"},
    ]
    assert {each["field"] for each in third["changes"]} >= {
        "type",
        "options",
        "correct",
        "correctOptionIds",
        "marks",
        "explanation",
    }
    assert {each["field"] for each in first["changes"]} >= {"stem", "options", "explanation"}
    assert (second["writtenBy"], reply.cost.requests) == (instructor.user_id, 3)
    assert instructor.get(f"/api/admin/questions/{name}/history").status == 403
    assert client.as_("moderator").get(f"/api/admin/questions/{'0' * 26}/history").status == 404


def test_many_approvals_are_a_job_that_can_be_watched(bank: Bank, client: Client, clock: Clock, tenant: str) -> None:
    names = bank.fill(120, status="pending")
    moderator = client.as_("moderator")
    asked = moderator.post("/api/admin/questions/batch-approve", {"questionIds": [*names, "0" * 26]})
    assert (asked.status, asked.data["results"]) == (200, [])
    assert workers.deliver(client.cloud, tenant, only="questions.events.moderation") == 0
    job = moderator.get(f"/api/jobs/{asked.data['jobId']}").data
    assert (job["state"], job["done"], job["failed"], job["total"]) == ("done", 120, 1, 121)
    assert {Question.require(question_id=name, consistent=True).status for name in names} == {"approved"}


def test_a_whole_topic_is_approved_but_for_ones_own_questions(
    bank: Bank, client: Client, clock: Clock, tenant: str
) -> None:
    moderator = client.as_("moderator")
    names, own = bank.fill(60, status="pending"), bank.fill(3, status="pending", author_id=moderator.user_id)
    asked = moderator.post("/api/admin/questions/batch-approve", {"topicId": bank.topic_id})
    assert workers.deliver(client.cloud, tenant, rounds=6, only="questions.events.moderation") == 0
    job = moderator.get(f"/api/jobs/{asked.data['jobId']}").data
    assert (job["state"], job["done"], job["failed"]) == ("done", 60, 3)
    states = [Question.require(question_id=name, consistent=True).status for name in (*names, *own)]
    assert states == ["approved"] * 60 + ["pending"] * 3


def test_questions_to_approve_are_named_in_one_way(client: Client, bank: Bank) -> None:
    for body in ({}, {"questionIds": []}, {"questionIds": ["0" * 26], "topicId": bank.topic_id}):
        assert client.as_("moderator").post("/api/admin/questions/batch-approve", body).status == 400
