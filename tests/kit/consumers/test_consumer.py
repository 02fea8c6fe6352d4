"""Workers behind queues: each event has its effect once, and one that fails stops no other."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest

from lyceum.events.questions import QuestionApproved, QuestionRetired
from lyceum.kit import clock as clocks
from lyceum.kit import context, ids
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.records import OutboxItem, ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.event import Event, Message, PagedTask, catalogue
from lyceum.kit.table import Unit
from lyceum.model.notifications.inbox import InboxCounter
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.threads import at_once
from tests.support.workers import record


def approved(topic_id: str = "algebra") -> QuestionApproved:
    return QuestionApproved(question_id=ids.new_id(), topic_id=topic_id, course_id="c", author_id="a")


def retired(topic_id: str = "algebra") -> QuestionRetired:
    return QuestionRetired(question_id=ids.new_id(), topic_id=topic_id, course_id="c")


class CountPages(PagedTask):
    """Count the pages of a book, one at a time."""

    name: ClassVar[str] = "pages.count"
    worker: ClassVar[str] = "probe"
    book: str
    pages: int


def message(sent: Message) -> dict[str, Any]:
    """Return a message as the queue brings it."""
    return record({"Source": "lyceum", "DetailType": sent.name, "Detail": sent.model_dump_json(by_alias=True)})


def run(consumer: Consumer, *messages: dict[str, Any]) -> list[str]:
    """Hand a batch over and return the ids of the messages that failed."""
    return [
        failure["itemIdentifier"]
        for failure in consumer.handler({"Records": list(messages)}, LAMBDA)["batchItemFailures"]
    ]


def count(name: str) -> int:
    """Return a counter of the test's tenant."""
    counter = InboxCounter.fetch(user_id=name, consistent=True)
    return int(counter.total) if counter else 0


def add(name: str, number: int, unit: Unit) -> None:
    unit.change(
        InboxCounter.at(user_id=name), InboxCounter.total.add(number), InboxCounter.user_id.set(name), or_create=True
    )


class Refused(Exception):
    """What a reaction raises when a test wants it to fail."""


@pytest.fixture
def worker() -> Consumer:
    """Counts approved questions one by one and retired ones in batches; those of the topic `broken` fail."""
    consumer = Consumer(f"probe-{ids.new_id()}")

    @consumer.on(QuestionApproved)
    def each(event: QuestionApproved, unit: Unit) -> None:
        if event.topic_id == "broken":
            raise Refused
        add(event.topic_id, 1, unit)

    @consumer.fold(QuestionRetired)
    def batch(events: Sequence[QuestionRetired], unit: Unit) -> None:
        for topic_id, number in Counter(event.topic_id for event in events).items():
            if topic_id == "broken":
                raise Refused
            add(topic_id, number, unit)

    return consumer


MAKERS = pytest.mark.parametrize("make", [approved, retired], ids=["each", "fold"])
Make = Callable[..., Event]


def test_it_says_what_it_reacts_to(worker: Consumer) -> None:
    worker.paged(CountPages)(lambda _task, _unit: None)
    assert worker.events == [QuestionApproved, QuestionRetired]
    assert worker.tasks == [CountPages]


@MAKERS
def test_every_event_of_a_batch_has_its_effect(tenant: str, worker: Consumer, make: Make) -> None:
    assert run(worker, *(message(make(topic)) for topic in ("algebra", "logic", "algebra"))) == []
    assert (count("algebra"), count("logic")) == (2, 1)


@MAKERS
def test_an_event_that_comes_again_has_no_second_effect(tenant: str, worker: Consumer, make: Make) -> None:
    event, other = make(), make()
    assert run(worker, message(event), message(event)) == []
    assert run(worker, message(event)) == []
    assert run(worker, message(other), message(event)) == []
    assert count("algebra") == 2


