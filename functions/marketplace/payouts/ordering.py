"""Ordering payouts: what a seller is owed is set aside in one transaction with the payout, while it is there.

So whoever orders twice, or while something is sold or taken back, pays nothing twice. What the seller owes is kept
back, and so is what was sold so lately that it may be returned.
"""

from datetime import timedelta

from lyceum.events.marketplace import SellerPayoutOrdered
from lyceum.kit import clock, ids
from lyceum.kit.configuration import limits
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.table import Slice, Unit, batch_fetch, find, find_all, retry_on_conflict
from lyceum.model.marketplace.sellers import SellerFigures, SellerLine
from lyceum.model.payouts import Payout, PayoutAccount
from lyceum.rules import audits
from lyceum.rules.ledger import booking
from lyceum.rules.ledger.booking import BookedAlready, credit, debit
from lyceum.rules.marketplace import sales
from lyceum.rules.payouts import ordering as payouts
from lyceum.rules.providers.units import writable
from lyceum.tasks.marketplace import ProcessPayouts

from functions.marketplace.payouts.schemas import ProcessSellers
from functions.marketplace.sellers import profiles
from functions.marketplace.sellers.statements import accounts_of

HOLD = "seller_hold_days"
_TOGETHER = 20


def start(caller: Principal, wanted: ProcessSellers) -> LongJob:
    """Begin to pay everybody who is owed at least so much."""
    unit = Unit()
    task = ProcessPayouts(owner_id=caller.user_id, currency=wanted.currency, threshold=wanted.threshold)
    job = control.start(unit, task)
    audits.note(unit, caller.user_id, None, "payouts.process", job.job_id, after=wanted.model_dump(mode="json"))
    unit.commit()
    return job


def order_page(task: ProcessPayouts, _unit: Unit) -> Progress:
    """Order the payouts of the next sellers, each in its own transaction; who has no account is counted as failed."""
    found = find(SellerFigures, index="gsi2", payable_in=task.currency, limit=_TOGETHER, after=task.after)
    outcomes = [
        order(str(each.seller_id), task.currency, task.threshold, ids.derived_id(task.at, task.job_id, each.seller_id))
        for each in found.items
    ]
    return Progress(done=outcomes.count("ordered"), failed=outcomes.count("no account"), after=found.last_key)


def order(seller_id: str, currency: str, threshold: int, payout_id: str) -> str:
    """Order what a seller is owed, if it is enough, and say what was done: ordered, no account, or too little."""
    try:
        return retry_on_conflict(lambda: _order(seller_id, currency, threshold, payout_id), tries=8)
    except BookedAlready:  # by this page, before it came again
        return "ordered"


def _order(seller_id: str, currency: str, threshold: int, payout_id: str) -> str:
    owed_to, owed_by = accounts_of(seller_id)
    found = batch_fetch(
        [
            booking.named(owed_to, currency),
            booking.named(owed_by, currency),
            PayoutAccount.at(user_id=seller_id, currency=currency),
        ],
        consistent=True,
    )
    owed, debt = booking.standing_of(owed_to, found[0]), booking.standing_of(owed_by, found[1])
    amount = writable(owed - debt - held_back(seller_id, currency), currency)
    if amount < max(1, threshold):
        return "too little"
    account = found[2]
    if not isinstance(account, PayoutAccount):
        return "no account"
    told = SellerPayoutOrdered(payout_id=payout_id, seller_id=seller_id, amount=amount, currency=currency)
    unit = Unit()
    payouts.order(
        unit, account, payout_id=payout_id, purpose="seller", amount=amount,
        legs=[debit(owed_to, amount + debt, currency), credit(owed_by, debt, currency)],
        told=[told], refuse=sales.moved(),
    )  # fmt: skip
    unit.commit()
    return "ordered"


def held_back(seller_id: str, currency: str) -> int:
    """Return what was sold so lately that it may be returned, less what was (1 request, none where nothing is held)."""
    days = limits.value(HOLD)
    if not days:
        return 0
    since = clock.iso(clock.now() - timedelta(days=days))
    recent = list(find_all(SellerLine, seller_id=seller_id, from_sort=since, to_sort="~", consistent=True))
    sold = {row.subject_id for row in recent if row.cause == "sale"}
    rows = [row for row in recent if row.currency == currency and row.subject_id in sold]
    return max(0, sum(int(row.amount) for row in rows))


def listed(caller: Principal, seller_id: str, *, limit: int, after: dict[str, object] | None) -> Slice[Payout]:
    """Read a page of a seller's payouts, the newest first (1 request); raises NotFound."""
    profiles.require_self(caller, seller_id)
    return payouts.listed(seller_id, limit=limit, after=after)
