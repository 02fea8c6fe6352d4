"""When storage fails: what can safely be done again is, with jitter; what may have happened is not, and is a 503."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from lyceum.kit import context
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.table import Unit, batch_fetch, connection, find
from lyceum.kit.table.connection import THROTTLED
from lyceum.kit.table.entity import Entity
from lyceum.model.notifications.inbox import InboxCounter, Notification
from tests.support.http import Client

Fault = Callable[[str], Exception]
MISSING = {"user_id": "nobody"}


def coded(code: str, **more: Any) -> Fault:
    """Return a fault with which the service refuses a call."""
    return lambda operation: ClientError({"Error": {"Code": code}, **more}, operation)  # type: ignore[arg-type, typeddict-item]


def cancelled(*codes: str) -> Fault:
    """Return a transaction's fault with the reason of each write."""
    return coded("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


def no_answer(_: str) -> Exception:
    return ReadTimeoutError(endpoint_url="https://storage")


def no_connection(_: str) -> Exception:
    return ConnectTimeoutError(endpoint_url="https://storage")


@dataclass
class Storage:
    """Storage that fails so many times before, or after, it does what it is asked."""

    times: int = 0
    fault: Fault = no_answer
    is_applied: bool = False
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def fail(self, times: int, fault: Fault, *, is_applied: bool = False) -> None:
        """Fail the next calls; with `is_applied`, do what was asked and lose the answer."""
        self.times, self.fault, self.is_applied = times, fault, is_applied


@pytest.fixture
def storage(cloud: object, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The product's own client of storage, with faults in front."""
    faulty = Storage()
    client = Entity._get_connection().connection.client
    call = client._make_api_call

    def answer(operation: str, arguments: dict[str, Any]) -> Any:
        faulty.calls.append((operation, dict(arguments)))
        if faulty.times:
            faulty.times -= 1
            if faulty.is_applied:
                call(operation, arguments)
            raise faulty.fault(operation)
        return call(operation, arguments)

    monkeypatch.setattr(client, "_make_api_call", answer)
    monkeypatch.setattr(connection.time, "sleep", faulty.waits.append)
    return faulty


def create() -> None:
    Unit().create(InboxCounter(user_id="ada", total=1)).commit()


def create_two() -> None:
    Unit().create(InboxCounter(user_id="ada", total=1)).create(InboxCounter(user_id="eve", total=1)).commit()


def change() -> None:
    Unit().change(
        InboxCounter.at(user_id="ada"), InboxCounter.total.add(1), InboxCounter.user_id.set("ada"), or_create=True
    ).commit()


READS = {
    "GetItem": lambda: InboxCounter.fetch(**MISSING),
    "Query": lambda: find(Notification, **MISSING),
    "BatchGetItem": lambda: batch_fetch([InboxCounter.at(**MISSING)]),
}
WRITES = {
    "PutItem": create,
    "UpdateItem": change,
    "DeleteItem": lambda: Unit().remove(InboxCounter.at(**MISSING)).commit(),
}
EVERY = {**READS, **WRITES, "TransactWriteItems": create_two}

each_of = pytest.mark.parametrize


@each_of("name", EVERY)
def test_a_throttled_call_is_tried_again(tenant: str, storage: Storage, name: str) -> None:
    storage.fail(2, coded("ThrottlingException"))
    with context.working(context.RequestContext(tenant)) as work:
        EVERY[name]()
    assert work.usage.operations == [name] * 3
    assert work.usage.requests == 3


@each_of("name", EVERY)
def test_a_call_that_stays_throttled_is_unavailable(tenant: str, storage: Storage, name: str) -> None:
    storage.fail(9, coded("ProvisionedThroughputExceededException"))
    with pytest.raises(Unavailable):
        EVERY[name]()
    assert len(storage.calls) == 3


@each_of("code", [*sorted(THROTTLED), "TransactionConflictException"])
def test_every_way_of_throttling_is_known(tenant: str, storage: Storage, code: str) -> None:
    storage.fail(1, coded(code))
    create()
    assert len(storage.calls) == 2


def test_waits_grow_and_are_drawn_at_random(tenant: str, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        bounds.append((low, high))
        return high / 2

    monkeypatch.setattr(connection.random, "uniform", draw)
    storage.fail(2, coded("ThrottlingException"))
    create()
    assert bounds == [(0, 0.025), (0, 0.05)]
    assert storage.waits == [0.0125, 0.025]


@each_of(
    "fault", [no_answer, no_connection, coded("InternalServerError")], ids=["no answer", "no connection", "broken"]
)
@each_of("name", ["UpdateItem", "DeleteItem"])
def test_a_change_that_may_have_happened_is_not_repeated(
    tenant: str, storage: Storage, name: str, fault: Fault
) -> None:
    storage.fail(1, fault)
    with pytest.raises(Unavailable):
        WRITES[name]()
    assert (len(storage.calls), storage.waits) == (1, [])


def test_a_count_whose_answer_is_lost_is_counted_once(tenant: str, storage: Storage) -> None:
    storage.fail(1, no_answer, is_applied=True)
    with pytest.raises(Unavailable):
        change()
    assert InboxCounter.require(user_id="ada", consistent=True).total == 1


@each_of("fault", [no_answer, coded("InternalServerError")], ids=["no answer", "broken"])
@each_of("is_applied", [False, True], ids=["not applied", "applied"])
def test_a_new_item_whose_answer_is_lost_is_stored_once_and_is_no_conflict(
    tenant: str, storage: Storage, fault: Fault, is_applied: bool
) -> None:
    storage.fail(1, fault, is_applied=is_applied)
    create()
    assert [name for name, _ in storage.calls] == ["PutItem"] * 2
    assert InboxCounter.require(user_id="ada", consistent=True).version == 1


def test_a_new_version_whose_answer_is_lost_is_stored_once(tenant: str, storage: Storage) -> None:
    create()
    item = InboxCounter.require(user_id="ada")
    storage.fail(1, no_answer, is_applied=True)
    Unit().replace(item).commit()
    assert InboxCounter.require(user_id="ada", consistent=True).version == 2


def test_an_item_of_somebody_else_is_a_conflict_even_when_an_answer_was_lost(tenant: str, storage: Storage) -> None:
    Unit().create(InboxCounter(user_id="ada", total=7)).commit()
    storage.fail(1, no_answer)
    with pytest.raises(Conflict):
        create()
    assert InboxCounter.require(user_id="ada", consistent=True).total == 7


@each_of("fault", [no_answer, coded("InternalServerError")], ids=["no answer", "broken"])
@each_of("name", READS)
def test_a_read_without_an_answer_is_repeated(tenant: str, storage: Storage, name: str, fault: Fault) -> None:
    storage.fail(2, fault)
    READS[name]()
    assert len(storage.calls) == 3


@each_of(
    "fault",
    [
        no_answer,
        coded("InternalServerError"),
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
    ],
    ids=["no answer", "broken", "conflict", "throttled"],
)
def test_a_transaction_is_repeated_with_its_token(tenant: str, storage: Storage, fault: Fault) -> None:
    storage.fail(2, fault)
    create_two()
    tokens = [arguments["ClientRequestToken"] for _, arguments in storage.calls]
    assert (len(tokens), len(set(tokens))) == (3, 1)
    assert storage.calls[0][1]["TransactItems"] == storage.calls[-1][1]["TransactItems"]
    Unit().remove(InboxCounter.at(user_id="ada")).remove(InboxCounter.at(user_id="eve")).commit()
    assert storage.calls[-1][1]["ClientRequestToken"] != tokens[0]


def test_a_transaction_that_stays_in_conflict_is_unavailable(tenant: str, storage: Storage) -> None:
    storage.fail(9, cancelled("TransactionConflict", "None"))
    with pytest.raises(Unavailable):
        create_two()
    assert len(storage.calls) == 3
    storage.times = 0
    assert InboxCounter.fetch(user_id="ada") is None


def test_a_condition_that_does_not_hold_is_not_tried_again(tenant: str, storage: Storage) -> None:
    create()
    with pytest.raises(Conflict, match="exists already"):
        create_two()
    assert [name for name, _ in storage.calls] == ["PutItem", "TransactWriteItems"]


def test_a_refusal_of_another_kind_is_raised_as_it_is(tenant: str, storage: Storage) -> None:
    for fault in (coded("ValidationException"), cancelled("ItemCollectionSizeLimitExceeded", "None")):
        storage.fail(1, fault)
        with pytest.raises(ClientError):
            create_two()
    assert len(storage.calls) == 2


def test_a_caller_is_told_when_to_come_back(client: Client, storage: Storage) -> None:
    student = client.as_("student")
    storage.fail(3, coded("ThrottlingException"))
    reply = student.get("/api/notifications")
    assert (reply.status, reply.error.code) == (503, "UNAVAILABLE")
    assert int(reply.headers["Retry-After"]) >= 1
    assert "hrottl" not in reply.body
    assert student.get("/api/notifications").status == 200
