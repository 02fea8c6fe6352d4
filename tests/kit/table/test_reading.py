"""Reads: one request for a slice of a partition, one for a hundred items named by key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import context
from lyceum.kit.errors import NotFound
from lyceum.kit.table import Entity, Slice, batch_fetch, cut, fetch_partition, find, write_many
from lyceum.model.notifications.inbox import InboxCounter, Notification


def message(number: int, type_: str = "a") -> Notification:
    return Notification(user_id="ada", notification_id=f"{number:03d}", type=type_, title="t", body="b")


def numbers(found: Slice[Notification]) -> list[int]:
    return [int(item.notification_id) for item in found.items]


@pytest.fixture
def inbox(tenant: str) -> None:
    """Ten messages, every third of type `c`, beside a counter in the same partition."""
    write_many(
        [
            *(message(number, "c" if number % 3 == 0 else "a") for number in range(10)),
            InboxCounter(user_id="ada", total=10),
        ]
    )


@pytest.mark.usefixtures("inbox")
class TestFind:
    def test_a_partition_is_read_in_order_without_its_other_kinds(self) -> None:
        assert numbers(find(Notification, user_id="ada")) == list(range(10))
        assert numbers(find(Notification, user_id="ada", descending=True)) == list(range(9, -1, -1))

    def test_slices_follow_each_other_to_the_end(self) -> None:
        read, after = [], None
        while True:
            found = find(Notification, user_id="ada", limit=4, after=after)
            read.append(numbers(found))
            after = found.last_key
            if after is None:
                break
        assert read == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]

    def test_the_sort_key_is_bounded_on_both_sides(self) -> None:
        found = find(Notification, user_id="ada", from_sort="MESSAGE#003", to_sort="MESSAGE#006")
        assert numbers(found) == [3, 4, 5, 6]
        assert numbers(find(Notification, user_id="ada", from_sort="MESSAGE#008")) == [8, 9]
        assert numbers(find(Notification, user_id="ada", to_sort="MESSAGE#001")) == [0, 1]

    def test_an_index_is_read_by_its_own_parts(self) -> None:
        assert numbers(find(Notification, index="gsi1", user_id="ada", type="c")) == [0, 3, 6, 9]
        with pytest.raises(ValueError, match="gsi2"):
            find(InboxCounter, index="gsi2", user_id="ada")

    def test_a_filter_fills_a_slice_in_at_most_three_requests(self) -> None:
        with context.working(context.RequestContext(context.tenant())) as work:
            found = find(Notification, user_id="ada", limit=3, where=Notification.type == "c")
        assert work.usage.operations == ["Query"] * 3
        assert numbers(found) == [0, 3]
        rest = find(Notification, user_id="ada", where=Notification.type == "c", after=found.last_key)
        assert (numbers(rest), rest.last_key) == ([6, 9], None)

    def test_a_partition_of_several_kinds_comes_as_what_each_is(self) -> None:
        everything = fetch_partition(Notification, user_id="ada")
        assert {type(item) for item in everything} == {Notification, InboxCounter}
        assert len(everything) == 11


def test_items_named_by_key_come_in_the_order_in_which_they_were_named(tenant: str) -> None:
    write_many(message(number) for number in range(120))
    names: list[Entity] = [Notification.at(user_id="ada", notification_id=f"{number:03d}") for number in (5, 500, 3, 5)]
    found = batch_fetch(names)
    assert [item and item.attribute_values["notification_id"] for item in found] == ["005", None, "003", "005"]
    with context.working(context.RequestContext(tenant)) as work:
        assert None not in batch_fetch(
            [Notification.at(user_id="ada", notification_id=f"{number:03d}") for number in range(120)]
        )
    assert work.usage.operations == ["BatchGetItem"] * 2
    assert batch_fetch([]) == []


def test_what_is_not_there_is_none_or_not_found(tenant: str) -> None:
    assert InboxCounter.fetch(user_id="nobody") is None
    with pytest.raises(NotFound, match="There is no such inbox"):
        InboxCounter.require(user_id="nobody")


@given(names=st.lists(st.text("abc", min_size=1, max_size=4), unique=True, max_size=12), limit=st.integers(1, 5))
def test_slices_of_a_stored_list_follow_each_other_to_the_end(names: list[str], limit: int) -> None:
    read: list[str] = []
    after = None
    while True:
        found = cut(names, str, limit=limit, after=after)
        assert len(found.items) <= limit
        read += found.items
        after = found.last_key
        if after is None:
            break
    assert read == names


def test_a_slice_after_a_row_that_is_gone_begins_where_it_was() -> None:
    first = cut(["a", "b", "c", "d"], str, limit=2, after=None)
    assert cut(["a", "c", "d"], str, limit=2, after=first.last_key).items == ["c", "d"]
    assert cut(["b", "a", "x", "c"], str, limit=9, after=first.last_key).items == ["a", "x", "c"], "the row has moved"
    assert cut([], str, limit=2, after=first.last_key).items == []
