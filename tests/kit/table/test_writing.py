"""Writes: one is a plain conditional write, several are one transaction, and each carries the events that it causes."""

import json

import pytest

from lyceum.events.questions import QuestionRetired
from lyceum.kit import context
from lyceum.kit.consumers.outbox import send
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict, NotFound, PreconditionFailed
from lyceum.kit.table import ConditionFailed, Unit, find, remove_many, write_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.kit.table.keys import MissingKeyPart
from lyceum.kit.table.writing import TooManyWrites
from lyceum.model.exams.sessions import SaveChain
from lyceum.model.notifications.inbox import InboxCounter, Notification
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.threads import at_once


def counter(name: str = "ada", total: int = 0) -> InboxCounter:
    return InboxCounter(user_id=name, total=total)


def stored(name: str = "ada") -> InboxCounter:
    return InboxCounter.require(user_id=name, consistent=True)


def retired() -> QuestionRetired:
    return QuestionRetired(question_id="q", topic_id="t", course_id="c")


def operations(unit: Unit) -> list[str]:
    """Commit and return the storage requests that it took."""
    with context.working(context.RequestContext(context.tenant(), "ada")) as work:
        unit.commit()
    return work.usage.operations


@pytest.mark.parametrize(
    ("unit", "request_name"),
    [
        (lambda: Unit().create(counter("new")), "PutItem"),
        (lambda: Unit().put(counter("new")), "PutItem"),
        (lambda: Unit().replace(stored()), "PutItem"),
        (lambda: Unit().change(InboxCounter.at(user_id="ada"), InboxCounter.total.add(1)), "UpdateItem"),
        (lambda: Unit().remove(InboxCounter.at(user_id="ada")), "DeleteItem"),
    ],
    ids=["create", "put", "replace", "change", "remove"],
)
def test_one_write_is_a_plain_write(tenant: str, unit: object, request_name: str) -> None:
    Unit().create(counter()).commit()
    made = unit()  # type: ignore[operator]
    assert operations(made) == [request_name]


def test_several_writes_are_one_transaction(tenant: str) -> None:
    Unit().create(counter("old")).commit()
    unit = (
        Unit()
        .create(counter())
        .change(InboxCounter.at(user_id="old"), InboxCounter.total.add(3))
        .create(counter("eve"))
    )
    assert operations(unit) == ["TransactWriteItems"]
    assert (stored("old").total, stored().total, stored("eve").total) == (3, 0, 0)


def test_what_is_paid_by_its_weight_does_not_tell_who_wrote_it_and_when(cloud: Cloud, tenant: str) -> None:
    chain = SaveChain(exam_id="e")
    stamps = {"created_at", "created_by", "updated_at", "updated_by"}
    for write in (
        lambda: Unit().create(chain).commit(),
        lambda: Unit().change(chain, SaveChain.length.set(1)).commit(),
        lambda: Unit().replace(SaveChain.require(exam_id="e", consistent=True)).commit(),
        lambda: Unit().put(SaveChain(exam_id="e")).commit(),
        lambda: write_many([SaveChain(exam_id="e")]),
    ):
        write()
        (item,) = cloud.items(tenant)
        assert stamps.isdisjoint(item)
    Unit().create(counter()).commit()
    assert any(stamps <= item.keys() for item in cloud.items(tenant))


def test_nothing_to_write_costs_nothing(tenant: str) -> None:
    assert operations(Unit()) == []


def test_a_check_demands_something_of_an_item_that_is_not_written(tenant: str) -> None:
    Unit().create(counter(total=1)).commit()
    checked = InboxCounter.at(user_id="ada")
    assert operations(Unit().check(checked, InboxCounter.total == 1)) == ["TransactWriteItems"]
    Unit().check(checked, InboxCounter.total == 1).create(counter("eve")).commit()
    with pytest.raises(ConditionFailed) as failure:
        Unit().create(counter("zoe")).check(checked, InboxCounter.total == 2).commit()
    assert failure.value.item and failure.value.item["total"] == {"N": "1"}
    assert InboxCounter.fetch(user_id="zoe") is None
    assert (stored().version, stored().total) == (1, 1)


