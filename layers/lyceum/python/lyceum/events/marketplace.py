"""What was offered, sold, taken back and paid out on the marketplace; amounts are minor units (ISO 4217)."""

from typing import ClassVar

from lyceum.kit.event import Event


class OfferListed(Event):
    """A moderator let an offer be sold."""

    name: ClassVar[str] = "offer.listed"
    offer_id: str
    seller_id: str
    type: str


class OfferSold(Event):
    """An offer was paid for; `earned` is the seller's part of `gross`."""

    name: ClassVar[str] = "offer.sold"
    payment_id: str
    offer_id: str
    seller_id: str
    user_id: str
    currency: str
    gross: int
    commission: int
    earned: int


class OfferReturned(Event):
    """Money of a sale went back; `taken_back` is the seller's part of `returned`."""

    name: ClassVar[str] = "offer.returned"
    payment_id: str
    offer_id: str
    seller_id: str
    user_id: str
    currency: str
    returned: int
    taken_back: int
    is_whole: bool


class SellerPayoutOrdered(Event):
    """A seller's money was set aside to be paid out."""

    name: ClassVar[str] = "seller_payout.ordered"
    payout_id: str
    seller_id: str
    amount: int
    currency: str


class SellerPayoutEnded(Event):
    """A payout arrived, or failed, when the money is the seller's again."""

    name: ClassVar[str] = "seller_payout.ended"
    payout_id: str
    seller_id: str
    amount: int
    currency: str
    is_paid: bool
