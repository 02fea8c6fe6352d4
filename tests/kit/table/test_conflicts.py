"""Transactions on one item at once: storage cancels all but one, and the kit tries those again."""

import pytest

from lyceum.kit import context
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.notifications.inbox import InboxCounter
from tests.support.conflicts import Conflicts
from tests.support.threads import at_once


def count(*names: str) -> None:
    """Count one more for each of the users, in one transaction."""
    unit = Unit()
    for name in names:
        unit.change(InboxCounter.at(user_id=name), InboxCounter.total.add(1), or_create=True)
    unit.commit()


def totals(*names: str) -> list[int]:
    return [int(InboxCounter.require(user_id=name, consistent=True).total) for name in names]


def operations(*names: str) -> list[str]:
    with context.working(context.RequestContext(context.tenant())) as work:
        count(*names)
    return work.usage.operations


FAMILY = InboxCounter.keys.partition.partition("#")[0]


def test_a_transaction_that_was_cancelled_is_tried_again(tenant: str, conflicts: Conflicts) -> None:
    conflicts.cancel(1, FAMILY, times=2)
    assert operations("ada", "eve") == ["TransactWriteItems"] * 3
    assert conflicts.refused == [{FAMILY}, {FAMILY}]
    assert totals("ada", "eve") == [1, 1]


def test_one_that_is_cancelled_each_time_is_unavailable_and_changes_nothing(tenant: str, conflicts: Conflicts) -> None:
    conflicts.cancel(1, FAMILY, times=3)
    with pytest.raises(Unavailable):
        count("ada", "eve")
    assert InboxCounter.fetch(user_id="ada") is None
    count("ada", "eve")
    assert totals("ada", "eve") == [1, 1]


def test_the_one_that_is_named_is_cancelled_and_no_other(tenant: str, conflicts: Conflicts) -> None:
    conflicts.cancel(2, FAMILY)
    conflicts.cancel(1, "OTHER")
    assert [len(operations("ada", "eve")) for _ in range(4)] == [1, 2, 1, 1]
    assert len(conflicts.transactions) == 5


def test_of_two_transactions_on_one_item_at_once_one_is_cancelled_first(tenant: str, conflicts: Conflicts) -> None:
    at_once(lambda: count("ada", "eve"), lambda: count("zoe", "ada"))
    assert conflicts.refused == [{FAMILY}]
    assert totals("ada", "eve", "zoe") == [2, 1, 1]


def test_transactions_on_different_items_are_not_in_conflict(tenant: str, conflicts: Conflicts) -> None:
    at_once(lambda: count("ada", "eve"), lambda: count("zoe", "bob"))
    assert conflicts.refused == []


def test_of_many_at_once_some_are_given_up_and_none_is_counted_twice(tenant: str, conflicts: Conflicts) -> None:
    def try_it() -> bool:
        try:
            count("ada", "eve")
        except Unavailable:
            return False
        return True

    done = at_once(*[try_it] * 8)
    assert 0 < sum(done) < 8
    assert totals("ada", "eve") == [sum(done)] * 2


def test_with_more_patience_all_are_done(tenant: str, conflicts: Conflicts) -> None:
    at_once(*[lambda: retry_on_conflict(lambda: count("ada", "eve"), tries=9, on=(Unavailable,))] * 8)
    assert totals("ada", "eve") == [8, 8]


def test_a_single_write_waits_for_a_transaction_too(tenant: str, conflicts: Conflicts) -> None:
    with conflicts.in_flight(InboxCounter.key_of(user_id="ada")):
        with pytest.raises(Unavailable):
            count("ada")
        count("eve")
        assert InboxCounter.fetch(user_id="ada", consistent=True) is None, "reads are not in conflict"
    count("ada")
    assert conflicts.refused == [{FAMILY}] * 3
    assert totals("ada", "eve") == [1, 1]


def test_a_condition_that_fails_is_told_as_before(tenant: str, conflicts: Conflicts) -> None:
    count("ada")
    with pytest.raises(Conflict, match="exists already"):
        Unit().create(InboxCounter(user_id="ada")).create(InboxCounter(user_id="eve")).commit()
    count("ada", "eve")
    assert totals("ada", "eve") == [2, 1]