@MAKERS
def test_a_message_that_fails_is_reported_alone_and_the_others_go_on(tenant: str, worker: Consumer, make: Make) -> None:
    good, bad, last = message(make()), message(make("broken")), message(make())
    assert run(worker, good, bad, last) == [bad["messageId"]]
    assert count("algebra") == 2
    assert run(worker, bad, good) == [bad["messageId"]]
    assert count("algebra") == 2


@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        "[]",
        "{}",
        json.dumps({"detail-type": "nobody.knows", "detail": {}}),
        json.dumps({"detail-type": "user.registered", "detail": {"userId": "u", "role": "student"}}),
        json.dumps({"detail-type": "question.approved", "detail": {"questionId": "q"}}),
    ],
    ids=["no JSON", "no object", "no type", "an unknown type", "a type for others", "parts missing"],
)
def test_poison_is_reported_and_the_others_go_on(tenant: str, worker: Consumer, body: str) -> None:
    poison = {"messageId": "poison", "body": body}
    assert run(worker, message(approved()), poison, message(retired()), message(approved())) == ["poison"]
    assert count("algebra") == 3


def test_an_effect_that_can_not_be_stored_is_reported_and_done_when_it_comes_again(
    tenant: str, worker: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = message(approved())

    def fail(_: Unit) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(Unit, "commit", fail)
        assert run(worker, first) == [first["messageId"]]
    assert count("algebra") == 0
    assert run(worker, first) == []
    assert count("algebra") == 1


def test_an_effect_and_its_marker_are_stored_together_or_not_at_all(tenant: str) -> None:
    consumer = Consumer(f"probe-{ids.new_id()}")

    @consumer.on(QuestionApproved)
    def spoil(event: QuestionApproved, unit: Unit) -> None:
        add(event.topic_id, 1, unit)
        unit.change(InboxCounter.at(user_id="is not there"), InboxCounter.total.add(1))

    event = approved()
    assert run(consumer, message(event)) != []
    assert count("algebra") == 0
    assert ProcessedEvent.fetch(consumer=consumer.name, event_id=event.event_id) is None


def test_workers_do_not_take_each_others_markers(tenant: str, worker: Consumer) -> None:
    other = Consumer(f"probe-{ids.new_id()}")
    other.on(QuestionApproved)(lambda _event, unit: add("other", 1, unit))
    event = approved()
    assert run(worker, message(event)) == run(other, message(event)) == []
    assert (count("algebra"), count("other")) == (1, 1)


def test_the_same_message_at_many_workers_at_once_has_one_effect(tenant: str, worker: Consumer) -> None:
    event = approved()
    failed = at_once(*[lambda: run(worker, message(event))] * 6)
    assert count("algebra") == 1
    assert failed == [[]] * 6


@pytest.mark.parametrize("make", [approved, retired], ids=["each", "fold"])
def test_events_of_several_tenants_stay_in_their_own(cloud: Cloud, worker: Consumer, make: Make) -> None:
    tenants, messages = [], []
    for _ in range(2):
        with cloud.new_tenant() as name:
            tenants.append(name)
            messages += [message(make()), message(make())]
    assert run(worker, *messages) == []
    for name in tenants:
        with context.working(context.RequestContext(tenant=name)):
            assert count("algebra") == 2


def test_what_follows_is_done_in_the_name_of_who_began_it(cloud: Cloud, tenant: str, clock: Clock) -> None:
    consumer = Consumer(f"probe-{ids.new_id()}")

    @consumer.on(QuestionApproved)
    def go_on(event: QuestionApproved, unit: Unit) -> None:
        unit.create(OutboxItem(event_id=event.question_id), retired(event.topic_id))

    with context.working(context.RequestContext(tenant, "moderator", "request-1")):
        event = approved()
    with context.working(context.RequestContext()):
        assert run(consumer, message(event)) == []
    (entry,) = cloud.outbox(tenant)
    follower = QuestionRetired.model_validate_json(entry["Detail"])
    assert (follower.tenant, follower.actor, follower.correlation_id) == (tenant, "moderator", "request-1")
    assert OutboxItem.require(event_id=event.question_id).created_by == "moderator"


def test_a_marker_is_kept_longer_than_any_queue_keeps_its_message(tenant: str, worker: Consumer, clock: Clock) -> None:
    event = approved()
    run(worker, message(event))
    marker = ProcessedEvent.require(consumer=worker.name, event_id=event.event_id)
    assert (int(marker.ttl or 0) - clock.at.timestamp()) / 86_400 == 30


def test_a_batch_of_one_kind_is_one_transaction_and_one_call_of_the_reaction(
    tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = Consumer(f"probe-{ids.new_id()}")
    batches: list[int] = []
    operations: list[list[str]] = []

    @consumer.fold(QuestionRetired)
    def batch(events: Sequence[QuestionRetired], unit: Unit) -> None:
        batches.append(len(events))
        add("algebra", len(events), unit)
        operations.append(context.current().usage.operations)

    assert run(consumer, *(message(retired()) for _ in range(10))) == []
    assert (batches, operations) == ([10], [["TransactWriteItems"]])


def test_a_batch_reads_anew_when_an_item_that_it_saves_was_changed_meanwhile(tenant: str) -> None:
    consumer = Consumer(f"probe-{ids.new_id()}")
    tried: list[int] = []

    @consumer.fold(QuestionRetired)
    def batch(events: Sequence[QuestionRetired], unit: Unit) -> None:
        read = InboxCounter.fetch(user_id="algebra", consistent=True) or InboxCounter(user_id="algebra")
        if not tried:
            Unit().put(InboxCounter(user_id="algebra", total=40)).commit()
        tried.append(len(events))
        read.total = int(read.total) + len(events)
        unit.save(read)

    assert run(consumer, *(message(retired()) for _ in range(2))) == []
    assert (tried, count("algebra")) == ([2, 2], 42)


@pytest.fixture
def joined() -> Consumer:
    """Counts an approved question by topic and by course; one of the course `broken` fails at the second."""
    consumer = Consumer(f"probe-{ids.new_id()}")

    @consumer.on(QuestionApproved)
    def by_topic(event: QuestionApproved, unit: Unit) -> None:
        add(event.topic_id, 1, unit)

    @consumer.on(QuestionApproved)
    def by_course(event: QuestionApproved, unit: Unit) -> None:
        if event.course_id == "broken":
            raise Refused
        add(event.course_id, 1, unit)

    return consumer


def test_reactions_to_one_message_share_its_unit_and_its_marker(
    tenant: str, joined: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    commit = Unit.commit
    monkeypatch.setattr(Unit, "commit", lambda unit: (commits.append(len(unit)), commit(unit))[1])
    received = message(approved())
    assert run(joined, received, received) == []
    assert (count("algebra"), count("c")) == (1, 1)
    assert commits == [3, 3], "two counters and the marker, in one transaction each time"


def test_a_reaction_that_fails_leaves_nothing_of_those_joined_with_it(tenant: str, joined: Consumer) -> None:
    event = approved().model_copy(update={"course_id": "broken"})
    assert len(run(joined, message(event))) == 1
    assert (count("algebra"), count("broken")) == (0, 0)
    assert ProcessedEvent.fetch(consumer=joined.name, event_id=event.event_id) is None


def ignore(*_: Any) -> None:
    """React by doing nothing."""


@pytest.mark.parametrize(
    "declare",
    [
        lambda consumer: (consumer.on(QuestionApproved, outside=True), consumer.on(QuestionApproved)),
        lambda consumer: (consumer.on(QuestionApproved), consumer.on(QuestionApproved, outside=True)),
        lambda consumer: (consumer.on(QuestionApproved, outside=True), consumer.on(QuestionApproved, outside=True)),
        lambda consumer: (consumer.fold(QuestionApproved), consumer.fold(QuestionApproved)),
        lambda consumer: (consumer.fold(QuestionApproved), consumer.on(QuestionApproved)),
        lambda consumer: (consumer.on(QuestionApproved), consumer.fold(QuestionApproved)),
    ],
    ids=["outside, on", "on, outside", "outside twice", "fold twice", "fold, on", "on, fold"],
)
def test_what_can_not_be_joined_is_refused_when_it_is_declared(declare: Callable[[Consumer], Any]) -> None:
    first, second = declare(Consumer("probe"))
    first(ignore)
    with pytest.raises(TypeError, match=r"question\.approved already"):
        second(ignore)


def test_what_happens_outside_is_not_begun_again_once_it_is_marked(tenant: str) -> None:
    consumer, mails = Consumer(f"probe-{ids.new_id()}"), []
    consumer.on(QuestionApproved, outside=True)(lambda event, _unit: mails.append(event.question_id))
    event = approved()
    assert run(consumer, message(event), message(event)) == []
    assert mails == [event.question_id]


@pytest.fixture
def counting() -> Consumer:
    """Counts the pages of a book, one page a task; it stumbles at page 2 of the book `broken`."""
    consumer = Consumer(f"probe-{ids.new_id()}")

    @consumer.paged(CountPages)
    def one_page(task: CountPages, unit: Unit) -> int | None:
        page = (task.after or 0) + 1
        add(task.book, 1, unit)
        if task.book == "broken" and page == 2:
            raise Refused
        return page if page < task.pages else None

    return consumer


def sent_after(cloud: Cloud, tenant: str, page: int | None) -> list[CountPages]:
    """Return the tasks on their way for what lies behind a page."""
    found = [CountPages.model_validate_json(entry["Detail"]) for entry in cloud.outbox(tenant)]
    return [task for task in found if task.after == page]


def test_a_page_sends_the_task_of_the_next_in_its_own_transaction(
    cloud: Cloud, tenant: str, counting: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    commit = Unit.commit
    monkeypatch.setattr(Unit, "commit", lambda unit: (commits.append(len(unit)), commit(unit))[1])
    first = CountPages(book="atlas", pages=3)
    assert run(counting, message(first), message(first)) == []
    (second,) = sent_after(cloud, tenant, 1)
    assert second.event_id != first.event_id
    assert (second.book, second.correlation_id, count("atlas")) == ("atlas", first.correlation_id, 1)
    assert commits == [3, 3], "the count, the marker and the next task, in one transaction each time"
    assert run(counting, message(second)) == []
    (third,) = sent_after(cloud, tenant, 2)
    assert run(counting, message(third)) == []
    assert sent_after(cloud, tenant, 3) == []
    assert count("atlas") == 3


def test_a_page_that_fails_sends_nothing_and_is_done_when_it_comes_again(
    cloud: Cloud, tenant: str, counting: Consumer
) -> None:
    stumbling = CountPages(book="broken", pages=3, after=1)
    assert len(run(counting, message(stumbling))) == 1
    assert (count("broken"), sent_after(cloud, tenant, 2)) == (0, [])


def test_a_task_names_its_worker_in_the_outbox_and_an_event_none() -> None:
    task = CountPages(book="atlas", pages=3)
    assert (task.to_outbox()["name"], task.to_outbox()["worker"]) == ("pages.count", "probe")
    assert set(approved().to_outbox()) == {"name", "detail"}


def test_an_event_survives_its_way_through_outbox_and_queue(tenant: str, clock: Clock) -> None:
    event = approved()
    kept = event.to_outbox()
    kind = catalogue()[kept["name"]]
    assert kind is QuestionApproved
    assert kind.from_envelope({"detail": json.loads(kept["detail"])}) == event
    assert event.at == clocks.now()


def test_two_events_can_not_have_one_name() -> None:
    with pytest.raises(TypeError, match=r"question\.retired"):
        type(
            "Impostor",
            (Event,),
            {"name": "question.retired", "__annotations__": {"name": "ClassVar[str]"}, "__module__": "typing"},
        )
