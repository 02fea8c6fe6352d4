"""Double entry: what adds up to zero, what can not run dry, and what a crash at any write leaves."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit.errors import RuleViolation
from lyceum.kit.table import Unit, fetch_partition
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.rules.ledger import accounts, reports
from lyceum.rules.ledger.booking import BookedAlready, Leg, Unbalanced, book, credit, debit, reverse, standing
from lyceum.rules.ledger.rounding import allot, percentage, portion, tax_within
from tests.support.cloud import Cloud

WRITES = {"TransactWriteItems", "PutItem", "UpdateItem"}


class Crash(Exception):
    """The function's life ends."""


@contextmanager
def crashing(at: int, *, after: bool) -> Iterator[None]:
    """Let the n-th write crash its function, before it is done or right after."""
    original, seen = StorageConnection._call_once, 0

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        nonlocal seen
        if operation not in WRITES:
            return original(self, operation, arguments)
        seen += 1
        if seen == at and not after:
            raise Crash
        answer = original(self, operation, arguments)
        if seen == at:
            raise Crash
        return answer

    with patch.object(StorageConnection, "_call_once", call):
        yield


def post(subject: str, cause: str, *legs: Leg) -> bool:
    """Book an entry; says whether it was new."""
    unit = Unit()
    book(unit, subject, cause, legs)
    try:
        unit.commit()
    except BookedAlready:
        return False
    return True


def test_an_entry_is_booked_once(tenant: str) -> None:
    legs = [debit("provider.stripe", 5, "USD"), credit("revenue", 5, "USD")]
    assert post("p", "paid", *legs) and not post("p", "paid", *legs)
    assert post("p", "again", *legs)
    (first, _) = fetch_partition(LedgerEntry, subject_id="p")[::-1]
    assert isinstance(first, LedgerEntry)
    assert {(leg["account"], leg["amount"]) for leg in first.legs} == {("provider.stripe", 5), ("revenue", -5)}


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [debit("bank", 0, "USD"), credit("revenue", 0, "USD")],
        [debit("bank", 5, "USD"), credit("revenue", 4, "USD")],
        [debit("bank", 5, "USD"), credit("revenue", 5, "NGN")],
        [Leg("bank", 1.5, "USD"), Leg("revenue", -1.5, "USD")],  # type: ignore[arg-type]
        [Leg("bank", True, "USD"), Leg("revenue", -1, "USD")],
    ],
)
def test_what_does_not_add_up_is_never_booked(legs: list[Leg]) -> None:
    with pytest.raises(Unbalanced):
        book(Unit(), "p", "paid", legs)


@pytest.mark.parametrize("name", ["nothing", "credit", "credit:", "revenue:somebody", "provider"])
def test_an_account_is_written_as_the_chart_says(name: str) -> None:
    with pytest.raises(accounts.UnknownAccount):
        book(Unit(), "p", "paid", [debit(name, 1, "USD"), credit("revenue", 1, "USD")])


def test_an_account_of_a_person_can_not_run_dry(tenant: str) -> None:
    assert post("a", "in", debit("bank", 10, "USD"), credit("credit:u", 10, "USD"))
    assert standing("credit:u", "USD") == 10 and standing("credit:u", "NGN") == 0
    with pytest.raises(RuleViolation):
        post("a", "out", debit("credit:u", 11, "USD"), credit("revenue", 11, "USD"))
    assert post("a", "out", debit("credit:u", 10, "USD"), credit("revenue", 10, "USD"))
    with pytest.raises(RuleViolation):
        post("b", "out", debit("credit:u", 1, "USD"), credit("revenue", 1, "USD"))
    with pytest.raises(RuleViolation):
        post("b", "out", debit("credit:nobody", 1, "USD"), credit("revenue", 1, "USD"))
    assert standing("credit:u", "USD") == 0


def test_an_entry_is_undone_by_its_opposite_once(tenant: str) -> None:
    post("a", "in", debit("bank", 10, "USD"), credit("credit:u", 10, "USD"))
    entry = LedgerEntry.require(subject_id="a", cause="in")
    unit = Unit()
    reverse(unit, entry)
    unit.commit()
    assert standing("credit:u", "USD") == 0
    again = Unit()
    reverse(again, entry)
    with pytest.raises((BookedAlready, RuleViolation)):
        again.commit()
    assert {each.sk for each in fetch_partition(LedgerEntry, subject_id="a")} == {"in", "reversal:in"}


