"""Sales of offers: how a price is parted, booked when it is paid, and taken back when money goes back.

The seller's part stands on `seller:{id}` from the moment of the sale, ours on `marketplace`. What goes back is taken
from both in the same proportion. A seller who was paid out already owes the rest (`seller_debt:{id}`), and the next
payout is less by so much.
"""

from datetime import datetime

from lyceum.events.marketplace import OfferReturned, OfferSold
from lyceum.kit import ids
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Message
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.marketplace.sellers import SellerLine
from lyceum.rules.ledger.booking import Leg, credit, debit, standing
from lyceum.rules.ledger.rounding import percentage, portion

OFFER = "offer"
"""The purpose of a payment that is for an offer."""


def moved() -> Conflict:
    """Return what says that an account moved since it was looked at, so that all is looked at anew."""
    return Conflict("This account has moved meanwhile.", code="EDIT_CONFLICT")


@frozen
class Parts:
    """A price in two parts, minor units that add up to it."""

    commission: int
    earned: int


def parts_of(gross: int, percent: str) -> Parts:
    """Part a price; our share is rounded once, half to even, and the rest is the seller's."""
    commission = percentage(gross, percent)
    return Parts(commission, gross - commission)


def is_doubled(purchase: OfferPurchase | None, payment_id: str) -> bool:
    """Say whether a buyer has an offer already, by another payment."""
    return purchase is not None and purchase.state == "bought" and purchase.payment_id != payment_id


def conclude(unit: Unit, sale: Sale, purchase: OfferPurchase | None, now: datetime) -> list[Leg]:
    """Add to a unit that a sale is paid for and its buyer has it; return the legs of both parts."""
    sale.state, sale.sold_at = "sold", now
    unit.save(sale, sold(sale))
    bought = purchase or OfferPurchase(user_id=sale.buyer_id, offer_id=sale.offer_id)
    bought.payment_id, bought.state, bought.bought_at = sale.payment_id, "bought", now
    unit.save(bought)
    enter(unit, sale, "sale", int(sale.earned), now)
    return [
        credit("marketplace", int(sale.commission), sale.currency),
        credit(f"seller:{sale.seller_id}", int(sale.earned), sale.currency),
    ]


def double(unit: Unit, sale: Sale) -> None:
    """Add to a unit that a sale came to nothing, since its buyer has it already."""
    sale.state = "doubled"
    unit.replace(sale)


def take_back(unit: Unit, sale: Sale, amount: int, now: datetime) -> list[Leg]:
    """Add to a unit that so much more of a price went back, and return the legs that debit both parts of it.

    Several refunds take as much as one of their sum, and what a coupon took off counts no more with it. What
    the seller's balance does not hold becomes their debt; when the balance moves meanwhile, the entry that the legs are
    for is to be refused by `moved`.
    """
    before = _gone(sale)
    growth = min(amount, int(sale.gross) - int(sale.discount) - int(sale.returned))
    sale.returned = int(sale.returned) + growth
    after = _gone(sale)
    sale.taken_back = after.earned
    ours, back = after.commission - before.commission, after.earned - before.earned
    unit.replace(sale, _returned(sale, ours + back, back))
    if back:
        enter(unit, sale, "return", -back, now)
    account = f"seller:{sale.seller_id}"
    held = max(0, min(back, standing(account, sale.currency)))
    return [
        debit("marketplace", ours, sale.currency),
        credit("discount", ours + back - growth, sale.currency),
        debit("refunds", amount - growth, sale.currency),
        debit(account, held, sale.currency),
        debit(f"seller_debt:{sale.seller_id}", back - held, sale.currency),
    ]


def _gone(sale: Sale) -> Parts:
    """Return what of both parts went back: as much of them as of what was paid."""
    paid, returned = int(sale.gross) - int(sale.discount), int(sale.returned)
    if not paid:
        return Parts(0, 0)
    earned = portion(int(sale.earned), returned, paid)
    return Parts(portion(int(sale.gross), returned, paid) - earned, earned)


def enter(unit: Unit, sale: Sale, cause: str, amount: int, now: datetime) -> None:
    """Add to a unit the line of a seller's statement that tells of a sale, or of what of it was taken back."""
    line = SellerLine(
        seller_id=sale.seller_id,
        line_id=ids.new_id(),
        booked_at=now,
        cause=cause,
        amount=amount,
        currency=sale.currency,
        subject_id=sale.payment_id,
        offer_id=sale.offer_id,
        title=sale.title,
    )
    unit.create(line)


def end(unit: Unit, purchase: OfferPurchase | None, payment_id: str) -> None:
    """Add to a unit that a buyer has no more what one payment bought; what another one bought stays."""
    if purchase is not None and purchase.payment_id == payment_id:
        purchase.state = "returned"
        unit.replace(purchase)


def sold(sale: Sale) -> Message:
    """Return what is told of a sale."""
    return OfferSold(
        payment_id=sale.payment_id,
        offer_id=sale.offer_id,
        seller_id=sale.seller_id,
        user_id=sale.buyer_id,
        currency=sale.currency,
        gross=int(sale.gross),
        commission=int(sale.commission),
        earned=int(sale.earned),
    )


def _returned(sale: Sale, growth: int, back: int) -> Message:
    return OfferReturned(
        payment_id=sale.payment_id,
        offer_id=sale.offer_id,
        seller_id=sale.seller_id,
        user_id=sale.buyer_id,
        currency=sale.currency,
        returned=growth,
        taken_back=back,
        is_whole=int(sale.returned) == int(sale.gross) - int(sale.discount),
    )
