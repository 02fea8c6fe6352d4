"""The books as they stand: balances folded in from entries, a trial balance, and each day's closing."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime, timedelta

from lyceum.events.payments import LedgerPosted
from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit, find, find_all, find_whole
from lyceum.model.payments.ledger import ControlBalance, LedgerClose, LedgerEntry
from lyceum.rules.ledger.accounts import CHART, control

Totals = dict[str, dict[str, int]]
"""Debits and credits by `{currency}#{account}`."""


@frozen
class TrialBalance:
    """Balances by account, what they add up to in each currency, and what the last closing found.

    Attributes:
        sums: Debits less credits of all accounts, by currency; each is zero once everything is folded in.
    """

    balances: list[ControlBalance]
    sums: dict[str, int]
    closing: LedgerClose | None = field(default=None)


def fold(posted: Sequence[LedgerPosted], unit: Unit) -> None:
    """Add a batch of entries to the balances of their accounts."""
    grown: dict[tuple[str, str], list[int]] = {}
    for event in posted:
        for leg in event.legs:
            sides = grown.setdefault((leg.currency, leg.account), [0, 0])
            sides[leg.amount < 0] += abs(leg.amount)
    for (currency, account), (debited, credited) in grown.items():
        name = ControlBalance.at(currency=currency, account=account)
        unit.change(name, ControlBalance.debit.add(debited), ControlBalance.credit.add(credited), or_create=True)


def trial_balance() -> TrialBalance:
    """Read the balances of every account and the last closing (2 requests)."""
    found = find_whole(ControlBalance)
    sums: dict[str, int] = {}
    for each in found:
        sums[each.currency] = sums.get(each.currency, 0) + int(each.debit) - int(each.credit)
    closing = next(iter(find(LedgerClose, limit=1, descending=True).items), None)
    return TrialBalance(found, sums, closing)


def close(day: datetime) -> LedgerClose:
    """Add up a day's entries on top of the day before, and hold the present day against the folded balances.

    Doing it again gives the same, and more where entries came in since.
    """
    today = day.date()
    before = LedgerClose.fetch(day=str(today - timedelta(days=1)))
    totals: Totals = {name: dict(sides) for name, sides in (before.totals if before else {}).items()}
    faults = _add_up(today, totals)
    is_present = today == clock.now().date()
    closing = LedgerClose(
        day=str(today),
        totals=totals,
        faults=faults,
        differences=_differences(totals) if is_present else [],
        closed_at=clock.now(),
    )
    Unit().put(closing).commit()
    return closing


def _add_up(day: date, totals: Totals) -> list[str]:
    faults = []
    for entry in find_all(LedgerEntry, index="gsi1", day=str(day)):
        sums: dict[str, int] = {}
        for leg in entry.legs:
            amount = int(leg["amount"])
            sums[leg["currency"]] = sums.get(leg["currency"], 0) + amount
            sides = totals.setdefault(f"{leg['currency']}#{control(leg['account'])}", {"debit": 0, "credit": 0})
            sides["credit" if amount < 0 else "debit"] += abs(amount)
        if any(sums.values()):
            faults.append(f"{entry.subject_id} {entry.cause}")
    return faults


def _differences(totals: Totals) -> list[dict[str, int | str]]:
    folded = {
        f"{each.currency}#{each.account}": (int(each.debit), int(each.credit))
        for each in find_whole(ControlBalance, consistent=True)
    }
    told = {name: (sides["debit"], sides["credit"]) for name, sides in totals.items()}
    return [
        {
            "account": name.partition("#")[2],
            "currency": name.partition("#")[0],
            "entries": _net(told.get(name)),
            "balance": _net(folded.get(name)),
        }
        for name in sorted(told.keys() | folded.keys())
        if told.get(name, (0, 0)) != folded.get(name, (0, 0))
    ]


def _net(sides: tuple[int, int] | None) -> int:
    return sides[0] - sides[1] if sides else 0


def side(account: str) -> str:
    """Return where an account of the chart grows."""
    return CHART[account].side
