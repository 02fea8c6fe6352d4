"""What each journey costs on a dear line: the bodies of its requests and answers, raw and gzipped.

The ceilings are those of the table in docs/offline.md. It is what people are told, so it is what is held.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.story import PASSWORD, Story
from tests.sync.own_door import OwnDoor

from functions.sync import own_api

PAGE = Path(__file__).parents[2] / "docs/offline.md"
ROW = re.compile(r"^\| ([a-z ]+) \| [^|]+ \| ([\d.]+) / ([\d.]+) \| ([\d.]+) / ([\d.]+) \|$", re.MULTILINE)
GZIP_FROM_BYTES = 1024
KILO = 1000


@dataclass
class Meter:
    """A caller whose bodies are counted: sent raw and gzipped, received raw and gzipped."""

    client: Client
    bytes: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Reply:
        """Send a GET and count."""
        return self._counted(None, self.client.get(path, query, **headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a POST and count."""
        return self._counted(body, self.client.post(path, body, **headers))

    def _counted(self, body: Any, reply: Reply) -> Reply:
        assert reply.status < 400, reply.body
        sent = json.dumps(body, separators=(",", ":")).encode() if body is not None else b""
        for place, content in ((0, sent), (2, reply.body.encode())):
            self.bytes[place] += len(content)
            self.bytes[place + 1] += len(content) if len(content) < GZIP_FROM_BYTES else len(gzip.compress(content, 5))
        return reply

    def holds(self, journey: str) -> None:
        """Hold what was counted against the ceilings of a journey."""
        ceilings = budgets()[journey]
        used = [round(each / KILO, 2) for each in self.bytes]
        print(f"{journey}: {used[0]} / {used[1]} sent, {used[2]} / {used[3]} received, in kB")
        assert all(own <= most for own, most in zip(used, ceilings, strict=True)), (used, ceilings)


def budgets() -> dict[str, list[float]]:
    """Read the table: kB sent raw and gzipped, received raw and gzipped, by journey."""
    return {row[0]: [float(each) for each in row[1:]] for row in ROW.findall(PAGE.read_text())}


@pytest.fixture(autouse=True)
def door(cloud: Cloud) -> Iterator[None]:
    with patch.object(own_api, "client", lambda: OwnDoor(cloud=cloud)):
        yield


@pytest.fixture
def story(client: Client) -> Story:
    return Story(client)


@pytest.fixture
def topic(story: Story, client: Client) -> str:
    return story.topic(client.as_("admin"), client.as_("instructor"))


@pytest.fixture
def work(cloud: Cloud, tenant: str) -> Callable[[], None]:
    def run() -> None:
        assert workers.deliver(cloud, tenant, only="sync") == 0

    return run


def pulled(meter: Meter, cursor: str | None = None, **signed: str) -> str:
    """Pull until there is no more."""
    while True:
        answer = meter.get("/api/sync/pull", {"cursor": cursor} if cursor else {}, **signed).data
        cursor = str(answer["cursor"])
        if not answer["hasMore"]:
            return cursor


def test_every_journey_has_a_ceiling() -> None:
    assert set(budgets()) == {"first visit", "daily study", "exam", "upload", "chat"}


def test_first_visit(client: Client, topic: str, story: Story) -> None:
    (course,) = client.get("/api/courses").data
    known = Course.require(course_id=course["courseId"])
    for number in range(19):
        words = {"code": f"MTH {200 + number}", "title": f"Linear algebra, part {number}", "level": 200}
        made = {"departmentId": known.department_id, "creditUnits": 3, "isPublished": True, **words}
        client.as_("instructor").post("/api/courses", made)
    meter = Meter(client)
    assert len(meter.get("/api/courses", {"limit": 20}).data) == 20
    meter.get(f"/api/courses/{course['courseId']}")
    meter.get("/api/universities")
    meter.post("/api/auth/register", story.person("reader"))
    token = meter.post("/api/auth/login", {"identifier": "reader", "password": PASSWORD}).data["accessToken"]
    signed = {"authorization": f"Bearer {token}"}
    meter.get("/api/auth/me", **signed)
    meter.post(f"/api/courses/{course['courseId']}/enroll", {}, **signed)
    pulled(meter, **signed)
    meter.holds("first visit")


