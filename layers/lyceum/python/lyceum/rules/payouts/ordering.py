"""Ordering a payout: what somebody is owed is set aside in one transaction with the payout, while it is there."""

from collections.abc import Sequence

from lyceum.kit import clock
from lyceum.kit.errors import DomainError
from lyceum.kit.event import Message
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.payouts import Payout, PayoutAccount
from lyceum.rules.ledger.booking import BookedAlready, Leg, book, credit
from lyceum.rules.payouts import purposes
from lyceum.rules.payouts.purposes import Purpose
from lyceum.tasks.marketplace import SendPayout


def order(
    unit: Unit,
    account: PayoutAccount,
    *,
    payout_id: str,
    purpose: Purpose,
    amount: int,
    legs: Sequence[Leg],
    told: Sequence[Message] = (),
    refuse: DomainError | None = None,
) -> Payout:
    """Add a payout to a unit with its entry, and that it is sent; `legs` say what it is taken from.

    `commit` raises BookedAlready for a payout that there is, and `refuse` where there is not so much.
    """
    payout = Payout(
        payout_id=payout_id,
        payee_id=account.user_id,
        purpose=purpose,
        amount=amount,
        currency=account.currency,
        provider=account.provider,
        recipient=account.recipient,
        hint=account.hint,
        due_day=f"{clock.now():%Y-%m-%d}",
    )
    send = SendPayout(payee_id=payout.payee_id, payout_id=payout_id)
    unit.create(payout, send, *told, refuse=BookedAlready())
    purposes.note_line(unit, payout, "payout", -amount)
    book(unit, payout_id, "payout", [*legs, credit("payout", amount, payout.currency)], refuse=refuse)
    return payout


def listed(payee_id: str, *, limit: int, after: dict[str, object] | None) -> Slice[Payout]:
    """Read a page of somebody's payouts, the newest first (1 request)."""
    return find(Payout, payee_id=payee_id, limit=limit, after=after, descending=True)
