"""How a walk over a table behaves: it can be interrupted, outrun, looked at before, and taken back."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.migrations.conftest import Table
from tools.migrations.runner import NotProven
from tools.migrations.step import Item, Step


def item(number: int, **attributes: str) -> Item:
    named = {name: {"S": value} for name, value in attributes.items()}
    return {"PK": {"S": f"main|NOTE#{number:03}"}, "SK": {"S": "NOTE"}, "version": {"N": "1"}} | named


def rename(number: int, old: str, new: str) -> Step:
    """A step that gives an attribute of notes another name."""

    def renamed(item: Item, before: str, after: str) -> Item | None:
        if before not in item:
            return None
        return {after if name == before else name: value for name, value in item.items()}

    notes = frozenset({"note"})
    return Step(number, f"{old} is {new}", notes, lambda i: renamed(i, old, new), lambda i: renamed(i, new, old))


FIRST, SECOND = rename(1, "body", "text"), rename(2, "text", "words")
NOTES = [item(number, kind="note", body=f"{number}") for number in range(30)]


class Flaky:
    """A client that calls back before each write of an item."""

    def __init__(self, client: Any, before_put: Any) -> None:
        self.client = client
        self.before_put = before_put

    def put_item(self, **asked: Any) -> Any:
        if asked["Item"].get("kind") == {"S": "note"}:
            self.before_put(asked["Item"])
        return self.client.put_item(**asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


def test_steps_are_taken_in_order_and_taken_back_in_reverse(table: Table) -> None:
    table.put(*NOTES)
    before = table.items()
    migration = table.migration(FIRST, SECOND)
    migration.run(2)
    assert migration.at() == 2
    assert all("words" in note for note in table.items())
    migration.run(1)
    assert migration.at() == 1
    assert all("text" in note for note in table.items())
    migration.run(0)
    assert table.items() == before


def test_what_was_done_is_not_done_again(table: Table) -> None:
    table.put(*NOTES)
    migration = table.migration(FIRST)
    migration.run(1)
    table.said.clear()
    migration.run(1)
    assert table.said == []


def test_a_dry_run_counts_and_writes_nothing(table: Table) -> None:
    table.put(*NOTES, item(99, kind="other", body="x"))
    before = table.items()
    migration = table.migration(FIRST, SECOND)
    assert migration.look(2) == {"0001 note": 30}
    assert table.items() == before
    assert migration.at() == 0


def test_an_interrupted_walk_goes_on_where_it_was(table: Table) -> None:
    table.put(*NOTES)
    writes: list[Item] = []

    def fail_at_the_tenth(note: Item) -> None:
        writes.append(note)
        if len(writes) > 10:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        table.migration(FIRST, client=Flaky(table.client, fail_at_the_tenth)).run(1)
    assert table.migration(FIRST).at() == 0
    rest: list[Item] = []
    again = table.migration(FIRST, client=Flaky(table.client, rest.append))
    again.run(1)
    assert again.at() == 1
    assert any("goes on after" in line for line in table.said)
    assert 0 < len(rest) <= 20
    assert all("text" in note for note in table.items())


def test_a_walk_can_be_taken_back_in_the_middle(table: Table) -> None:
    table.put(*NOTES)
    before = table.items()
    writes: list[Item] = []

    def fail_at_the_tenth(note: Item) -> None:
        writes.append(note)
        if len(writes) > 10:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        table.migration(FIRST, client=Flaky(table.client, fail_at_the_tenth)).run(1)
    table.migration(FIRST).run(0)
    assert table.items() == before


def test_what_others_write_meanwhile_is_kept(table: Table) -> None:
    table.put(*NOTES[:3])
    edited: list[Item] = []

    def edit_first(note: Item) -> None:
        if not edited:
            edited.append(note)
            table.put(note | {"version": {"N": "7"}, "seen": {"S": "by somebody"}})

    table.migration(FIRST, client=Flaky(table.client, edit_first)).run(1)
    assert [note.get("seen") for note in table.items()].count({"S": "by somebody"}) == 1
    assert all("text" in note and "body" not in note for note in table.items())


def test_a_removed_item_stays_removed(table: Table) -> None:
    table.put(NOTES[0])

    def remove(note: Item) -> None:
        table.client.delete_item(TableName=table.name, Key={"PK": note["PK"], "SK": note["SK"]})

    table.migration(FIRST, client=Flaky(table.client, remove)).run(1)
    assert table.items() == []


def test_what_can_not_be_changed_is_told_by_kind(table: Table) -> None:
    table.put(*NOTES[:2])
    stubborn = Step(1, "never", frozenset(), dict, dict)
    with pytest.raises(NotProven, match="0001 forth: left are 2 note"):
        table.migration(stubborn).run(1)
    assert table.migration(stubborn).at() == 0


def test_an_item_under_a_new_key_sends_no_message_again(table: Table) -> None:
    table.put(NOTES[0] | {"outbox": {"L": [{"M": {}}]}, "outbox_size": {"N": "1"}})

    def moved(note: Item) -> Item | None:
        old = note["PK"]["S"].startswith("main|NOTE")
        return note | {"PK": {"S": note["PK"]["S"].replace("NOTE", "REMARK")}} if old else None

    table.migration(Step(1, "moved", frozenset(), moved, lambda _: None)).run(1)
    (note,) = table.items()
    assert note["PK"] == {"S": "main|REMARK#000"}
    assert note["body"] == {"S": "0"}
    assert {"outbox", "outbox_size"} & set(note) == set()


def test_an_error_of_storage_is_not_swallowed(table: Table) -> None:
    table.put(NOTES[0])

    def refuse(_: Item) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "PutItem")

    with pytest.raises(ClientError, match="AccessDenied"):
        table.migration(FIRST, client=Flaky(table.client, refuse)).run(1)
