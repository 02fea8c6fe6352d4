"""Reconciliation: each provider's account of a day, held against what was booked; what was missed is asked for."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from lyceum.kit import clock, context, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch, find, find_all
from lyceum.kit.tenancy import directory
from lyceum.kit.values.money import Money
from lyceum.model.payments.books import SettlementReport
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import PAID_STATES, Payment
from lyceum.rules.providers.keys import provider_keys
from lyceum.rules.providers.port import SettledLine
from lyceum.rules.providers.registry import circuit_of, reached
from lyceum.tasks.payments import VerifyPayment

from functions.payments.books import refund_lines
from functions.payments.books.differences import difference, not_there
from functions.payments.books.schemas import (
    ReconciliationQuery,
    ReconciliationView,
    SettlementDifference,
    SettlementView,
)

_MOST_REPORTS = 100
_USUAL_DAYS = 30


def reconcile(day: date) -> None:
    """Hold every provider's account of a day against the ledger of the current tenant; raises ProviderDown."""
    for name in provider_keys().names:
        with reached(name, circuit_of(name)) as provider:
            lines = provider.settled(day)
        _report(day, name, [line for line in lines if _is_ours(line)])


def _is_ours(line: SettledLine) -> bool:
    """Say whether a line is the current tenant's; one that names no tenant there is counts as the main one's."""
    tenant = line.reference.rpartition("-")[0]
    if line.kind == "refund" and not line.reference:
        return True
    if tenant and directory.named(tenant):
        return tenant == context.tenant()
    return context.tenant() == context.MAIN_TENANT


def _report(day: date, name: str, lines: Sequence[SettledLine]) -> None:
    booked = _booked(day, name)
    charges = [line for line in lines if line.kind == "charge"]
    refunds = [line for line in lines if line.kind == "refund"]
    ours, of_refunds = refund_lines.compare(name, day, refunds, booked)
    differences = [*_charges(charges, booked, day), *of_refunds]
    report = SettlementReport(
        day=str(day),
        provider=name,
        checked_at=clock.now(),
        charges=len(charges),
        refunds=len(ours),
        charged=_sums((line.currency, line.amount) for line in charges),
        refunded=_sums((line.currency, line.amount) for line in ours),
        fees=_sums((line.currency, line.fee) for line in [*charges, *ours]),
        differences=differences,
    )
    Unit().put(report).commit()


def _sums(amounts: Any) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for currency, amount in amounts:
        totals[currency] += amount
    return {currency: amount for currency, amount in totals.items() if amount}


def _booked(day: date, name: str) -> list[LedgerEntry]:
    """Read the day's entries, and those of the days beside it: clocks differ, and so do midnights."""
    account = f"provider.{name}"
    return [
        entry
        for near in (day - timedelta(days=1), day, day + timedelta(days=1))
        for entry in find_all(LedgerEntry, index="gsi1", day=str(near))
        if any(leg["account"] == account for leg in entry.legs)
    ]


def _charges(lines: Sequence[SettledLine], booked: Sequence[LedgerEntry], day: date) -> list[dict[str, Any]]:
    names = [Payment.at(payment_id=line.reference.rpartition("-")[2] or "none") for line in lines]
    differences = []
    for line, payment in zip(lines, batch_fetch(names, consistent=True), strict=True):
        if not isinstance(payment, Payment):
            differences.append(difference("missing_here", line, None))
        elif payment.state not in {*PAID_STATES, "held"}:
            differences.append(difference("state", line, 0))
            _look_again(payment, day)
        elif payment.state == "held" or (payment.amount, payment.currency) != (line.amount, line.currency):
            differences.append(difference("amount", line, int(payment.amount)))
    there = {line.reference.rpartition("-")[2] for line in lines}
    paid = [entry for entry in booked if entry.cause == "paid" and entry.day == str(day)]
    missing = [entry for entry in paid if entry.subject_id not in there]
    return differences + [not_there(f"{context.tenant()}-{entry.subject_id}", entry) for entry in missing]


def _look_again(payment: Payment, day: date) -> None:
    """Have a payment asked for that its provider has the money of, once for each day."""
    named = ids.derived_id(payment.created_at, "reconciled", payment.payment_id, str(day))
    task = VerifyPayment(event_id=named, payment_id=payment.payment_id)
    try:
        Unit().create(OutboxItem.of(task), task).commit()
    except Conflict:
        return


def show(query: ReconciliationQuery) -> ReconciliationView:
    """Show reports, the newest first (1 request)."""
    today = clock.now().date()
    first = query.from_day or (query.to_day or today) - timedelta(days=_USUAL_DAYS)
    last = query.to_day or max(today, first)
    found = find(
        SettlementReport, from_sort=f"{first}#", to_sort=f"{last}#\U0010ffff", descending=True, limit=_MOST_REPORTS
    )
    reports = [_view(report) for report in found.items if query.provider in {None, report.provider}]
    return ReconciliationView(reports=reports, differences=sum(len(each.differences) for each in reports))


def _view(report: SettlementReport) -> SettlementView:
    return SettlementView(
        day=date.fromisoformat(report.day),
        provider=report.provider,
        charges=int(report.charges),
        refunds=int(report.refunds),
        charged=_moneys(report.charged),
        refunded=_moneys(report.refunded),
        fees=_moneys(report.fees),
        differences=[SettlementDifference.model_validate(row) for row in report.differences],
        checked_at=report.checked_at,
    )


def _moneys(sums: dict[str, int]) -> list[Money]:
    return [Money(amount=int(amount), currency=currency) for currency, amount in sorted(sums.items())]
