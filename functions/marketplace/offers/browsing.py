"""What everybody sees of offers, and what is in a bank for those who have it."""

from fractions import Fraction
from functools import reduce
from operator import and_

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import Slice, batch_fetch, fetch_many, find
from lyceum.kit.values.decimals import rounded
from lyceum.kit.values.money import Money
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import BANK, BankContents, Offer, OfferReview
from lyceum.model.questions.question import Question
from lyceum.rules.marketplace import rights
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.marketplace.offers import searching
from functions.marketplace.offers.schemas import (
    BankQuestion,
    BankView,
    BrowseQuery,
    OfferPage,
    OfferView,
    ReviewView,
)

_REVIEWS = 10
_TOGETHER = 100


def browse(query: BrowseQuery) -> Slice[Offer]:
    """Read a page of what is listed (1 request, 3 at most where much is filtered out; 2 of a search)."""
    if query.search or query.sort:
        return searching.found(query)
    names = [name for name in ("type", "seller_id", "currency") if getattr(query, name) is not None]
    tests: list[Condition] = [getattr(Offer, name) == getattr(query, name) for name in names]
    if query.max_price is not None:
        tests.append(Offer.price <= query.max_price)
    return find(
        Offer,
        index="gsi1",
        shelf="listed",
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=reduce(and_, tests) if tests else None,
    )


def show(caller: Principal | None, offer_id: str) -> OfferPage:
    """Show an offer with its latest reviews (2 requests); one that is not listed to its seller and to moderators.

    Raises NotFound.
    """
    offer = Offer.require(offer_id=offer_id)
    may_see = offer.state == "listed" or (caller and may_touch(caller, offer.seller_id, Permission.MODERATE))
    if not may_see:
        raise NotFound("There is no such offer.")
    reviews = find(OfferReview, index="gsi1", offer_id=offer_id, limit=_REVIEWS, descending=True).items
    return OfferPage(**view(offer).model_dump(), reviews=[ReviewView.model_validate(each) for each in reviews])


def questions(caller: Principal, offer_id: str, after: str | None) -> BankView:
    """Show up to a hundred questions of a bank, without keys, to its buyers, its seller and moderators (2 requests).

    Students see none that is part of an exam that may still be sat (EXAM L4). Raises NotFound for everybody else.
    """
    contents, right = fetch_many(
        BankContents.at(offer_id=offer_id),
        Entitlement.at(user_id=caller.user_id, product=f"{BANK}{offer_id}"),
        consistent=True,
    )
    is_theirs = contents is not None and may_touch(caller, contents.seller_id, Permission.MODERATE)
    if contents is None or not (is_theirs or rights.is_good(right)):
        raise NotFound("There is no such bank.")
    is_teaching = is_theirs or caller.may(Permission.WRITE_EXAMS)
    names = list(contents.question_ids)
    start = names.index(after) + 1 if after in names else 0
    shown = names[start : start + _TOGETHER]
    found = [
        each for each in batch_fetch([Question.at(question_id=name) for name in shown]) if isinstance(each, Question)
    ]
    told = [each for each in found if is_teaching or not is_embargoed(each, clock.now())]
    return BankView(
        product_id=offer_id,
        questions=[BankQuestion.model_validate(each) for each in told],
        pagination_after=shown[-1] if start + _TOGETHER < len(names) else None,
    )


def view(offer: Offer) -> OfferView:
    """Show an offer."""
    count = int(offer.rating_count)
    return OfferView(
        product_id=offer.offer_id,
        seller_id=offer.seller_id,
        type=offer.type,
        subject_id=offer.subject_id,
        title=offer.title,
        description=offer.description,
        price=Money(amount=int(offer.price), currency=offer.currency),
        state=offer.state,
        reason=offer.reason if offer.state == "rejected" else None,
        revision=int(offer.revision),
        question_count=int(offer.question_count) or None,
        sales=max(0, int(offer.sales)),
        rating=rounded(Fraction(int(offer.rating_sum), count), 2) if count else None,
        review_count=count,
        listed_at=offer.listed_at,
        created_at=offer.created_at,
    )
