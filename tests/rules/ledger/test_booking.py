"""Double entry: what adds up to zero, what can not run dry, and what a crash at any write leaves."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit.errors import RuleViolation
from lyceum.kit.table import Unit, batch_fetch, fetch_partition
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.rules.ledger import accounts, reports
from lyceum.rules.ledger.booking import (
    BookedAlready,
    Leg,
    Unbalanced,
    book,
    credit,
    debit,
    named,
    reverse,
    standing,
    standing_of,
)
from lyceum.rules.ledger.rounding import allot, percentage, portion, tax_within
from tests.rules.ledger.conftest import post
from tests.support.clock import Clock
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


def test_an_entry_is_booked_once(tenant: str) -> None:
    legs = [debit("provider.stripe", 5, "USD"), credit("revenue", 5, "USD")]
    assert post("p", "paid", *legs) and not post("p", "paid", *legs)
    assert post("p", "again", *legs)
    (first, _) = fetch_partition(LedgerEntry, subject_id="p")[::-1]
    assert isinstance(first, LedgerEntry)
    assert {(leg["account"], leg["amount"]) for leg in first.legs} == {("provider.stripe", 5), ("revenue", -5)}


@pytest.mark.parametrize(
    ("legs", "told"),
    [
        ([], r"legs add up to \{\}"),
        ([debit("bank", 0, "USD"), credit("revenue", 0, "USD")], r"legs add up to \{'USD': 0\}"),
        ([debit("bank", 5, "USD"), credit("revenue", 4, "USD")], r"legs add up to \{'USD': 1\}"),
        ([debit("bank", 5, "USD"), credit("revenue", 5, "NGN")], r"legs add up to \{'USD': 5, 'NGN': -5\}"),
        ([Leg("bank", 1.5, "USD"), Leg("revenue", -1.5, "USD")], "bank: amounts are whole minor units"),  # type: ignore[arg-type]
        ([Leg("bank", True, "USD"), Leg("revenue", -1, "USD")], "bank: amounts are whole minor units"),
    ],
)
def test_what_does_not_add_up_is_never_booked(legs: list[Leg], told: str) -> None:
    with pytest.raises(Unbalanced, match=told):
        book(Unit(), "p", "paid", legs)


def test_legs_of_one_account_are_one_and_those_of_nothing_none(tenant: str, clock: Clock) -> None:
    legs = [debit("bank", 5, "USD"), debit("bank", 2, "USD"), credit("revenue", 7, "USD"), debit("fees", 0, "USD")]
    assert post("p", "paid", *legs, debit("bank", 1, "NGN"), credit("revenue", 1, "NGN"))
    entry = LedgerEntry.require(subject_id="p", cause="paid")
    assert [(leg["account"], leg["amount"], leg["currency"]) for leg in entry.legs] == [
        ("bank", 7, "USD"), ("revenue", -7, "USD"), ("bank", 1, "NGN"), ("revenue", -1, "NGN"),
    ]  # fmt: skip
    assert (entry.day, entry.booked_at) == ("2027-01-11", clock.at)


def test_an_entry_is_announced_by_accounts_of_the_chart_and_names_nobody(cloud: Cloud, tenant: str) -> None:
    post("p", "paid", debit("bank", 5, "USD"), credit("credit:ada", 5, "USD"))
    (sent,) = cloud.outbox(tenant)
    assert "ada" not in str(sent)
    assert sent["DetailType"] == "ledger.posted"


@pytest.mark.parametrize("name", ["nothing", "credit", "credit:", "revenue:somebody", "provider"])
def test_an_account_is_written_as_the_chart_says(name: str) -> None:
    with pytest.raises(accounts.UnknownAccount, match=f"^{name}$"):
        book(Unit(), "p", "paid", [debit(name, 1, "USD"), credit("revenue", 1, "USD")])
    assert accounts.is_personal("credit:ada") and not accounts.is_personal("revenue")


def test_what_is_owed_by_a_person_grows_by_debits_and_is_paid_back_as_far_as_it_goes(tenant: str) -> None:
    debt = "seller_debt:sam"
    with pytest.raises(RuleViolation, match="not so much"):
        post("a", "back", debit("bank", 1, "USD"), credit(debt, 1, "USD"))
    assert post("a", "owed", debit(debt, 8, "USD"), credit("marketplace", 8, "USD"))
    assert standing(debt, "USD") == 8
    with pytest.raises(RuleViolation):
        post("b", "back", debit("bank", 9, "USD"), credit(debt, 9, "USD"))
    assert post("b", "back", debit("bank", 8, "USD"), credit(debt, 8, "USD"))
    assert standing(debt, "USD") == 0


def test_the_refusal_is_the_callers_own_or_says_that_there_is_not_so_much(tenant: str) -> None:
    legs = [debit("credit:ada", 1, "USD"), credit("revenue", 1, "USD")]
    own = RuleViolation("Top up first.", code="TOP_UP")
    for refuse, code in ((None, "BALANCE_TOO_LOW"), (own, "TOP_UP")):
        unit = Unit()
        book(unit, "p", "paid", legs, refuse=refuse)
        with pytest.raises(RuleViolation) as refused:
            unit.commit()
        assert code in {refused.value.code, *(detail.code for detail in refused.value.details)}


def test_what_is_read_beside_other_things_stands_as_what_is_read_alone(tenant: str) -> None:
    post("a", "in", debit("bank", 10, "USD"), credit("credit:u", 10, "USD"))
    (found,) = batch_fetch([named("credit:u", "USD")])
    assert standing_of("credit:u", found) == standing("credit:u", "USD") == 10
    assert standing_of("credit:u", None) == 0


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
    gone = Unit()
    reverse(gone, entry, refuse=RuleViolation("It is spent.", code="SPENT"))
    post("b", "in", debit("bank", 10, "USD"), credit("credit:u", 10, "USD"))
    with pytest.raises(BookedAlready) as refused:
        gone.commit()
    assert (refused.value.code, str(refused.value)) == ("BOOKED_ALREADY", "This was booked before.")
    assert {each.sk for each in fetch_partition(LedgerEntry, subject_id="a")} == {"in", "reversal:in"}


def test_an_entry_whose_money_is_spent_is_not_undone(tenant: str) -> None:
    post("a", "in", debit("bank", 10, "USD"), credit("credit:u", 10, "USD"))
    post("b", "out", debit("credit:u", 1, "USD"), credit("revenue", 1, "USD"))
    unit = Unit()
    reverse(unit, LedgerEntry.require(subject_id="a", cause="in"), refuse=RuleViolation("It is spent.", code="SPENT"))
    with pytest.raises(RuleViolation, match=r"It is spent\."):
        unit.commit()
    assert standing("credit:u", "USD") == 9


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
    assert [portion(amount, 3, 1) for amount in (5, -5)] == [15, -15]
    assert (allot(100, [1, 1, 1]), allot(-100, [1, 1, 1])) == ([34, 33, 33], [-34, -33, -33])
    assert (allot(7, [0, 1]), allot(0, [2, 1])) == ([0, 7], [0, 0])
    for weights in ([0, 0], [-1, 3], []):
        with pytest.raises(ValueError, match=r"^weights are not negative and not all nothing$"):
            allot(1, weights)
    for denominator in (0, -1):
        with pytest.raises(ValueError, match=r"^a part is of something$"):
            portion(1, 1, denominator)
