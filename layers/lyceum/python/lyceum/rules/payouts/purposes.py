"""What payouts are for, and what follows when one has ended: of sellers and of affiliates."""

from collections.abc import Sequence
from typing import Literal

from lyceum.events.marketplace import SellerPayoutEnded
from lyceum.kit import clock, ids
from lyceum.kit.event import Message
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.model.marketplace.sellers import SellerLine
from lyceum.model.payouts import Payout
from lyceum.tasks.payments import ReturnCommission

Purpose = Literal["seller", "affiliate"]


@frozen
class Words:
    """The kinds of notices that tell how a payout ended."""

    paid: str
    unpaid: str


_WORDS = {"seller": Words("seller.paid", "seller.unpaid"), "affiliate": Words("affiliate.paid", "affiliate.unpaid")}


def account_of(payout: Payout) -> str:
    """Return the account on which its owner is owed what a payout pays."""
    return f"{payout.purpose}:{payout.payee_id}"


def kind_of_notice(payout: Payout, *, is_paid: bool) -> str:
    """Return the kind of the notice that tells how a payout ended."""
    kinds = _WORDS[payout.purpose]
    return kinds.paid if is_paid else kinds.unpaid


def told_at_end(payout: Payout, *, is_paid: bool) -> Sequence[Message]:
    """Return what is told to whoever counts what was paid out."""
    amount, currency = int(payout.amount), str(payout.currency)
    if payout.purpose == "seller":
        return [
            SellerPayoutEnded(
                payout_id=payout.payout_id,
                seller_id=payout.payee_id,
                amount=amount,
                currency=currency,
                is_paid=is_paid,
            )
        ]
    return [] if is_paid else [ReturnCommission(user_id=payout.payee_id, currency=currency, amount=amount)]


def note_line(unit: Unit, payout: Payout, cause: str, amount: int) -> None:
    """Add the line of a seller's statement to a unit that tells of a payout; affiliates have none."""
    if payout.purpose == "seller":
        line = SellerLine(
            seller_id=payout.payee_id,
            line_id=ids.new_id(),
            booked_at=clock.now(),
            cause=cause,
            amount=amount,
            currency=payout.currency,
            subject_id=payout.payout_id,
        )
        unit.create(line)
