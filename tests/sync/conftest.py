"""A student with things to learn, whose requests to the API's own door are answered in process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.catalog import Topic
from lyceum.model.questions.question import Question
from tests.support import workers
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.sync.own_door import OwnDoor

from functions.sync import own_api


@dataclass
class Line:
    """The line to the API's own door: what is called before a request goes in, and after its answer comes out."""

    before: Callable[[str, str], None] = field(default=lambda _method, _path: None)
    after: Callable[[str, str], None] = field(default=lambda _method, _path: None)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def enter(self, method: str, path: str) -> None:
        """Note a request that goes in."""
        self.calls.append((method, path))
        self.before(method, path)

    def leave(self, method: str, path: str) -> None:
        """Let an answer come out."""
        self.after(method, path)


@pytest.fixture(autouse=True)
def line(cloud: Cloud) -> Iterator[Line]:
    """The line, which works until a test cuts it."""
    made = Line()
    with patch.object(own_api, "client", lambda: OwnDoor(cloud=cloud, before=made.enter, after=made.leave)):
        yield made


@pytest.fixture
def student(client: Client) -> Client:
    """A student."""
    return client.as_("student")


@pytest.fixture
def topic(tenant: str) -> str:
    """A topic."""
    name = ids.new_id()
    write_many([Topic(topic_id=name, course_id="c", department_id="d", title="Sets", order=1)])
    return name


@pytest.fixture
def question(tenant: str, topic: str) -> str:
    """An approved question."""
    name = ids.new_id()
    write_many(
        [
            Question(
                question_id=name,
                author_id="author",
                topic_id=topic,
                course_id="c",
                department_id="d",
                type="single",
                stem="2 + 2?",
                content={"options": [{"id": "a", "text": "4"}, {"id": "b", "text": "5"}]},
                difficulty="easy",
                status="approved",
                fingerprint=name,
                sort_key=name[-16:],
            )
        ]
    )
    return name


@dataclass
class Device:
    """A device: it numbers what it does, and keeps it until the server says that it is settled."""

    client: Client
    device_id: str = field(default_factory=ids.new_id)
    last_seq: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def does(self, kind: str, key: str | None = None, **fields: Any) -> dict[str, Any]:
        """Do something without a line."""
        self.last_seq += 1
        done = {"operationId": ids.new_id(), "seq": self.last_seq, "type": kind, **fields}
        self.waiting.append(done if key is None else {**done, "key": key})
        return self.waiting[-1]

    def pushes(self) -> list[dict[str, Any]]:
        """Send what waits, and forget what was settled."""
        body = {"deviceId": self.device_id, "operations": self.waiting}
        results: list[dict[str, Any]] = self.client.post("/api/sync/push", body).data["results"]
        settled = {each["operationId"] for each in results if each["status"] != "retry"}
        self.waiting = [each for each in self.waiting if each["operationId"] not in settled]
        return results


@pytest.fixture
def device(student: Client) -> Device:
    """A device of the student."""
    return Device(student)


@pytest.fixture
def work(cloud: Cloud, tenant: str) -> Callable[[], None]:
    """Let the worker of the feed do what waits for it."""

    def run() -> None:
        assert workers.deliver(cloud, tenant, only="sync") == 0

    return run