def test_all_of_a_transaction_happens_or_nothing(cloud: Cloud, tenant: str) -> None:
    Unit().create(counter("taken")).commit()
    before = cloud.items(tenant)
    with pytest.raises(Conflict, match="inbox exists already"):
        Unit().create(counter(), retired()).create(counter("taken")).commit()
    assert cloud.items(tenant) == before


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a transaction"])
class TestRefusals:
    """What is raised when a condition does not hold, for a write alone and beside another one."""

    def unit(self, others: int) -> Unit:
        return Unit().create(OutboxItem(event_id="beside")) if others else Unit()

    def test_what_exists_is_not_created_again(self, others: int) -> None:
        Unit().create(counter(total=1)).commit()
        with pytest.raises(Conflict, match="This inbox exists already"):
            self.unit(others).create(counter(total=2)).commit()
        with pytest.raises(NotFound, match="mine"):
            self.unit(others).create(counter(total=2), refuse=NotFound("mine")).commit()
        assert stored().total == 1

    def test_what_does_not_exist_is_not_changed(self, others: int) -> None:
        missing = InboxCounter.at(user_id="nobody")
        with pytest.raises(ConditionFailed) as failure:
            self.unit(others).change(missing, InboxCounter.total.add(1)).commit()
        assert failure.value.item is None
        with pytest.raises(NotFound, match="mine"):
            self.unit(others).change(missing, InboxCounter.total.add(1), refuse=NotFound("mine")).commit()
        assert InboxCounter.fetch(user_id="nobody") is None

    def test_a_change_whose_condition_fails_tells_how_the_item_stands(self, others: int) -> None:
        Unit().create(counter(total=5)).commit()
        with pytest.raises(ConditionFailed) as failure:
            self.unit(others).change(
                InboxCounter.at(user_id="ada"), InboxCounter.total.add(1), when=InboxCounter.total < 5
            ).commit()
        assert failure.value.item and failure.value.item["total"] == {"N": "5"}
        assert (stored().total, stored().version) == (5, 1)

    def test_a_removal_may_have_a_condition(self, others: int) -> None:
        Unit().create(counter(total=5)).commit()
        with pytest.raises(Conflict, match="mine"):
            self.unit(others).remove(
                InboxCounter.at(user_id="ada"), when=InboxCounter.total == 0, refuse=Conflict("mine")
            ).commit()
        self.unit(others).remove(InboxCounter.at(user_id="ada"), when=InboxCounter.total == 5).commit()
        assert InboxCounter.fetch(user_id="ada") is None

    def test_of_two_who_read_the_same_version_one_writes(self, others: int) -> None:
        Unit().create(counter()).commit()
        first, second = stored(), stored()
        first.total, second.total = 1, 2
        self.unit(others).replace(first).commit()
        with pytest.raises(Conflict) as refusal:
            Unit().replace(second).commit()
        assert refusal.value.code == "EDIT_CONFLICT"
        assert (stored().total, stored().version) == (1, 2)


def test_a_version_that_the_caller_did_not_read_is_a_failed_precondition_without_a_request(tenant: str) -> None:
    Unit().create(counter()).commit()
    item = stored()
    with pytest.raises(PreconditionFailed), context.working(context.RequestContext(tenant)) as work:
        Unit().replace(item, expect=7)
    assert (work.usage.requests, item.version) == (0, 1)
    Unit().replace(item, expect=1).commit()
    assert stored().version == 2


def test_writers_at_once_do_not_lose_each_others_changes(tenant: str) -> None:
    Unit().create(counter()).commit()

    def write() -> bool:
        item = stored()
        item.total = int(item.total) + 1
        try:
            Unit().replace(item).commit()
        except Conflict:
            return False
        return True

    written = at_once(*[write] * 6).count(True)
    assert written >= 1
    assert (stored().total, stored().version) == (written, written + 1)


def test_a_name_that_is_taken_at_once_is_taken_by_one(tenant: str) -> None:
    def take(number: int) -> bool:
        try:
            Unit().create(OutboxItem(event_id=str(number))).create(counter("name", number)).commit()
        except Conflict:
            return False
        return True

    won = at_once(*[lambda number=number: take(number) for number in range(1, 7)])  # type: ignore[misc]
    assert won.count(True) == 1
    assert stored("name").total == won.index(True) + 1


