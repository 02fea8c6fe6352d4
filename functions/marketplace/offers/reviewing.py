"""Reviews: by buyers alone, one each, and the mean is exact whoever reviews or hides at the same time."""

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find_all, retry_on_conflict
from lyceum.model.marketplace.offers import Offer, OfferReview
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.rules import audits

from functions.marketplace.offers.schemas import ModerateReview, WriteReview

_SHOWN = "shown"


def write(caller: Principal, wanted: WriteReview) -> OfferReview:
    """Review what one has bought (1 transaction).

    Its own conditions say who has bought and who has reviewed before. Raises RuleViolation NOT_BOUGHT and Conflict
    REVIEWED_ALREADY.
    """
    review = OfferReview(
        offer_id=wanted.product_id,
        user_id=caller.user_id,
        review_id=ids.new_id(),
        stars=wanted.stars,
        text=wanted.text,
        written_at=clock.now(),
    )
    bought = OfferPurchase.at(user_id=caller.user_id, offer_id=wanted.product_id)
    not_bought = rule_violation("NOT_BOUGHT", "Only who has bought this reviews it.", field="productId")
    unit = Unit().check(bought, OfferPurchase.state == "bought", refuse=not_bought)
    unit.create(review, refuse=Conflict("You have reviewed this already.", code="REVIEWED_ALREADY"))
    stars = [Offer.rating_sum.add(wanted.stars), Offer.rating_count.add(1)]
    unit.change(Offer.at(offer_id=wanted.product_id), *stars, refuse=not_bought)
    unit.commit()
    return review


def moderate(caller: Principal, offer_id: str, review_id: str, wanted: ModerateReview) -> OfferReview:
    """Hide a review, or show it again; hidden ones do not count (the offer's reviews and 1 transaction).

    Raises NotFound.
    """

    def work() -> OfferReview:
        review = _named(offer_id, review_id)
        if review.state == wanted.state:
            return review
        before, review.state = review.state, wanted.state
        sign = 1 if wanted.state == _SHOWN else -1
        unit = Unit().amend(review, "state", when=OfferReview.state == before)
        counted = [Offer.rating_sum.add(sign * int(review.stars)), Offer.rating_count.add(sign)]
        unit.change(Offer.at(offer_id=offer_id), *counted)
        after = {"state": wanted.state}
        audits.note(unit, caller.user_id, None, "review.moderate", review_id, after=after, reason=wanted.reason)
        unit.commit()
        return review

    return retry_on_conflict(work)


def _named(offer_id: str, review_id: str) -> OfferReview:
    """Find a review among those of its offer by its id."""
    found = find_all(OfferReview, offer_id=offer_id, consistent=True)
    review = next((each for each in found if each.review_id == review_id), None)
    if review is None:
        raise NotFound("There is no such review.")
    return review
