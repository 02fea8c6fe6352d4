"""Money by day, from the ledger's own entries.

Each counter is an account of the chart, so the sums are the ledger's.
"""

from collections import defaultdict
from collections.abc import Sequence

from lyceum.events.payments import LedgerPosted
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.insights.sales import CREDITED, DEBITED, SalesDay

SIGNS = dict.fromkeys(CREDITED, -1) | dict.fromkeys(DEBITED, 1)
"""By account, whether it grows by debits (positive) or credits (negative)."""


def count(posted: Sequence[LedgerPosted], unit: Unit) -> None:
    """Add entries to the days on which they were told, an item for each day and currency."""
    days: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in posted:
        day = clock.iso(event.at)[:10]
        legs = [leg for leg in event.legs if leg.account in SIGNS]
        for leg in legs:
            days[day, leg.currency][leg.account] += SIGNS[leg.account] * leg.amount
        for currency in {leg.currency for leg in legs}:
            days[day, currency]["entries"] += 1
    for (day, currency), sums in days.items():
        changes = [getattr(SalesDay, name).add(amount) for name, amount in sums.items()]
        unit.change(SalesDay.at(day=day, currency=currency), *changes, or_create=True)
