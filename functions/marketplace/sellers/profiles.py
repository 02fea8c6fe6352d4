"""Profiles of sellers, their tiers, and where they are paid."""

from fractions import Fraction

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit, find, retry_on_conflict
from lyceum.kit.values.decimals import rounded
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sellers import Seller
from lyceum.rules import audits

from functions.marketplace.offers import browsing
from functions.marketplace.sellers.schemas import (
    SellerPage,
    SellerView,
    SetProfile,
    SetTier,
)

_OFFERS = 50


def show(seller_id: str) -> SellerPage:
    """Show a seller with what they offer (2 requests); raises NotFound."""
    seller = Seller.require(user_id=seller_id)
    found = find(Offer, index="gsi2", seller_id=seller_id, limit=_OFFERS, descending=True).items
    offers = [offer for offer in found if offer.state == "listed"]
    count = sum(int(offer.rating_count) for offer in offers)
    stars = sum(int(offer.rating_sum) for offer in offers)
    return SellerPage(
        **view(seller).model_dump(),
        offers=[browsing.view(offer) for offer in offers],
        sales=sum(max(0, int(offer.sales)) for offer in offers),
        rating=rounded(Fraction(stars, count), 2) if count else None,
        review_count=count,
    )


def require_self(caller: Principal, seller_id: str) -> None:
    """Refuse who is neither the seller nor administers payments; raises NotFound, also for a seller that is none.

    Who administers has the seller read first, one request more.
    """
    require_owner(caller, seller_id, "seller", Permission.MANAGE_PAYMENTS)
    if caller.user_id != seller_id:
        Seller.require(user_id=seller_id)


def require_very_self(caller: Principal, seller_id: str) -> None:
    """Refuse everybody but the seller; raises NotFound."""
    if caller.user_id != seller_id:
        raise NotFound("There is no such seller.")


def put(caller: Principal, seller_id: str, wanted: SetProfile) -> SellerView:
    """Say anew who one is; raises NotFound for another's profile."""
    require_very_self(caller, seller_id)

    def work() -> Seller:
        seller = Seller.fetch(user_id=seller_id, consistent=True) or Seller(user_id=seller_id)
        seller.name, seller.headline, seller.about = wanted.name, wanted.headline, wanted.about
        Unit().save(seller).commit()
        return seller

    return view(retry_on_conflict(work))


def put_tier(caller: Principal, seller_id: str, wanted: SetTier) -> SellerView:
    """Set a seller's tier; raises NotFound. Sales keep the rule that they were ordered by."""

    def work() -> Seller:
        seller = Seller.require(user_id=seller_id, consistent=True)
        before, seller.tier = str(seller.tier), wanted.tier
        unit = Unit().replace(seller)
        audits.note(
            unit, caller.user_id, None, "seller.tier", seller_id, before={"tier": before}, after={"tier": wanted.tier}
        )
        unit.commit()
        return seller

    return view(retry_on_conflict(work))


def view(seller: Seller) -> SellerView:
    """Show a seller."""
    return SellerView(
        seller_id=seller.user_id, name=seller.name, headline=seller.headline, about=seller.about, tier=seller.tier
    )