def test_a_transaction_holds_a_hundred_writes_and_no_more(cloud: Cloud, tenant: str) -> None:
    unit = Unit()
    for number in range(100):
        unit.create(counter(str(number)))
    assert (len(unit), operations(unit)) == (100, ["TransactWriteItems"])
    for number in range(101):
        unit = unit if number else Unit()
        unit.create(counter(f"again {number}"))
    with pytest.raises(TooManyWrites, match="101"):
        unit.commit()
    assert len(cloud.items(tenant)) == 100


def test_who_wrote_what_and_when_stands_in_the_item(tenant: str, clock: Clock) -> None:
    with context.working(context.RequestContext(tenant, "ada")):
        Unit().create(counter()).commit()
    made = clock.at
    clock.advance(minutes=1)
    with context.working(context.RequestContext(tenant, "eve")):
        Unit().change(InboxCounter.at(user_id="ada"), InboxCounter.total.add(1)).commit()
    item = stored()
    assert (item.created_by, item.created_at) == ("ada", made)
    assert (item.updated_by, item.updated_at, item.version) == ("eve", clock.at, 2)


def test_a_change_alone_fills_the_item_as_it_stands_afterwards(tenant: str) -> None:
    Unit().create(counter(total=4)).commit()
    item = InboxCounter.at(user_id="ada")
    Unit().change(item, InboxCounter.total.add(3)).commit()
    assert (item.total, item.version, item.user_id) == (7, 2, "ada")


def test_a_change_may_create_what_is_not_there(tenant: str) -> None:
    for _ in range(2):
        item = InboxCounter.at(user_id="ada")
        Unit().change(item, InboxCounter.total.add(1), InboxCounter.user_id.set("ada"), or_create=True).commit()
    assert isinstance(stored(), InboxCounter)
    assert (stored().total, stored().version, stored().tenant) == (2, 2, tenant)


def test_what_is_not_named_by_its_key_can_not_be_changed(tenant: str) -> None:
    with pytest.raises(MissingKeyPart):
        Unit().change(counter(), InboxCounter.total.add(1))


class TestOutbox:
    """Events leave exactly with the write that they follow from."""

    def names(self, cloud: Cloud, tenant: str) -> list[str]:
        return [entry["DetailType"] for entry in cloud.outbox(tenant)]

    def test_a_new_item_carries_its_events(self, cloud: Cloud, tenant: str) -> None:
        event = retired()
        Unit().create(counter(), event, retired()).commit()
        assert self.names(cloud, tenant) == ["question.retired"] * 2
        assert QuestionRetired.model_validate(json.loads(cloud.outbox(tenant)[0]["Detail"])) == event

    @pytest.mark.parametrize("way", ["put", "replace", "change"])
    def test_the_next_write_takes_them_off(self, cloud: Cloud, tenant: str, way: str) -> None:
        Unit().create(counter(), retired()).commit()
        item = stored()
        units = {
            "put": lambda: Unit().put(item),
            "replace": lambda: Unit().replace(item),
            "change": lambda: Unit().change(item, InboxCounter.total.add(1)),
        }
        units[way]().commit()
        assert self.names(cloud, tenant) == []
        assert "outbox" not in cloud.items(tenant)[0]

    @pytest.mark.parametrize("way", ["replace", "change"])
    def test_the_next_write_may_bring_its_own(self, cloud: Cloud, tenant: str, way: str) -> None:
        Unit().create(counter(), retired()).commit()
        item, event = stored(), retired()
        unit = (
            Unit().replace(item, event)
            if way == "replace"
            else Unit().change(item, InboxCounter.total.add(1), events=[event])
        )
        unit.commit()
        (entry,) = cloud.outbox(tenant)
        assert json.loads(entry["Detail"])["eventId"] == event.event_id

    def test_a_refused_write_leaves_the_events_of_the_one_before(self, cloud: Cloud, tenant: str) -> None:
        Unit().create(counter(), retired()).commit()
        before = cloud.outbox(tenant)
        with pytest.raises(Conflict):
            Unit().create(counter(), retired()).commit()
        assert cloud.outbox(tenant) == before


