"""The question bank: what is written, who sees what is right, and how moderators decide."""

from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted
from lyceum.kit.table import Unit
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.questions.question import AnswerKey
from lyceum.model.questions.statistics import QuestionStatistics
from tests.questions.conftest import right_texts
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import consumers, record


@pytest.fixture
def topic_id(client: Client) -> str:
    return Story(client).topic(client.as_("admin"), client.as_("instructor"))


def fields(topic_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": "single",
        "topicId": topic_id,
        "stem": "Which is <b>even</b>?<script>x()</script>",
        "difficulty": "easy",
        "options": [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}],
        "correctOptionIds": ["b"],
        "explanation": "Two is twice one.",
        **changes,
    }


def worth(score: int) -> dict[str, Any]:
    return {"score": str(score), "max_score": "1", "response": {"option_ids": ["a"]} if score else {}}


def approve(client: Client, *question_ids: str) -> list[str]:
    results = (
        client.as_("moderator")
        .post("/api/admin/questions/batch-approve", {"questionIds": list(question_ids)})
        .data["results"]
    )
    return [result["result"] for result in results]


def test_a_question_is_sanitised_and_waits(client: Client, topic_id: str) -> None:
    made = client.as_("instructor").post("/api/questions", fields(topic_id)).data
    assert (made["stem"], made["status"], right_texts(made)) == ("Which is <b>even</b>?", "pending", ["two"])
    assert client.as_("student").get(f"/api/questions/{made['questionId']}").status == 404
    assert client.get("/api/questions").data == []


@pytest.mark.parametrize(
    "changes",
    [
        {"correctOptionIds": ["c"]},
        {"correctOptionIds": ["a", "b"]},
        {"options": [{"id": "a", "text": "one"}, {"id": "a", "text": "two"}]},
        {"options": [{"id": "a", "text": "same"}, {"id": "b", "text": " same"}]},
        {"type": "essay"},
        {"marks": 0},
    ],
)
def test_what_can_not_be_a_question_is_refused(client: Client, topic_id: str, changes: dict[str, Any]) -> None:
    assert client.as_("instructor").post("/api/questions", fields(topic_id, **changes)).error.code == "VALIDATION_ERROR"


def test_a_missing_topic_is_404_and_students_do_not_write(client: Client, topic_id: str) -> None:
    assert client.as_("instructor").post("/api/questions", fields("0" * 26)).status == 404
    assert client.as_("student").post("/api/questions", fields(topic_id)).status == 403


def test_only_the_author_and_moderators_see_what_is_right(client: Client, topic_id: str) -> None:
    question_id = client.as_("instructor").post("/api/questions", fields(topic_id)).data["questionId"]
    assert approve(client, question_id) == ["approved"]
    path = f"/api/questions/{question_id}"
    for reader in (client, client.as_("student"), client.as_("other", "instructor")):
        for reply in (reader.get(path), reader.get("/api/questions")):
            assert reply.status == 200
            assert "correctOptionIds" not in reply.body
            assert "twice" not in reply.body
    assert right_texts(client.as_("instructor").get(path).data) == ["two"]
    assert right_texts(client.as_("moderator").get(path, {"reason": "A complaint."}).data) == ["two"]


def test_a_batch_answers_for_each_question(client: Client, topic_id: str) -> None:
    ids = [client.as_("instructor").post("/api/questions", fields(topic_id)).data["questionId"] for _ in range(2)]
    own = client.as_("moderator").post("/api/questions", fields(topic_id)).data["questionId"]
    assert approve(client, ids[0], "0" * 26, own) == ["approved", "not_found", "own_question"]
    assert approve(client, ids[0]) == ["not_pending"]
    rejected = (
        client.as_("moderator")
        .post("/api/admin/questions/batch-reject", {"questionIds": [ids[1]], "reason": "two are right"})
        .data
    )
    assert rejected["results"][0]["result"] == "rejected"
    assert client.as_("instructor").get(f"/api/questions/{ids[1]}").data["rejectionReason"] == "two are right"


def test_filters_work_together_and_cost_one_query(client: Client, topic_id: str) -> None:
    instructor = client.as_("instructor")
    for difficulty, tag in (("easy", "x"), ("hard", "x"), ("hard", "y")):
        question_id = instructor.post("/api/questions", fields(topic_id, difficulty=difficulty, tags=[tag])).data[
            "questionId"
        ]
        approve(client, question_id)
    reply = client.get("/api/questions", {"topicId": topic_id, "difficulty": "hard", "tag": "x"})
    assert [(each["difficulty"], each["tags"]) for each in reply.data] == [("hard", ["x"])]
    assert reply.cost.operations == ["Query"]
    assert client.get("/api/questions", {"status": "pending"}).status == 403
    assert instructor.get("/api/questions", {"status": "pending", "authorId": instructor.user_id}).data == []
    assert client.as_("moderator").get("/api/questions", {"status": "pending"}).data == []


def test_a_random_selection_never_repeats_and_says_when_it_comes_short(client: Client, topic_id: str) -> None:
    story = Story(client)
    for _ in range(6):
        story.approved_question(client.as_("instructor"), client.as_("moderator"), topic_id)
    student = client.as_("student")
    drawn = student.get("/api/questions/random", {"topicId": topic_id, "count": 6}).data["questions"]
    assert len({question["questionId"] for question in drawn}) == 6
    short = student.get("/api/questions/random", {"topicId": topic_id, "count": 7}).data
    assert (short["questions"], short["isShort"]) == ([], True)


def test_statistics_hold_a_hundred_questions_and_count_a_session_once(client: Client, tenant: str) -> None:
    marks = [
        {
            "question_id": f"q{number}",
            "outcome": "right" if number % 2 else "blank",
            "time_spent_seconds": 10,
            **worth(number % 2),
        }
        for number in range(100)
    ]
    Unit().create(ExamMarks(exam_id="e", user_id="u", keys_hash="h", marks=marks)).commit()
    facts = {
        "score": "1",
        "max_score": "2",
        "percent": "50",
        "passed": True,
        "finished_at": "2027-01-11T09:00:00Z",
        "topic_ids": [],
    }
    event = ExamCompleted(exam_id="e", user_id="u", mode="practice", cause="submitted", **facts)  # type: ignore[arg-type]
    sent = record({"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)})
    for _ in range(2):
        assert (
            consumers()["functions.questions.events.statistics"].handler({"Records": [sent, sent]}, LAMBDA)[
                "batchItemFailures"
            ]
            == []
        )
    odd, even = (QuestionStatistics.require(question_id=name) for name in ("q1", "q98"))
    assert (odd.attempts, odd.correct, odd.skipped, odd.time_spent_seconds) == (1, 1, 0, 10)
    assert (even.attempts, even.correct, even.skipped) == (1, 0, 1)
    Unit().create(AnswerKey(question_id="q1", revision=1, key={"correct_option_ids": ["a"]})).commit()
    assert client.as_("instructor").get("/api/questions/q1/statistics").data["facility"] == 1.0
    assert client.as_("instructor").get("/api/questions/none/statistics").status == 404