def test_daily_study(client: Client, topic: str, story: Story, work: Callable[[], None]) -> None:
    asked = [story.approved_question(client.as_("instructor"), client.as_("moderator"), topic) for _ in range(20)]
    student = client.as_("student")
    meter = Meter(student)
    device, seq = ids.new_id(), 0
    work()
    cursor = pulled(Meter(student))
    for question in asked:
        student.post(f"/api/reviews/{question['questionId']}", {"rating": "again"})
    operations = []
    for question in asked:
        seq += 1
        name, value = question["questionId"], {"rating": "good", "repetitions": 1}
        operations.append(
            {"operationId": ids.new_id(), "seq": seq, "type": "review.grade", "key": name, "value": value}
        )
    for number in range(5):
        seq += 1
        value = {"topicId": topic, "text": f"A union holds what is in either set, and {number} more."}
        note = ids.new_id()
        operations.append({"operationId": ids.new_id(), "seq": seq, "type": "note.create", "key": note, "value": value})
    meter.get("/api/reviews/due", {"limit": 20})
    results = meter.post("/api/sync/push", {"deviceId": device, "operations": operations}).data["results"]
    assert {each["status"] for each in results} == {"applied"}
    work()
    cursor = pulled(meter, cursor)
    etag = meter.get("/api/sync/pull", {"cursor": cursor}).headers["ETag"]
    idle = meter.get("/api/sync/pull", {"cursor": cursor}, if_none_match=etag)
    assert (idle.status, idle.body) == (304, "")
    meter.get("/api/notifications", {"limit": 20})
    meter.holds("daily study")


def test_exam(client: Client, topic: str, story: Story) -> None:
    for _ in range(40):
        story.approved_question(client.as_("instructor"), client.as_("moderator"), topic)
    meter = Meter(client.as_("student"))
    exam = meter.post("/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 40}).data
    answers = [
        {"questionId": each["questionId"], "optionIds": ["a"], "seq": number}
        for number, each in enumerate(exam["questions"], 1)
    ]
    meter.post(f"/api/exams/{exam['examId']}/answers", {"answers": answers})
    meter.post(f"/api/exams/{exam['examId']}/submit")
    meter.get(f"/api/exams/{exam['examId']}/summary")
    meter.holds("exam")


def test_upload(client: Client) -> None:
    meter = Meter(client.as_("student"))
    asked = {"purpose": "avatar", "fileName": "me.jpg", "contentType": "image/jpeg", "sizeBytes": 100_000}
    upload = meter.post("/api/uploads", asked).data["uploadId"]
    meter.get(f"/api/uploads/{upload}")
    for _ in range(5):
        meter.get(f"/api/uploads/{upload}", {"fields": "state"})
    meter.holds("upload")


def test_chat(client: Client) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    course = Course(course_id="c", instructor_id="teacher", title="Algebra", sort_title="algebra")
    write_many([course])
    for person in (ada, eve):
        enrolment = Enrolment(course_id="c", user_id=person.user_id, state="active", enrolled_at=clocks.now())
        write_many([enrolment])
        user = User.require(user_id=person.user_id, consistent=True)
        user.profile = {"birthDate": "1990-01-01"}
        Unit().replace(user).commit()
    meter = Meter(ada)
    for number in range(10):
        meter.post("/api/messages", {"to": eve.user_id, "content": f"Is {number} a member of the empty set?"})
        eve.post("/api/messages", {"to": ada.user_id, "content": "Nothing is."})
    found = meter.get("/api/messages", {"userId": eve.user_id})
    assert found.data
    meter.post("/api/messages/read", {"userId": eve.user_id})
    meter.holds("chat")