def test_many_items_go_by_batches_of_twenty_five(tenant: str) -> None:
    with context.working(context.RequestContext(tenant)) as work:
        write_many(counter(str(number), number) for number in range(60))
    assert work.usage.operations == ["BatchWriteItem"] * 3
    assert (stored("59").total, stored("59").version) == (59, 1)


def test_what_a_batch_puts_off_is_sent_again(tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, sizes = StorageConnection._call_once, []

    def put_off_the_last(
        self: StorageConnection, name: str, arguments: dict[str, dict[str, list[object]]]
    ) -> dict[str, object]:
        ((table, puts),) = arguments["RequestItems"].items()
        sizes.append(len(puts))
        answer = call(self, name, {**arguments, "RequestItems": {table: puts[: max(1, len(puts) - 2)]}})
        return {**answer, "UnprocessedItems": {table: rest} if (rest := puts[max(1, len(puts) - 2) :]) else {}}

    monkeypatch.setattr(StorageConnection, "_call_once", put_off_the_last)
    write_many(counter(str(number)) for number in range(5))
    monkeypatch.undo()
    assert sizes == [5, 2, 1]
    assert all(stored(str(number)) for number in range(5))


def test_units_are_counted_for_the_work_in_progress(tenant: str) -> None:
    with context.working(context.RequestContext(tenant)) as work:
        Unit().create(counter()).commit()
        InboxCounter.fetch(user_id="ada")
        Notification.fetch(user_id="ada", notification_id="n")
    assert (work.usage.requests, work.usage.operations) == (3, ["PutItem", "GetItem", "GetItem"])
    assert work.usage.write_units >= 1
    assert work.usage.read_units >= 0.5


@pytest.mark.usefixtures("tenant")
class TestAmend:
    def test_named_attributes_and_index_keys_change_and_nothing_else(self) -> None:
        write_many([Notification(user_id="ada", notification_id="1", type="a", title="t", body="b")])
        read = Notification.require(user_id="ada", notification_id="1")
        Unit().change(
            Notification.at(user_id="ada", notification_id="1"), Notification.body.set("counted meanwhile")
        ).commit()
        read.type, read.title = "z", "not named"
        Unit().amend(read, "type").commit()
        (found,) = find(Notification, index="gsi1", user_id="ada", type="z").items
        assert (found.title, found.body) == ("t", "counted meanwhile")
        assert find(Notification, index="gsi1", user_id="ada", type="a").items == []

    def test_an_attribute_without_a_value_is_removed_with_its_index_key(self) -> None:
        write_many([Notification(user_id="ada", notification_id="1", type="a", title="t", body="b")])
        read = Notification.require(user_id="ada", notification_id="1")
        read.type = None
        Unit().amend(read, "type").commit()
        assert find(Notification, index="gsi1", user_id="ada").items == []
        assert Notification.require(user_id="ada", notification_id="1").title == "t"

    def test_it_holds_only_while_its_condition_does(self) -> None:
        Unit().create(counter(total=1)).commit()
        read = stored()
        read.total = 9
        with pytest.raises(NotFound):
            Unit().amend(read, "total", when=InboxCounter.total == 5, refuse=NotFound("no")).commit()
        assert stored().total == 1


@pytest.mark.usefixtures("tenant")
def test_many_items_are_deleted_whether_they_are_there_or_not() -> None:
    write_many(counter(f"u{number}") for number in range(60))
    named = [InboxCounter.at(user_id=f"u{number}") for number in range(70)]
    with context.working(context.RequestContext(context.tenant())) as work:
        assert remove_many(named) == 70
    assert work.usage.operations == ["BatchWriteItem"] * 3
    assert all(InboxCounter.fetch(user_id=f"u{number}") is None for number in range(70))
    assert remove_many([]) == 0


def test_events_without_an_item_leave_on_items_that_go_by_themselves(cloud: Cloud, tenant: str, clock: Clock) -> None:
    unit, events = Unit(), [retired(), retired()]
    send(unit, *events)
    unit.commit()
    assert {json.loads(entry["Detail"])["eventId"] for entry in cloud.outbox(tenant)} == {
        event.event_id for event in events
    }
    assert OutboxItem.require(event_id=events[0].event_id).ttl == int(clock.at.timestamp()) + 24 * 3600
