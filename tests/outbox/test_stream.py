"""From the table's stream to bus and queues: everything arrives or is parked, and no record stops the others."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lyceum.events.questions import QuestionRetired
from lyceum.kit import ids
from lyceum.kit.aws import clients
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.tasks.notifications import SendMail
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA

from functions.outbox import stream

SAMPLE = Path(__file__).parents[2] / "events/outbox/stream-item-with-outbox.json"
WORKER = "notifications-mail"


@dataclass
class Post:
    """The queue of everybody who listens to the bus, that of one worker, and the one for what could not be sent."""

    delivered_url: str
    worker_url: str
    parked_url: str

    def delivered(self) -> list[dict[str, Any]]:
        return [envelope["detail"] for envelope in drain(self.delivered_url)]

    def ordered(self) -> list[dict[str, Any]]:
        """Take what the worker is told to do out of its queue."""
        return drain(self.worker_url)

    def parked(self) -> list[dict[str, Any]]:
        return drain(self.parked_url)


def drain(url: str) -> list[dict[str, Any]]:
    """Take every message out of a queue."""
    found: list[dict[str, Any]] = []
    sqs = clients.client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.fixture
def post(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Queues behind the bus, for the length of a test."""
    sqs, events, name = clients.client("sqs"), cloud.events, ids.new_id()
    names = (f"{name}-delivered", f"lyceum-{settings().stage}-{WORKER}", f"{name}-parked")
    delivered, worker, parked = (sqs.create_queue(QueueName=queue)["QueueUrl"] for queue in names)
    arn = sqs.get_queue_attributes(QueueUrl=delivered, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=settings().bus, EventPattern=json.dumps({"source": ["lyceum"]}))
    events.put_targets(Rule=name, EventBusName=settings().bus, Targets=[{"Id": "queue", "Arn": arn}])
    monkeypatch.setenv("LYCEUM_PARKING_QUEUE", parked)
    settings.cache_clear()
    stream.queue_of.cache_clear()
    yield Post(delivered, worker, parked)
    sqs.delete_queue(QueueUrl=worker)
    events.remove_targets(Rule=name, EventBusName=settings().bus, Ids=["queue"])
    monkeypatch.delenv("LYCEUM_PARKING_QUEUE")
    settings.cache_clear()


def image(*details: object, name: str = "question.retired", worker: str = "") -> dict[str, Any]:
    """Return an item that carries events, or tasks for a worker."""
    addressed = {"worker": {"S": worker}} if worker else {}
    kept = [
        {"M": {"name": {"S": name}, "detail": {"S": json.dumps(detail, ensure_ascii=False)}} | addressed}
        for detail in details
    ]
    return {"PK": {"S": "main|OUT#1"}, "SK": {"S": "OUT"}, "outbox": {"L": kept}}