_MOVES = st.tuples(st.sampled_from(["in", "out", "sale", "back"]), st.integers(1, 50), st.integers(1, 2), st.booleans())


@settings(max_examples=25)
@given(st.lists(_MOVES, min_size=1, max_size=40))
def test_books_add_up_after_any_interleaving_with_crashes(cloud: Cloud, moves: list[Any]) -> None:
    """Each move is tried until it is done, with a crash before or after one of its writes; 1 000 moves in all."""
    with cloud.new_tenant():
        for number, (kind, amount, at, after) in enumerate(moves):
            with suppress(Crash), crashing(at, after=after):
                _try(number, _legs(kind, amount))
            _try(number, _legs(kind, amount))
        total = sum(_effect_of(entry) for number in range(len(moves)) for entry in _entries(number))
        assert standing("credit:u", "USD") == total >= 0
        assert all(sum(leg["amount"] for leg in entry.legs) == 0 for n in range(len(moves)) for entry in _entries(n))


def _entries(number: int) -> list[LedgerEntry]:
    found = fetch_partition(LedgerEntry, subject_id=f"m{number}", consistent=True)
    return [each for each in found if isinstance(each, LedgerEntry)]


def _effect_of(entry: LedgerEntry) -> int:
    return -sum(int(leg["amount"]) for leg in entry.legs if leg["account"] == "credit:u")


def _legs(kind: str, amount: int) -> list[Leg]:
    match kind:
        case "in":
            return [debit("bank", amount, "USD"), credit("credit:u", amount, "USD")]
        case "out":
            return [debit("credit:u", amount, "USD"), credit("revenue", amount, "USD")]
        case "sale":
            return [
                debit("bank", amount + 3, "USD"),
                debit("discount", 2, "USD"),
                credit("revenue", amount + 4, "USD"),
                credit("tax", 1, "USD"),
            ]
        case _:
            return [debit("refunds", amount, "USD"), credit("bank", amount, "USD")]


def _try(number: int, legs: list[Leg]) -> None:
    with suppress(RuleViolation):
        post(f"m{number}", "move", *legs)


def test_balances_follow_from_entries_and_the_closing_finds_what_was_planted(cloud: Cloud, tenant: str) -> None:
    from lyceum.events.payments import LedgerPosted, PostedLeg
    from lyceum.kit import clock

    for number in range(6):
        post(f"p{number}", "paid", debit("bank", 7, "USD"), credit("revenue", 7, "USD"))
    legs = [
        PostedLeg(account="bank", amount=7, currency="USD"),
        PostedLeg(account="revenue", amount=-7, currency="USD"),
    ]
    told = [LedgerPosted(subject_id=f"p{number}", cause="paid", legs=legs) for number in range(6)]
    unit = Unit()
    reports.fold(told[:4], unit)
    unit.commit()
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = reports.close(today)
    assert {row["account"]: (row["entries"], row["balance"]) for row in found.differences} == {
        "bank": (42, 28),
        "revenue": (-42, -28),
    }
    unit = Unit()
    reports.fold(told[4:], unit)
    unit.commit()
    assert reports.close(today).differences == []
    assert reports.trial_balance().sums == {"USD": 0}
    crooked = LedgerEntry(
        subject_id="x", cause="paid", day=f"{today:%Y-%m-%d}", booked_at=clock.now(),
        legs=[{"account": "bank", "amount": 1, "currency": "USD"}],
    )  # fmt: skip
    Unit().put(crooked).commit()
    assert reports.close(today).faults == ["x paid"]


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_what_is_allotted_adds_up_and_is_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    parts = allot(amount, weights)
    whole = sum(weights)
    assert sum(parts) == amount
    assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_rounding_is_done_once_and_half_to_even() -> None:
    assert [portion(amount, 1, 2) for amount in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]
    assert [percentage(amount, "12.5") for amount in (4, 12, 20, 100)] == [0, 2, 2, 12]
    assert (tax_within(10_750, "7.5"), tax_within(500_000, "7.5"), tax_within(100, None)) == (750, 34_884, 0)
    assert allot(100, [1, 1, 1]) == [34, 33, 33]
    with pytest.raises(ValueError, match="weights"):
        allot(1, [0, 0])
    with pytest.raises(ValueError, match="part"):
        portion(1, 1, 0)
