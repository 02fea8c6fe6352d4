"""Reviews: one by each buyer, by nobody else, with a mean that holds whoever writes at once."""

from lyceum.events.store import ProductReviewed
from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound, RuleViolation, rule_violation
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, fetch_many, find, retry_on_conflict
from lyceum.model.store.products import ACTIVE, Product, ProductReview, Purchase
from lyceum.rules import audits

from functions.store.catalogue.schemas import ModerateReview, WriteReview

_SHOWN = "shown"


def listed(product_id: str, query: Listing) -> Slice[ProductReview]:
    """Read a page of the reviews of a product that are shown, the newest first (1 request, 2 where there is none).

    Raises NotFound for a product without any that is not for sale.
    """
    found = find(
        ProductReview,
        index="gsi1",
        product_id=product_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )
    if not found.items:
        _for_sale(Product.fetch(product_id=product_id))
    return found


def write(caller: Principal, product_id: str, wanted: WriteReview) -> ProductReview:
    """Write one's review of a product, or change the one that there is (1 request and a transaction).

    Raises NotFound for a product that is not for sale, RuleViolation NOT_BOUGHT.
    """
    return retry_on_conflict(lambda: _write(caller, product_id, wanted))


def _write(caller: Principal, product_id: str, wanted: WriteReview) -> ProductReview:
    product, bought, review = fetch_many(
        Product.at(product_id=product_id),
        Purchase.at(user_id=caller.user_id, product_id=product_id),
        ProductReview.at(product_id=product_id, user_id=caller.user_id),
        consistent=True,
    )
    _for_sale(product)
    if bought is None:
        raise _not_bought()
    before, was_shown = (int(review.stars), review.state == _SHOWN) if review else (0, False)
    if review is None:
        review = ProductReview(product_id=product_id, user_id=caller.user_id, review_id=ids.new_id())
    review.stars, review.text, review.written_at = wanted.stars, wanted.text, clock.now()
    events = []
    if review.state == _SHOWN:
        change, is_new = wanted.stars - before * was_shown, not was_shown
        events = [ProductReviewed(product_id=product_id, stars=change, reviews=int(is_new))]
    unit = Unit().save(review, *events)
    unit.check(bought, Purchase.pk.exists(), refuse=_not_bought())
    unit.commit()
    return review


def moderate(caller: Principal, product_id: str, review_id: str, wanted: ModerateReview) -> ProductReview:
    """Hide a review, or show it again; hidden ones do not count. Raises NotFound."""

    def work() -> ProductReview:
        review = _named(product_id, review_id)
        if review.state == wanted.state:
            return review
        sign = 1 if wanted.state == _SHOWN else -1
        review.state = wanted.state
        unit = Unit()
        unit.replace(review, ProductReviewed(product_id=product_id, stars=sign * int(review.stars), reviews=sign))
        after = {"state": wanted.state}
        audits.note(unit, caller.user_id, None, "review.moderate", review_id, after=after, reason=wanted.reason)
        unit.commit()
        return review

    return retry_on_conflict(work)


def _for_sale(product: Product | None) -> None:
    if product is None or product.state != ACTIVE:
        raise NotFound("There is no such product.")


def _named(product_id: str, review_id: str) -> ProductReview:
    """Find a review among those of its product by its id."""
    after = None
    while True:
        found = find(ProductReview, product_id=product_id, after=after, consistent=True)
        for review in found.items:
            if review.review_id == review_id:
                return review
        after = found.last_key
        if after is None:
            raise NotFound("There is no such review.")


def fold(event: ProductReviewed, unit: Unit) -> None:
    """Add to a unit what reviews have changed of a product's mean, where there is such a product."""
    if Product.fetch(product_id=event.product_id) is None:
        return
    unit.change(
        Product.at(product_id=event.product_id),
        Product.rating_sum.add(event.stars),
        Product.rating_count.add(event.reviews),
    )


def _not_bought() -> RuleViolation:
    return rule_violation("NOT_BOUGHT", "Who has bought this may review it.")
