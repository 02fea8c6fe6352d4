"""Each storage call of the story fails once, in each way: callers try again, and nothing is lost or doubled."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import Entity, write_many
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.questions.question import AnswerKey, Question
from tests.faults.injection import KINDS, Faults, injected
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.story import PASSWORD, UPLOAD, Story
from tests.support.workers import deliver

TOPIC = "3" * 26
PASSING = {"rate_limit_window", "idempotency_record", "outbox_item", "tenant", "board_pulse"}
HINT = "leaderboard"
"""That a board moved is hinted at once a second at most; whoever misses a hint reads the board all the same."""


Act = Callable[[Client, str, "Stubborn"], dict[str, object]]


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
        Course(
            course_id="C",
            department_id="D",
            instructor_id="I",
            code="MTH 101",
            title="Algebra",
            level=100,
            credit_units=3,
        ),
        Topic(**shared, title="Sets", order=1),
    ]
    for name in ("1" * 26, "2" * 26):
        options = [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}]
        facts = {
            "type": "single",
            "stem": f"{name}?",
            "content": {"options": options},
            "difficulty": "easy",
            "status": "approved",
            "sort_key": name[:16],
        }
        items += [
            Question(question_id=name, author_id="I", fingerprint=name, **shared, **facts),
            AnswerKey(question_id=name, revision=1, key={"correct_option_ids": ["a"]}),
        ]
    write_many(items)
    return TOPIC


def joining(client: Client, _topic_id: str, insist: Stubborn) -> dict[str, object]:
    """Somebody registers and signs in."""
    registered = insist(lambda key: client.post("/api/auth/register", Story.person("nia"), idempotency_key=key))
    signed_in = insist(lambda _: client.post("/api/auth/login", {"identifier": "nia", "password": PASSWORD}))
    return {"registered": registered.status, "signed in": signed_in.status}


def writing(client: Client, topic_id: str, insist: Stubborn) -> dict[str, object]:
    """An author writes a question, a moderator approves it, and a student asks for an upload."""
    fields = {
        "type": "single",
        "topicId": topic_id,
        "stem": "Which is even?",
        "difficulty": "easy",
        "correctOptionIds": ["b"],
        "options": [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}],
    }
    made = insist(lambda key: client.as_("instructor").post("/api/questions", fields, idempotency_key=key)).data
    decided = insist(
        lambda _: client.as_("moderator").post(
            "/api/admin/questions/batch-approve", {"questionIds": [made["questionId"]]}
        )
    )
    upload = insist(lambda key: client.as_("student").post("/api/uploads", UPLOAD, idempotency_key=key))
    return {"approved": decided.status, "upload": upload.status}


def taking_an_exam(client: Client, topic_id: str, insist: Stubborn) -> dict[str, object]:
    """A student draws, answers and submits an exam, and reads its summary."""
    student = client.as_("student")
    start = {"mode": "practice", "topicIds": [topic_id], "count": 2}
    exam = insist(lambda key: student.post("/api/exams/start", start, idempotency_key=key)).data
    path = f"/api/exams/{exam['examId']}"
    for question in exam["questions"]:
        answer = {"questionId": question["questionId"], "optionIds": ["a"], "seq": 1, "operationId": "op-1"}
        saved = insist(lambda _, answer=answer: student.post(f"{path}/answer", answer))
        assert saved.status == 200, saved.body
    receipt = insist(lambda _: student.post(f"{path}/submit")).data
    summary = insist(lambda _: student.get(f"{path}/summary")).data
    return {
        "answered": sum(bool(question.get("optionIds")) for question in summary["questions"]),
        "receipt": (receipt["state"], receipt["cause"], receipt["score"] == summary["score"]),
    }


ACTS: list[Act] = [joining, writing, taking_an_exam]


def stored(cloud: Cloud, tenant: str) -> Counter[str]:
    return Counter(item["kind"]["S"] for item in cloud.items(tenant) if not _is_passing(item))


def _is_passing(item: dict[str, Any]) -> bool:
    kind, key = item["kind"]["S"], item["PK"]["S"]
    is_hint = kind == "channel_event" and HINT in json.dumps(item)
    return kind in PASSING or is_hint or (kind == "processed_event" and "realtime" in key)


def run(cloud: Cloud, act: Act, faults: Faults, clock: Clock) -> tuple[dict[str, object], Counter[str]]:
    """Play one act with its faults and all that follows from it; returns what callers were told and what is stored."""
    with cloud.new_tenant() as tenant:
        client, insist = Client(cloud, tenant), Stubborn(clock)
        topic_id = scene(client)
        with injected(faults):
            told = act(client, topic_id, insist)
            for _ in range(3):
                if deliver(cloud, tenant) == 0:
                    break
                clock.advance(seconds=130)
            inbox = insist(lambda _: client.as_("student").get("/api/notifications"))
        told["inbox"] = (len(inbox.data), inbox.pagination["total"], inbox.pagination["unread"])
        return told, stored(cloud, tenant)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ACTS)
def test_no_single_fault_loses_or_doubles_anything(cloud: Cloud, clock: Clock, act: Act, kind: str) -> None:
    calm = Faults()
    expected = run(cloud, act, calm, clock)
    assert calm.places(kind)
    for at in calm.places(kind):
        faults = Faults(kind, at)
        told, left = run(cloud, act, faults, clock)
        place = f"{kind} at call {at} of {len(calm.operations)}: {faults.struck}"
        assert told == expected[0], place
        assert (left - expected[1], expected[1] - left) == (Counter(), Counter()), place
