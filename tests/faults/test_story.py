"""Each storage call of the story fails once, in each way: callers try again, and nothing is lost or doubled."""

from collections import Counter
from collections.abc import Callable

import pytest

from lyceum.model import AnswerKey, Course, Question, Topic
from lyceum.table import Entity, write_many
from tests.faults.injection import KINDS, Faults, injected
from tests.kit.cloud import Cloud
from tests.kit.http import Client, Reply
from tests.kit.story import UPLOAD, Story
from tests.kit.time import Clock
from tests.kit.workers import deliver

TOPIC = "3" * 26
PASSING = {"rate_window", "kept_answer", "outgoing", "tenant"}


class Stubborn:
    """A caller who sends a request again, with its Idempotency-Key, until it is answered for good."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.keys = 0

    def __call__(self, send: Callable[[str], Reply]) -> Reply:
        self.keys += 1
        for _ in range(4):
            reply = send(f"key-{self.keys}")
            if reply.status == 409 and reply.error.code == "IN_PROGRESS":
                self.clock.advance(seconds=61)
            elif reply.status != 503:
                return reply
        raise AssertionError(reply.body)


def scene(client: Client) -> str:
    """Put a topic with two approved questions and their course straight into storage."""
    for role in ("instructor", "moderator", "student"):
        client.as_(role)
    shared = {"topic_id": TOPIC, "course_id": "C", "department_id": "D"}
    items: list[Entity] = [
        Course(course_id="C", department_id="D", instructor_id="I", code="MTH 101", title="Algebra", level=100, credit_units=3),
        Topic(**shared, title="Sets", order=1),
    ]
    for name in ("1" * 26, "2" * 26):
        options = [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}]
        facts = {"type": "single", "stem": f"{name}?", "options": options, "difficulty": "easy", "status": "approved", "lot": name[:16]}
        items += [
            Question(question_id=name, author_id="I", fingerprint=name, **shared, **facts),
            AnswerKey(question_id=name, revision=1, correct_option_ids=["a"]),
        ]
    write_many(items)
    return TOPIC


def act(client: Client, topic_id: str, clock: Clock) -> dict[str, object]:
    """Play the story; returns what the callers were told in the end."""
    insist, story = Stubborn(clock), Story(client)
    instructor, moderator, student = client.as_("instructor"), client.as_("moderator"), client.as_("student")
    registered = insist(lambda key: client.post("/api/auth/register", story.person("nia"), idempotency_key=key))
    login = {"identifier": "nia", "password": "a quiet green river"}
    signed_in = insist(lambda _: client.post("/api/auth/login", login))
    fields = {
        "type": "single", "topicId": topic_id, "stem": "Which is even?", "difficulty": "easy", "correctOptionIds": ["b"],
        "options": [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}],
    }  # fmt: skip
    made = insist(lambda key: instructor.post("/api/questions", fields, idempotency_key=key)).data
    insist(lambda _: moderator.post("/api/admin/questions/batch-approve", {"questionIds": [made["questionId"]]}))
    insist(lambda key: student.post("/api/uploads", UPLOAD, idempotency_key=key))
    start = {"mode": "practice", "topicIds": [topic_id], "count": 2}
    exam = insist(lambda key: student.post("/api/exams/start", start, idempotency_key=key)).data
    path = f"/api/exams/{exam['examId']}"
    for question in exam["questions"]:
        answer = {"questionId": question["questionId"], "optionIds": [question["options"][0]["id"]], "seq": 1, "operationId": "op-1"}
        saved = insist(lambda _, answer=answer: student.post(f"{path}/answer", answer))
        assert saved.status == 200, saved.body
    receipt = insist(lambda _: student.post(f"{path}/submit")).data
    summary = insist(lambda _: student.get(f"{path}/summary")).data
    for _ in range(3):
        if deliver(client.cloud, client.tenant) == 0:
            break
        clock.advance(seconds=130)
    inbox = insist(lambda _: student.get("/api/notifications"))
    return {
        "registered": registered.status,
        "signed in": signed_in.status,
        "answered": sum(bool(question["optionIds"]) for question in summary["questions"]),
        "receipt": (receipt["state"], receipt["cause"], receipt["score"] == summary["score"]),
        "inbox": (len(inbox.data), inbox.pagination["total"], inbox.pagination["unread"]),
    }


def stored(cloud: Cloud, tenant: str) -> Counter[str]:
    return Counter(item["kind"]["S"] for item in cloud.items(tenant) if item["kind"]["S"] not in PASSING)


def run(cloud: Cloud, faults: Faults, clock: Clock) -> tuple[dict[str, object], Counter[str]]:
    with cloud.new_tenant() as tenant:
        client = Client(cloud, tenant)
        topic_id = scene(client)
        with injected(faults):
            told = act(client, topic_id, clock)
        return told, stored(cloud, tenant)


@pytest.fixture(scope="module")
def calm(cloud: Cloud) -> tuple[dict[str, object], Counter[str], int]:
    """The story without a fault, and how many storage calls it makes."""
    with Clock() as clock:
        faults = Faults()
        told, kinds = run(cloud, faults, clock)
        return told, kinds, faults.calls


@pytest.mark.parametrize("kind", KINDS)
def test_no_single_fault_loses_or_doubles_anything(cloud: Cloud, clock: Clock, calm: tuple[dict[str, object], Counter[str], int], kind: str) -> None:
    told, kinds, calls = calm
    for at in range(1, calls + 1):
        faults = Faults(kind, at)
        assert run(cloud, faults, clock) == (told, kinds), f"{kind} at call {at} of {calls}: {faults.struck}"
