"""The story in process, with its budgets of storage requests and what follows from its events."""

import pytest

from lyceum.model.catalog import Topic
from lyceum.model.questions.statistics import QuestionStatistics
from tests.support.http import Client
from tests.support.story import Story
from tests.support.workers import deliver

BUDGETS = {
    "POST /api/auth/login": [
        "GetItem",
        "Query",
        "UpdateItem",
        "UpdateItem",
        "BatchGetItem",
        "UpdateItem",
        "TransactWriteItems",
    ],  # name, secrets, tries by name and by address, account, the tries taken back, session
    "GET /api/auth/me": ["BatchGetItem"],
    "POST /api/questions": ["GetItem", "GetItem", "TransactWriteItems"],
    "GET /api/questions": ["Query"],
    "GET /api/questions/random (40)": ["Query", "Query", "UpdateItem"],
    "GET /api/exams/{examId} (40)": ["BatchGetItem"],
    "POST /api/exams/{examId}/answer": ["UpdateItem"],
    "GET /api/exams/{examId}/summary (40)": ["BatchGetItem", "BatchGetItem"],
    "GET /api/notifications": ["Query", "GetItem"],
    "POST /api/uploads": ["UpdateItem", "TransactWriteItems"],
    "GET /api/topics/{topicId}": ["GetItem"],
}


def test_each_request_costs_what_it_should(client: Client) -> None:
    found = {name: call().cost.operations for name, call in Story(client).repeatable()}
    start, submit = found.pop("POST /api/exams/start (40)"), found.pop("POST /api/exams/{examId}/submit (40)")
    assert len(start) <= 6, start
    assert len(submit) <= 3, submit
    assert found == BUDGETS


@pytest.fixture
def finished(client: Client) -> tuple[Client, dict[str, object], str]:
    story = Story(client)
    instructor, moderator = client.as_("instructor"), client.as_("moderator")
    topic_id = story.topic(client.as_("admin"), instructor)
    for _ in range(5):
        story.approved_question(instructor, moderator, topic_id)
    student = client.as_("student")
    exam = story.start(student, topic_id, 5).data
    for question in exam["questions"]:
        answer = {"questionId": question["questionId"], "optionIds": [story.right_option(question)], "seq": 1}
        student.post(f"/api/exams/{exam['examId']}/answer", answer)
    return student, student.post(f"/api/exams/{exam['examId']}/submit").data, topic_id


def test_what_follows_from_a_finished_exam_happens_once(
    client: Client, tenant: str, finished: tuple[Client, dict[str, object], str]
) -> None:
    student, receipt, topic_id = finished
    for _ in range(3):
        assert deliver(client.cloud, tenant) == 0
    inbox = student.get("/api/notifications")
    told = [message["data"]["examId"] for message in inbox.data if message["type"].startswith("exam.")]
    assert told == [receipt["examId"]]
    assert inbox.pagination["total"] == inbox.pagination["unread"] == len(inbox.data)
    assert Topic.require(topic_id=topic_id).question_count == 5
    summary = student.get(f"/api/exams/{receipt['examId']}/summary").data
    statistics = [QuestionStatistics.require(question_id=question["questionId"]) for question in summary["questions"]]
    assert [(each.attempts, each.correct) for each in statistics] == [(1, 1)] * 5


def test_another_tenant_sees_nothing(client: Client, finished: tuple[Client, dict[str, object], str]) -> None:
    _, receipt, topic_id = finished
    other = client.of("elsewhere").as_("student")
    assert other.get(f"/api/topics/{topic_id}").status == 404
    assert other.get(f"/api/exams/{receipt['examId']}/summary").status == 404
    assert other.get("/api/questions").data == []
