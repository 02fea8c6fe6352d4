"""A topic, and an author and a moderator who fill its bank."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted
from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.catalog import Topic
from lyceum.model.exams.marks import ExamMarks
from lyceum.rules.questions.storage import items_of, stored
from lyceum.rules.questions.types import read_question
from tests.rules.questions import samples
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import consumers, record


@pytest.fixture
def topic_id(client: Client) -> str:
    """A topic of a course."""
    return Story(client).topic(client.as_("admin"), client.as_("instructor"))


def right_texts(shown: dict[str, Any]) -> list[str]:
    """Return what the right options of a question say, as its author sees it."""
    return sorted(each["text"] for each in shown["options"] if each["id"] in shown["correctOptionIds"])


@dataclass
class Bank:
    """The bank of one topic: questions written over HTTP by `instructor`, or put there quickly."""

    client: Client
    topic_id: str
    topics: dict[str, Topic] = field(default_factory=dict)

    def fields(self, kind: str = "single", **changes: Any) -> dict[str, Any]:
        """Return a question of the topic in the authors' form."""
        return samples.fields(kind, **{"topicId": self.topic_id, **changes})

    def write(self, kind: str = "single", author: str = "instructor", **changes: Any) -> dict[str, Any]:
        """Write a question and return what its author sees."""
        made: dict[str, Any] = self.client.as_(author).post("/api/questions", self.fields(kind, **changes)).data
        return made

    def approve(self, *question_ids: str, by: str = "moderator") -> list[str]:
        """Decide on questions and return the results."""
        reply = self.client.as_(by).post("/api/admin/questions/batch-approve", {"questionIds": list(question_ids)})
        return [each["result"] for each in reply.data["results"]]

    def approved(self, kind: str = "single", **changes: Any) -> dict[str, Any]:
        """Write a question and let it into the bank."""
        made = self.write(kind, **changes)
        assert self.approve(made["questionId"]) == ["approved"]
        return made

    def fill(self, count: int, *, status: str = "approved", author_id: str | None = None, **changes: Any) -> list[str]:
        """Put questions into the bank, quickly; a change may be a function of the question's number."""
        items, names = [], []
        for number in range(count):
            values = {name: value(number) if callable(value) else value for name, value in changes.items()}
            question = read_question(self.fields(**{"stem": f"Question {number}?", **values}))
            name = ids.new_id()
            topic = self.topics.setdefault(question.topic_id, Topic.require(topic_id=question.topic_id))
            items += items_of(
                *stored(
                    question,
                    topic,
                    question_id=name,
                    author_id=author_id or self.client.as_("instructor").user_id,
                    status=status,
                    level=100,
                )
            )
            names.append(name)
        write_many(items)
        return names

    def listed(self, **query: Any) -> list[str]:
        """Return the ids that an anonymous caller is shown."""
        return [each["questionId"] for each in self.client.get("/api/questions", query).data]


@pytest.fixture
def bank(client: Client, topic_id: str) -> Bank:
    """An empty bank."""
    return Bank(client, topic_id)


Finish = Callable[..., None]


@pytest.fixture
def finish(client: Client) -> Finish:
    """Let a student finish an exam with these outcomes by question, and the statistics learn of it."""

    def run(
        outcomes: dict[str, str],
        user: str = "student",
        seconds: int = 20,
        options: dict[str, str] | None = None,
        times: int = 1,
    ) -> None:
        exam_id = ids.new_id()
        scores = {"right": "1", "partial": "0.5"}
        marks = [
            {
                "question_id": name,
                "outcome": outcome,
                "score": scores.get(outcome, "0"),
                "max_score": "1",
                "time_spent_seconds": seconds,
                "response": {"option_ids": [(options or {}).get(name, "b" if outcome == "right" else "a")]}
                if outcome != "blank"
                else {},
            }
            for name, outcome in outcomes.items()
        ]
        user_id = client.as_(user, "student").user_id
        Unit().create(ExamMarks(exam_id=exam_id, user_id=user_id, keys_hash="h", marks=marks)).commit()
        facts = {
            "score": "1",
            "max_score": "2",
            "percent": "50",
            "passed": True,
            "finished_at": "2027-01-11T09:00:00Z",
            "topic_ids": [],
        }
        event = ExamCompleted(exam_id=exam_id, user_id=user_id, mode="practice", cause="submitted", **facts)  # type: ignore[arg-type]
        sent = record({"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)})
        assert (
            consumers()["functions.questions.events.statistics"].handler({"Records": [sent] * times}, LAMBDA)[
                "batchItemFailures"
            ]
            == []
        )

    return run
