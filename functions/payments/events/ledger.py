"""Folds what was booked into the balances of accounts, a batch at a time."""

from collections.abc import Sequence

from lyceum.events.payments import LedgerPosted
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.rules.ledger import reports

consumer = Consumer("payments-ledger")
handler = consumer.handler


@consumer.fold(LedgerPosted)
def fold(events: Sequence[LedgerPosted], unit: Unit) -> None:
    """Add a batch of entries to balances."""
    reports.fold(events, unit)
