"""The books as they are read: folded balances, the trial balance, and each day's closing on top of the day before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from lyceum.events.payments import LedgerPosted, PostedLeg
from lyceum.kit.table import Unit
from lyceum.rules.ledger import reports
from lyceum.rules.ledger.booking import Leg, credit, debit
from tests.rules.ledger.conftest import post
from tests.support.clock import Clock

TODAY = datetime(2027, 1, 11, tzinfo=UTC)


def told(*legs: Leg) -> LedgerPosted:
    """What is announced of an entry."""
    shown = [PostedLeg(account=leg.account, amount=leg.amount, currency=leg.currency) for leg in legs]
    return LedgerPosted(subject_id="p", cause="paid", legs=shown)


def fold(posted: Sequence[LedgerPosted]) -> None:
    unit = Unit()
    reports.fold(posted, unit)
    unit.commit()


def balances() -> dict[str, tuple[int, int]]:
    return {
        f"{each.currency}#{each.account}": (int(each.debit), int(each.credit))
        for each in reports.trial_balance().balances
    }


def test_debits_and_credits_of_an_account_are_added_up_each_by_itself(tenant: str) -> None:
    fold(
        [
            told(debit("bank", 7, "USD"), credit("revenue", 7, "USD")),
            told(debit("refunds", 2, "USD"), credit("bank", 2, "USD")),
        ]
    )
    fold(
        [
            told(debit("bank", 5, "USD"), credit("revenue", 5, "USD")),
            told(debit("bank", 9, "NGN"), credit("revenue", 9, "NGN")),
        ]
    )
    assert balances() == {
        "USD#bank": (12, 2),
        "USD#revenue": (0, 12),
        "USD#refunds": (2, 0),
        "NGN#bank": (9, 0),
        "NGN#revenue": (0, 9),
    }


def test_the_trial_balance_adds_up_each_currency_and_shows_the_last_closing(tenant: str, clock: Clock) -> None:
    assert reports.trial_balance() == reports.TrialBalance([], {})
    fold([told(debit("bank", 7, "USD")), told(debit("bank", 4, "NGN"), credit("revenue", 1, "NGN"))])
    assert reports.trial_balance().sums == {"USD": 7, "NGN": 3}
    for day in (TODAY - timedelta(days=1), TODAY):
        reports.close(day)
    closing = reports.trial_balance().closing
    assert closing is not None and closing.day == "2027-01-11"


def test_a_day_is_closed_on_top_of_the_day_before(tenant: str, clock: Clock) -> None:
    post("a", "paid", debit("bank", 7, "USD"), credit("revenue", 7, "USD"))
    first = reports.close(TODAY)
    assert first.totals == {"USD#bank": {"debit": 7, "credit": 0}, "USD#revenue": {"debit": 0, "credit": 7}}
    clock.advance(days=1)
    post("b", "paid", debit("bank", 3, "USD"), credit("revenue", 3, "USD"))
    post("b", "refunded", debit("refunds", 2, "USD"), credit("bank", 2, "USD"))
    after = {
        "USD#bank": {"debit": 10, "credit": 2},
        "USD#refunds": {"debit": 2, "credit": 0},
        "USD#revenue": {"debit": 0, "credit": 10},
    }
    second = TODAY + timedelta(days=1)
    assert [reports.close(second).totals, reports.close(second).totals] == [after, after]
    empty = reports.close(second + timedelta(days=1))
    assert (empty.day, empty.totals, empty.closed_at) == ("2027-01-13", after, clock.at)


def test_a_days_closing_counts_an_account_of_a_person_with_those_of_all(tenant: str, clock: Clock) -> None:
    for person in ("ada", "eve"):
        post(person, "paid", debit("bank", 5, "USD"), credit(f"credit:{person}", 5, "USD"))
    assert reports.close(TODAY).totals["USD#credit"] == {"debit": 0, "credit": 10}


def test_only_the_present_day_is_held_against_the_balances(tenant: str, clock: Clock) -> None:
    post("a", "paid", debit("bank", 7, "USD"), credit("revenue", 7, "USD"))
    fold([told(debit("fees", 1, "USD"), credit("revenue", 6, "USD"))])
    assert reports.close(TODAY).differences == [
        {"account": "bank", "currency": "USD", "entries": 7, "balance": 0},
        {"account": "fees", "currency": "USD", "entries": 0, "balance": 1},
        {"account": "revenue", "currency": "USD", "entries": -7, "balance": -6},
    ]
    assert reports.close(TODAY - timedelta(days=1)).differences == []
    clock.advance(days=1)
    assert reports.close(TODAY).differences == []


def test_what_went_in_and_out_alike_is_still_a_difference(tenant: str, clock: Clock) -> None:
    fold([told(debit("bank", 4, "USD")), told(credit("bank", 4, "USD"))])
    assert reports.close(TODAY).differences == [{"account": "bank", "currency": "USD", "entries": 0, "balance": 0}]
