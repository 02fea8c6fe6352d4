"""Reviews: by buyers alone, one each, and the mean is exact whoever reviews at the same time."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.marketplace.offers import Offer, OfferReview
from lyceum.model.marketplace.sales import OfferPurchase

from functions.marketplace.offers.schemas import WriteReview


def write(caller: Principal, wanted: WriteReview) -> OfferReview:
    """Review what one has bought (1 transaction).

    Its own conditions say who has bought and who has reviewed before. Raises RuleViolation NOT_BOUGHT and Conflict
    REVIEWED_ALREADY.
    """
    review = OfferReview(
        offer_id=wanted.product_id,
        user_id=caller.user_id,
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
