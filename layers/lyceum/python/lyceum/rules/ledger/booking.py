"""Booking: one entry, its legs and the accounts that can run dry, in the transaction of what causes it."""

from collections.abc import Iterable, Sequence

from lyceum.events.payments import LedgerPosted, PostedLeg
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity, Unit
from lyceum.model.payments.ledger import LedgerEntry, PersonalBalance
from lyceum.rules.ledger.accounts import CHART, control, is_personal


class Unbalanced(ValueError):
    """Legs that do not add up to zero in each currency, or none at all."""


class BookedAlready(Conflict):
    """This was booked before; who comes second changes nothing."""

    def __init__(self) -> None:
        super().__init__("This was booked before.", code="BOOKED_ALREADY")


@frozen
class Leg:
    """One side of an entry: minor units, a debit positive and a credit negative."""

    account: str
    amount: int
    currency: str


def debit(account: str, amount: int, currency: str) -> Leg:
    """Return a leg that debits an account."""
    return Leg(account, amount, currency)


def credit(account: str, amount: int, currency: str) -> Leg:
    """Return a leg that credits an account."""
    return Leg(account, -amount, currency)


def book(
    unit: Unit, subject_id: str, cause: str, legs: Iterable[Leg], *, refuse: DomainError | None = None
) -> LedgerEntry:
    """Add an entry to a unit: the entry itself, and a change for each account that can run dry.

    The entry is its own guard: `commit` raises BookedAlready when there is one of this subject and cause, and `refuse`
    (or RuleViolation BALANCE_TOO_LOW) when an account does not hold what is taken from it. All other accounts are
    folded in from the entry's event. Raises Unbalanced and UnknownAccount at once.
    """
    merged = _merged(legs)
    now = clock.now()
    rows = [{"account": leg.account, "amount": leg.amount, "currency": leg.currency} for leg in merged]
    entry = LedgerEntry(subject_id=subject_id, cause=cause, day=f"{now:%Y-%m-%d}", booked_at=now, legs=rows)
    posted = LedgerPosted(
        subject_id=subject_id,
        cause=cause,
        legs=[PostedLeg(account=control(leg.account), amount=leg.amount, currency=leg.currency) for leg in merged],
    )
    unit.create(entry, posted, refuse=BookedAlready())
    for leg in merged:
        if is_personal(leg.account):
            _change(unit, leg, refuse or rule_violation("BALANCE_TOO_LOW", "There is not so much on this account."))
    return entry


def reverse(unit: Unit, entry: LedgerEntry, *, refuse: DomainError | None = None) -> LedgerEntry:
    """Add the opposite of an entry to a unit; an entry is undone once, and never changed."""
    legs = [Leg(row["account"], -int(row["amount"]), row["currency"]) for row in entry.legs]
    return book(unit, entry.subject_id, f"reversal:{entry.cause}", legs, refuse=refuse)


def named(account: str, currency: str) -> PersonalBalance:
    """Name a person's account, to read what stands on it along with other things (`standing_of`)."""
    return PersonalBalance.at(account=account, currency=currency)


def standing(account: str, currency: str) -> int:
    """Return what stands on a person's account, in the account's own sense: what is owed to them is positive."""
    found = PersonalBalance.fetch(account=account, currency=currency, consistent=True)
    return standing_of(account, found)


def standing_of(account: str, found: Entity | None) -> int:
    """Return what stands on an account that was read, nothing on one that is not there."""
    balance = int(found.balance) if isinstance(found, PersonalBalance) else 0
    return -balance if CHART[control(account)].side == "credit" else balance


def _merged(legs: Iterable[Leg]) -> Sequence[Leg]:
    """Join legs of one account and currency, leave out those of nothing, and demand that the rest adds up to zero."""
    sums: dict[tuple[str, str], int] = {}
    for leg in legs:
        control(leg.account)
        if isinstance(leg.amount, bool) or not isinstance(leg.amount, int):
            raise Unbalanced(f"{leg.account}: amounts are whole minor units")
        key = (leg.account, leg.currency)
        sums[key] = sums.get(key, 0) + leg.amount
    totals: dict[str, int] = {}
    for (_, currency), amount in sums.items():
        totals[currency] = totals.get(currency, 0) + amount
    if any(totals.values()) or not any(sums.values()):
        raise Unbalanced(f"legs add up to {totals}")
    return [Leg(account, amount, currency) for (account, currency), amount in sums.items() if amount]


def _change(unit: Unit, leg: Leg, refuse: DomainError) -> None:
    """Change a person's account; what is taken must be there."""
    name = PersonalBalance.at(account=leg.account, currency=leg.currency)
    grows = (leg.amount < 0) == (CHART[control(leg.account)].side == "credit")
    holds = PersonalBalance.balance <= -leg.amount if leg.amount > 0 else PersonalBalance.balance >= -leg.amount
    unit.change(
        name,
        PersonalBalance.balance.add(leg.amount),
        when=None if grows else holds,
        or_create=grows,
        refuse=refuse,
    )
