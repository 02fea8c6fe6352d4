"""The Python client without a line, against the product in process: shown at once, settled once, rolled back."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.catalog import Topic
from lyceum_client import LineBroken, Lyceum, Request, SignedOut
from lyceum_client.offline import Settled
from lyceum_client.store import Store
from tests.clients.lines import BASE, Product, Time, answer, refusal, scripted, tokens
from tests.support import workers
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.sync.own_door import OwnDoor

from functions.sync import own_api


@pytest.fixture(autouse=True)
def door(cloud: Cloud) -> Iterator[None]:
    with patch.object(own_api, "client", lambda: OwnDoor(cloud=cloud)):
        yield


@pytest.fixture
def product(client: Client) -> Product:
    return Product(client.as_("student"))


@pytest.fixture
def topic(tenant: str) -> str:
    name = ids.new_id()
    write_many([Topic(topic_id=name, course_id="c", department_id="d", title="Sets", order=1)])
    return name


@pytest.fixture
def work(cloud: Cloud, tenant: str) -> Callable[[], None]:
    def run() -> None:
        assert workers.deliver(cloud, tenant, only="sync") == 0

    return run


def notes(device: Lyceum) -> dict[str, str]:
    return {key: thing["value"]["text"] for (_, key), thing in device.offline.things("note").items()}


def drops(*, of: str) -> Callable[[Request], None]:
    def drop(request: Request) -> None:
        if of in request.url:
            raise LineBroken("dropped")

    return drop


def nothing(_request: Request) -> None:
    """Let every request through."""


def test_what_is_done_without_a_line_shows_at_once_and_counts_once(
    product: Product, topic: str, work: Callable[[], None]
) -> None:
    device = product.client()
    made = device.offline.do("note.create", value={"topicId": topic, "text": "In the bus."})
    device.offline.do("note.update", made.key, {"isDone": True})
    assert notes(device) == {made.key: "In the bus."}
    product.after = drops(of="/api/sync/push")
    with pytest.raises(LineBroken):
        device.offline.sync()
    assert len(device.offline.waiting()) == 2
    product.after = nothing
    synced = device.offline.sync()
    assert [each.status for each in synced.settled] == ["applied", "applied"]
    assert synced.is_done
    work()
    assert device.offline.sync().settled == []
    assert notes(device) == {made.key: "In the bus."}
    (stored,) = product.caller.get("/api/notes").data
    assert (stored["noteId"], stored["isDone"], stored["version"]) == (made.key, True, 2)


def test_two_devices_are_merged_and_a_conflict_keeps_both_sides(
    product: Product, topic: str, work: Callable[[], None]
) -> None:
    one, other = product.client(), product.client(Time(ids=500))
    key = one.offline.do("note.create", value={"topicId": topic, "text": "Union."}).key
    one.offline.sync()
    work()
    other.offline.sync()
    assert notes(other) == {key: "Union."}
    one.offline.do("note.update", key, {"tags": ["exam"]})
    other.offline.do("note.update", key, {"text": "Theirs."})
    assert [each.status for each in one.offline.sync().settled] == ["applied"]
    assert [each.status for each in other.offline.sync().settled] == ["merged"], "each changed another part"
    told: list[Settled] = []
    one.offline.on_conflict = told.append
    one.offline.do("note.update", key, {"text": "Mine."})
    assert notes(one)[str(key)] == "Mine."
    (settled,) = one.offline.sync().settled
    assert (settled.status, settled.result["server"], told) == ("conflict", {"text": "Theirs."}, [settled])
    assert sorted(notes(one).values()) == ["Mine.", "Theirs."], "the copy is there before the feed tells of it"
    work()
    for device in (one, other):
        device.offline.sync()
        assert sorted(notes(device).values()) == ["Mine.", "Theirs."]
        assert notes(device)[str(key)] == "Theirs."


def test_a_refusal_rolls_back_and_is_told(product: Product) -> None:
    device, told = product.client(), []
    device.offline.on_rejected = told.append
    question = ids.new_id()
    device.offline.do("bookmark.set", question, {"mark": "difficult"})
    assert ("bookmark", question) in device.offline.things()
    (settled,) = device.offline.sync().settled
    assert (settled.status, told) == ("rejected", [settled])
    assert ("bookmark", question) not in device.offline.things()


def test_the_queue_outlives_the_process(product: Product, topic: str, tmp_path: Path) -> None:
    def start() -> Lyceum:
        return Lyceum(BASE, transport=product, store=Store(tmp_path / "d.db"), surroundings=Time().surroundings())

    device = start()
    device.session.begin(tokens("any", user_id=product.caller.user_id))
    made = device.offline.do("note.create", value={"topicId": topic, "text": "Kept."})
    named = device.offline.device_id
    device.store.close()
    device = start()
    assert device.offline.device_id == named
    assert [each.operation_id for each in device.offline.waiting()] == [made.operation_id]
    assert device.offline.sync().is_done


def test_a_device_that_comes_back_from_a_backup_numbers_anew(product: Product, topic: str) -> None:
    device = product.client()
    for _ in range(2):
        device.offline.do("note.create", value={"topicId": topic, "text": "Before."})
    device.offline.sync()
    device.store.keep(f"next seq {product.caller.user_id}", 1)
    device.offline.do("note.create", value={"topicId": topic, "text": "After."})
    assert [each.status for each in device.offline.sync().settled] == ["applied"]
    device.store.keep(f"next seq {product.caller.user_id}", 40)
    device.offline.do("note.create", value={"topicId": topic, "text": "Far on."})
    assert [each.operation.seq for each in device.offline.sync().settled] == [4]
    assert len(product.caller.get("/api/notes").data) == 4


def test_a_session_that_ends_in_the_middle_loses_nothing(topic: str) -> None:
    client, line = scripted(refusal(401, "UNAUTHENTICATED"), refusal(401, "UNAUTHENTICATED"), answer(tokens("second")))
    done = client.offline.do("note.create", value={"topicId": topic, "text": "Kept."})
    with pytest.raises(SignedOut):
        client.offline.sync()
    client.sign_in("ada", "secret")
    assert [each.operation_id for each in client.offline.waiting()] == [done.operation_id]
    client.session.begin(tokens("eve", user_id="eve"))
    assert client.offline.waiting() == [], "somebody else's queue is not theirs"
    assert line.bodies()[-1]["identifier"] == "ada"


def test_a_new_snapshot_replaces_what_it_does_not_name_once_it_is_whole() -> None:
    def changes(*keys: str, first: bool = False, snapshot: bool = True, more: bool = True) -> dict[str, object]:
        rows = [{"type": "note", "key": key, "isRemoved": False, "version": 1, "value": {"text": key}} for key in keys]
        return {"changes": rows, "cursor": "c", "hasMore": more, "isSnapshot": snapshot, "isFirst": first}

    client, _ = scripted()
    things = client.offline._things
    things.take("ada", changes("old", first=True))
    things.take("ada", changes(snapshot=False, more=False))
    things.take("ada", changes("new", first=True))
    assert sorted(notes(client)) == ["new", "old"]
    things.take("ada", changes(snapshot=False, more=False))
    assert sorted(notes(client)) == ["new"]


@pytest.mark.parametrize("seed", range(4))
def test_on_a_line_that_breaks_anywhere_nothing_is_lost_or_doubled(
    product: Product, topic: str, work: Callable[[], None], seed: int
) -> None:
    dice = random.Random(seed)

    def at_times(_request: Request) -> None:
        if dice.random() < 0.4:
            raise LineBroken("dropped")

    device, made = product.client(), []
    product.before = product.after = at_times
    for number in range(30):
        made.append(device.offline.do("note.create", value={"topicId": topic, "text": str(number)}).key)
        if number % 7 == 6:
            try:
                device.offline.sync()
            except LineBroken:
                continue
    product.before = product.after = nothing
    assert device.offline.sync().is_done
    work()
    device.offline.sync()
    assert sorted(notes(device)) == sorted(filter(None, made))
    assert sorted(notes(device).values(), key=int) == [str(number) for number in range(30)]
    assert {each["version"] for each in device.offline.things("note").values()} == {1}, "nothing was done twice"
