"""The stream and the workers of search, and a story of things that can be found."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.search.embedded import publishing, replica
from tests.support.acting import acting
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import consumers, deliver

from functions.outbox import stream

WORKER = "functions.search.events"


@pytest.fixture(autouse=True)
def _own_replicas() -> Iterator[None]:
    """No test sees what another one's searches left in this process."""
    replica.forget()
    yield
    replica.forget()
    publishing.forget()


@pytest.fixture
def queue(cloud: Cloud) -> Iterator[str]:
    """The queue of the worker, for what is sent there directly."""
    made = clients.client("sqs").create_queue(QueueName=f"lyceum-{settings().stage}-search-events")
    yield str(made["QueueUrl"])
    clients.client("sqs").delete_queue(QueueUrl=made["QueueUrl"])


class Feed:
    """Shows the table's stream what changed since the last look, and lets the worker of search do what follows."""

    def __init__(self, cloud: Cloud, tenant: str) -> None:
        self.cloud, self.tenant = cloud, tenant
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}

    def __call__(self) -> int:
        """Follow everything; returns how many documents were refreshed."""
        orders = [parcel for record in self._records() for parcel in stream.orders(record)]
        for order in orders:
            self.work(order.body)
        assert deliver(self.cloud, self.tenant, only="search") == 0
        return len(orders)

    def work(self, body: str) -> None:
        """Let the worker do one message."""
        with acting(WORKER):
            event = {"Records": [{"messageId": "1", "body": body}]}
            assert consumers()[WORKER].handler(event, LAMBDA) == {"batchItemFailures": []}

    def drain(self, queue: str) -> int:
        """Let the worker do what lies in its queue; returns how much it was."""
        count = 0
        while True:
            found = clients.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
            if not found:
                return count
            for message in found:
                assert json.loads(message["Body"])["detail-type"] == "search.note"
                self.work(message["Body"])
                clients.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                count += 1

    def _records(self) -> Iterator[dict[str, Any]]:
        now = {(item["PK"]["S"], item["SK"]["S"]): item for item in self.cloud.items(self.tenant)}
        for key in {*now, *self._seen}:
            new, old = now.get(key), self._seen.get(key)
            if new != old:
                images = {name: image for name, image in (("NewImage", new), ("OldImage", old)) if image}
                yield {"dynamodb": {"Keys": {"PK": {"S": key[0]}, "SK": {"S": key[1]}}, **images}}
        self._seen = now


@pytest.fixture
def follow(cloud: Cloud, tenant: str, clock: Clock) -> Feed:
    """The way from the table to the index."""
    return Feed(cloud, tenant)


class Library:
    """Things that can be found, made over HTTP."""

    def __init__(self, client: Client) -> None:
        self.client, self.story = client, Story(client)
        self.teacher, self.admin = client.as_("instructor"), client.as_("admin")
        self.moderator, self.student = client.as_("moderator"), client.as_("student")

    def topic(self) -> str:
        """Make a topic of a published course."""
        return self.story.topic(self.admin, self.teacher)

    def question(self, topic_id: str, stem: str, **more: Any) -> str:
        """Make an approved question."""
        made = self.teacher.post("/api/questions", {**_QUESTION, "topicId": topic_id, "stem": stem, **more})
        assert made.status == 201, made.body
        question_id = str(made.data["questionId"])
        self.approve(question_id)
        return question_id

    def approve(self, question_id: str) -> None:
        """Let a question into the bank."""
        decided = self.moderator.post("/api/admin/questions/batch-approve", {"questionIds": [question_id]})
        assert decided.data["results"][0]["result"] == "approved"

    def course(self, title: str, **more: Any) -> str:
        """Make a published course."""
        fields = {"title": title, "description": "What it is about.", "isPublished": True, **more}
        made = self.teacher.post("/api/courses", fields)
        assert made.status == 201, made.body
        return str(made.data["courseId"])


_QUESTION = {
    "type": "single",
    "difficulty": "easy",
    "options": [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}],
    "correctOptionIds": ["a"],
    "explanation": "So it is.",
}


@pytest.fixture
def library(client: Client) -> Library:
    """A teacher, a moderator and an admin who make things."""
    return Library(client)


@pytest.fixture
def found(client: Client) -> Callable[..., list[str]]:
    """Searches and returns the titles that were found."""

    def look(words: str, caller: Client | None = None, **query: str) -> list[str]:
        reply = (caller or client).get("/api/search", query={"q": words, **query})
        assert reply.status == 200, reply.body
        return [each["title"] for each in reply.data["items"]]

    return look
