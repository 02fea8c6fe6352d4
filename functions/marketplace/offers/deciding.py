"""Looking at offers before they are sold: what waits, and what a moderator decides."""

from lyceum.events.marketplace import OfferListed
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.marketplace.offers import Offer
from lyceum.rules import audits
from lyceum.tasks.notifications import DeliverNotice

from functions.marketplace.offers.schemas import DecideOffer


def waiting(query: Listing) -> Slice[Offer]:
    """Read a page of the offers that wait for a moderator, the oldest first (1 request)."""
    return find(Offer, index="gsi1", shelf="pending", limit=query.limit, after=query.start_key())


def decide(caller: Principal, offer_id: str, wanted: DecideOffer) -> Offer:
    """List an offer or reject it, and tell its seller (2 requests).

    Raises NotFound, Forbidden for one's own, and Conflict WRONG_STATE and EDIT_CONFLICT.
    """
    offer = Offer.require(offer_id=offer_id, consistent=True)
    if offer.seller_id == caller.user_id:
        raise Forbidden("Nobody decides on what is theirs.")
    if offer.state != "pending":
        raise Conflict("This offer does not wait for a decision.", code="WRONG_STATE")
    changed = Conflict("This offer was changed meanwhile.", code="EDIT_CONFLICT")
    if offer.revision != wanted.revision:
        raise changed
    offer.state = "listed" if wanted.approved else "rejected"
    offer.reason, offer.decided_by, offer.listed_at = wanted.reason, caller.user_id, clock.now()
    told = DeliverNotice(
        kind="offer.listed" if wanted.approved else "offer.rejected",
        user_ids=[offer.seller_id],
        data={"offerId": offer_id, "what": offer.title, "reason": wanted.reason or ""},
    )
    events = [OfferListed(offer_id=offer_id, seller_id=offer.seller_id, type=offer.type)] if wanted.approved else []
    stands = (Offer.revision == wanted.revision) & (Offer.state == "pending")
    names = ("state", "shelf", "reason", "decided_by", "listed_at")
    unit = Unit().amend(offer, *names, when=stands, events=[told, *events], refuse=changed)
    after = {"state": offer.state, "revision": wanted.revision}
    audits.note(unit, caller.user_id, offer.seller_id, "offer.decide", offer_id, after=after)
    unit.commit()
    return offer
