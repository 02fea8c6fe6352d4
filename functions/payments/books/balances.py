"""The trial balance as staff see it."""

from collections import defaultdict
from datetime import date

from lyceum.model.payments.ledger import ControlBalance
from lyceum.rules.ledger import reports

from functions.payments.books.schemas import AccountView, DifferenceView, SumView, TrialBalanceView


def trial_balance() -> TrialBalanceView:
    """Show what stands on every account (2 requests)."""
    found = reports.trial_balance()
    by_currency: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in found.balances:
        by_currency[each.currency][0] += int(each.debit)
        by_currency[each.currency][1] += int(each.credit)
    closing = found.closing
    return TrialBalanceView(
        accounts=[_view(each) for each in found.balances],
        sums=[
            SumView(currency=currency, debit=debited, credit=credited, difference=debited - credited)
            for currency, (debited, credited) in sorted(by_currency.items())
        ],
        is_balanced=not any(found.sums.values()),
        closed_at=closing.closed_at if closing else None,
        closed_day=date.fromisoformat(closing.day) if closing else None,
        faults=list(closing.faults) if closing else [],
        differences=[DifferenceView.model_validate(row) for row in closing.differences] if closing else [],
    )


def _view(found: ControlBalance) -> AccountView:
    side = reports.side(found.account)
    net = int(found.debit) - int(found.credit)
    return AccountView(
        account=found.account,
        side=side,
        currency=found.currency,
        debit=int(found.debit),
        credit=int(found.credit),
        balance=net if side == "debit" else -net,
    )