def record(new: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a stream record of a change."""
    keys = {"PK": {"S": "main|OUT#1"}, "SK": {"S": "OUT"}}
    return {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": new} | ({"OldImage": old} if old else {})}


def run(*records: dict[str, Any]) -> None:
    stream.handler({"Records": list(records)}, LAMBDA)


Fault = Callable[..., dict[str, Any]]


@pytest.fixture
def on_put(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fault], list[int]]:
    """Puts a fault in front of PutEvents and returns the list of how many entries each call had."""

    def install(fault: Fault) -> list[int]:
        bus = clients.client("events")
        original, sizes = bus.put_events, []

        def put(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - the service's name
            sizes.append(len(Entries))
            return fault(original, Entries)

        monkeypatch.setattr(bus, "put_events", put)
        monkeypatch.setattr(stream.time, "sleep", lambda _: None)
        return sizes

    return install


def test_what_a_write_left_arrives_as_its_event(post: Post, cloud: Cloud, tenant: str) -> None:
    event = QuestionRetired(question_id="q", topic_id="t", course_id="c")
    Unit().create(OutboxItem(event_id=event.event_id), event).commit()
    run(*(record(item) for item in cloud.items(tenant)))
    assert [QuestionRetired.model_validate(detail) for detail in post.delivered()] == [event]
    assert post.parked() == []


def test_the_sample_is_a_record_that_arrives(post: Post) -> None:
    stream.handler(json.loads(SAMPLE.read_text())["event"], LAMBDA)
    (detail,) = post.delivered()
    assert QuestionRetired.model_validate(detail).tenant == "main"


@pytest.mark.parametrize(
    "silent",
    [
        record({"PK": {"S": "main|OUT#1"}}),
        record({"outbox": {"L": []}}),
        record({"outbox": {"NULL": True}}) | {"dynamodb": {}},
        record(image({"eventId": "1"}), image({"eventId": "1"})),
    ],
    ids=["no outbox", "empty outbox", "no image", "the outbox of an earlier write"],
)
def test_a_record_without_news_sends_nothing(post: Post, silent: dict[str, Any]) -> None:
    run(silent)
    assert (post.delivered(), post.parked()) == ([], [])


def test_a_new_outbox_on_an_old_item_is_sent(post: Post) -> None:
    run(record(image({"eventId": "2"}), image({"eventId": "1"})))
    assert post.delivered() == [{"eventId": "2"}]


def test_calls_hold_ten_entries(post: Post, on_put: Callable[[Fault], list[int]]) -> None:
    sizes = on_put(lambda put, entries: put(Entries=entries))
    run(*(record(image({"n": number}, {"n": number + 100})) for number in range(12)))
    assert sizes == [10, 10, 4]
    assert len(post.delivered()) == 24


def test_calls_stay_under_the_size_that_the_bus_takes(post: Post, on_put: Callable[[Fault], list[int]]) -> None:
    sizes = on_put(lambda put, entries: put(Entries=entries))
    run(*(record(image({"text": "é" * 50_000})) for _ in range(5)))
    assert sizes == [2, 2, 1]
    assert len(post.delivered()) == 5


def test_an_event_that_is_too_large_is_parked_by_its_keys_and_the_others_go_on(post: Post) -> None:
    run(record(image({"n": 1})), record(image({"text": "x" * 260_000})), record(image({"n": 2})))
    assert [detail["n"] for detail in post.delivered()] == [1, 2]
    (parked,) = post.parked()
    assert parked["reason"] == "the message is too large"
    assert parked["keys"]["PK"]["S"] == "main|OUT#1"
    assert parked["entry"] == {"name": "question.retired", "worker": "", "detail": None}


@pytest.mark.parametrize(
    "outbox",
    [{"S": "x"}, {"L": [{"S": "x"}]}, {"L": [{"M": {"name": {"S": "x"}}}]}, "x"],
    ids=["text", "list of texts", "no detail", "no type"],
)
def test_an_outbox_that_can_not_be_read_is_parked_and_the_others_go_on(post: Post, outbox: Any) -> None:
    run(record(image({"n": 1})), record({"outbox": outbox}), record(image({"n": 2})))
    assert [detail["n"] for detail in post.delivered()] == [1, 2]
    (parked,) = post.parked()
    assert (parked["reason"], parked["entry"]) == ("the outbox can not be read", None)


def test_an_entry_that_the_bus_refuses_is_parked_as_it_can_be_sent_again(post: Post) -> None:
    broken = image({"n": 0})
    broken["outbox"]["L"][0]["M"]["detail"]["S"] = "{not json"
    run(record(image({"n": 1})), record(broken), record(image({"n": 2})))
    assert [detail["n"] for detail in post.delivered()] == [1, 2]
    (parked,) = post.parked()
    assert parked["reason"] == "MalformedDetail"
    assert parked["entry"] == {"name": "question.retired", "worker": "", "detail": "{not json"}


def test_only_what_was_refused_is_tried_again(post: Post, on_put: Callable[[Fault], list[int]]) -> None:
    refusals = iter([True, False])

    def refuse_the_second(put: Callable[..., dict[str, Any]], entries: list[dict[str, Any]]) -> dict[str, Any]:
        if next(refusals):
            put(Entries=entries[:1])
            return {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}]}
        return put(Entries=entries)

    sizes = on_put(refuse_the_second)
    run(record(image({"n": 1})), record(image({"n": 2})))
    assert sizes == [2, 1]
    assert [detail["n"] for detail in post.delivered()] == [1, 2]


def test_a_call_that_fails_for_one_entry_is_made_for_each(post: Post, on_put: Callable[[Fault], list[int]]) -> None:
    def refuse_wrong(put: Callable[..., dict[str, Any]], entries: list[dict[str, Any]]) -> dict[str, Any]:
        if any(entry["DetailType"] == "wrong" for entry in entries):
            raise refusal("ValidationException")
        return put(Entries=entries)

    on_put(refuse_wrong)
    run(record(image({"n": 1})), record(image({"n": 0}, name="wrong")), record(image({"n": 2})))
    assert [detail["n"] for detail in post.delivered()] == [1, 2]
    assert [(parked["reason"], parked["entry"]["name"]) for parked in post.parked()] == [
        ("ValidationException", "wrong")
    ]


@pytest.mark.parametrize("fault", ["InternalException", ""], ids=["the bus fails", "the bus does not answer"])
def test_what_no_try_brings_to_the_bus_is_parked(post: Post, on_put: Callable[[Fault], list[int]], fault: str) -> None:
    def fail(*_: object) -> dict[str, Any]:
        raise refusal(fault) if fault else ConnectionError

    sizes = on_put(fail)
    run(record(image({"n": 1}, {"n": 2})))
    assert sizes == [2, 2, 2]
    parked = post.parked()
    assert {entry["reason"] for entry in parked} == {fault or "ConnectionError"}
    assert [json.loads(entry["entry"]["detail"])["n"] for entry in parked] == [1, 2]


def test_it_fails_only_when_nothing_can_be_parked(
    post: Post, on_put: Callable[[Fault], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> dict[str, Any]:
        raise refusal("ServiceUnavailable")

    on_put(fail)
    monkeypatch.setattr(clients.client("sqs"), "send_message", fail)
    with pytest.raises(clients.client("events").exceptions.ClientError):
        run(record(image({"n": 1})))


def orders(*details: object, worker: str = WORKER) -> dict[str, Any]:
    """Return a stream record of an item that carries tasks."""
    return record(image(*details, name="mail.send", worker=worker))


def test_a_fact_goes_to_the_bus_and_a_task_to_the_queue_of_its_worker_alone(
    post: Post, cloud: Cloud, tenant: str
) -> None:
    fact = QuestionRetired(question_id="q", topic_id="t", course_id="c")
    task = SendMail(user_id="ada", notification_id="n")
    Unit().create(OutboxItem.of(fact), fact).create(OutboxItem.of(task), task).commit()
    run(*(record(item) for item in cloud.items(tenant)))
    assert [detail["eventId"] for detail in post.delivered()] == [fact.event_id]
    (envelope,) = post.ordered()
    assert SendMail.from_envelope(envelope) == task
    assert (envelope["detail-type"], post.parked()) == ("mail.send", [])


def test_the_queues_calls_are_bounded_like_those_of_the_bus(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs, sizes = clients.client("sqs"), []
    original = sqs.send_message_batch
    monkeypatch.setattr(
        sqs, "send_message_batch", lambda **sent: (sizes.append(len(sent["Entries"])), original(**sent))[1]
    )
    run(*(orders({"n": number}) for number in range(12)), orders(*({"text": "é" * 50_000} for _ in range(3))))
    assert sizes == [10, 4, 1]
    assert len(post.ordered()) == 15


def test_a_task_that_is_too_large_is_parked_with_its_worker_and_the_others_go_on(post: Post) -> None:
    run(orders({"n": 1}), orders({"text": "x" * 260_000}), orders({"n": 2}))
    assert [envelope["detail"]["n"] for envelope in post.ordered()] == [1, 2]
    (parked,) = post.parked()
    assert parked["reason"] == "the message is too large"
    assert parked["entry"] == {"name": "mail.send", "worker": WORKER, "detail": None}


def test_a_task_that_its_queue_refuses_is_tried_again_then_parked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs, calls = clients.client("sqs"), []
    original = sqs.send_message_batch

    def refuse_the_first(**sent: Any) -> dict[str, Any]:
        calls.append([entry["MessageBody"] for entry in sent["Entries"]])
        refused, taken = sent["Entries"][:1], sent["Entries"][1:]
        if taken:
            original(QueueUrl=sent["QueueUrl"], Entries=taken)
        return {"Failed": [{"Id": refused[0]["Id"], "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(sqs, "send_message_batch", refuse_the_first)
    monkeypatch.setattr(stream.time, "sleep", lambda _: None)
    run(orders({"n": 1}, {"n": 2}))
    assert [len(bodies) for bodies in calls] == [2, 1, 1]
    assert [envelope["detail"]["n"] for envelope in post.ordered()] == [2]
    (parked,) = post.parked()
    assert parked["reason"] == "InternalError"
    assert parked["entry"] == {"name": "mail.send", "worker": WORKER, "detail": '{"n": 1}'}


def test_tasks_for_a_worker_without_a_queue_are_parked_and_all_others_arrive(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream.time, "sleep", lambda _: None)
    run(orders({"n": 1}, worker="nobody"), orders({"n": 2}), record(image({"n": 3})))
    assert [envelope["detail"]["n"] for envelope in post.ordered()] == [2]
    assert [detail["n"] for detail in post.delivered()] == [3]
    (parked,) = post.parked()
    assert "NonExistentQueue" in parked["reason"]
    assert parked["entry"] == {"name": "mail.send", "worker": "nobody", "detail": '{"n": 1}'}


def refusal(code: str) -> Exception:
    """Return the error with which a service refuses a call."""
    error: Exception = clients.client("events").exceptions.ClientError({"Error": {"Code": code}}, "PutEvents")
    return error
