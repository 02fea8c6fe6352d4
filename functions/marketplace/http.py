"""The marketplace over HTTP."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, OWNER, PUBLIC, USER, Api, Caller, Listing, MaybeCaller, Page, Path, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView
from lyceum.kit.long_jobs.schemas import view as view_job
from lyceum.kit.values.money import Currency
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sellers import Seller
from lyceum.rules.payouts import accounts, sending
from lyceum.rules.payouts.schemas import AccountView, PayoutView, SetAccount
from lyceum.rules.sessions import recheck

from functions.marketplace.commissions import rules
from functions.marketplace.commissions.schemas import CommissionList, CommissionView, RuleId, SetCommission
from functions.marketplace.offers import browsing, deciding, offering, reviewing
from functions.marketplace.offers.schemas import (
    BankQuery,
    BankView,
    BrowseQuery,
    ChangeOffer,
    DecideOffer,
    MakeOffer,
    ModerateReview,
    OfferPage,
    OfferView,
    ReviewView,
    WriteReview,
)
from functions.marketplace.payouts import ordering
from functions.marketplace.payouts.schemas import ProcessSellers
from functions.marketplace.purchases import buying
from functions.marketplace.purchases.schemas import BuyOffer, PurchaseView
from functions.marketplace.sellers import profiles, statements
from functions.marketplace.sellers.schemas import (
    Board,
    BoardQuery,
    LineView,
    SellerPage,
    SellerStats,
    SellerView,
    SetProfile,
    SetTier,
    StatementQuery,
)

api = Api("marketplace", recheck=recheck)
handler = api.handler
_PAYMENTS = may(Permission.MANAGE_PAYMENTS)


@api.post(
    "/api/marketplace/products",
    access=may(Permission.SELL),
    status=201,
    limit="60/hour",
    idempotent=True,
    refuses=(404, 409, 422),
)
def create_offer(caller: Caller, body: MakeOffer) -> OfferView:
    """Offer a course, a bank of questions or a material, which a moderator looks at before it is sold."""
    return browsing.view(offering.make(caller, body))


@api.get("/api/marketplace/products", access=PUBLIC, cache_control="public, max-age=60")
def list_offers(query: Annotated[BrowseQuery, Query()]) -> Page[OfferView]:
    """List what is for sale, the newest first."""
    return query.page(browsing.browse(query), browsing.view)


@api.get("/api/marketplace/products/{productId}", access=OPTIONAL, refuses=(404,))
def show_offer(caller: MaybeCaller, product_id: str) -> OfferPage:
    """Show an offer with the latest of its reviews."""
    return browsing.show(caller, product_id)


@api.patch("/api/marketplace/products/{productId}", access=OWNER, owner_of=Offer, limit="120/hour")
def update_offer(caller: Caller, product_id: str, body: ChangeOffer) -> OfferView:
    """Change one's own offer, withdraw it, or ask for it to be looked at again."""
    return browsing.view(offering.change(caller, product_id, body))


@api.get("/api/marketplace/products/{productId}/questions", access=USER, refuses=(404,))
def list_bank_questions(caller: Caller, product_id: str, query: Annotated[BankQuery, Query()]) -> BankView:
    """List the questions of a bank that one has bought or sells, without what is right."""
    return browsing.questions(caller, product_id, query.after)


@api.post(
    "/api/marketplace/products/{productId}/purchase",
    access=USER,
    status=201,
    limit="30/hour",
    idempotent=True,
    refuses=(404, 409, 422, 503),
)
def start_purchase(caller: Caller, product_id: str, body: BuyOffer) -> PurchaseView:
    """Start to buy an offer: with one's credit at once, or on the provider's page."""
    return buying.buy(caller, product_id, body)


@api.post("/api/marketplace/reviews", access=USER, status=201, limit="30/hour", idempotent=True, refuses=(409, 422))
def post_review(caller: Caller, body: WriteReview) -> ReviewView:
    """Post a review of an offer that one has bought, once."""
    return ReviewView.model_validate(reviewing.write(caller, body))


@api.put(
    "/api/marketplace/products/{productId}/reviews/{reviewId}",
    access=may(Permission.MODERATE, afresh=True),
    limit="600/hour",
    refuses=(404,),
)
def set_offer_review_state(caller: Caller, product_id: str, review_id: str, body: ModerateReview) -> ReviewView:
    """Hide a review of an offer, or show it again; hidden ones do not count in the mean."""
    return ReviewView.model_validate(reviewing.moderate(caller, product_id, review_id, body))


@api.get("/api/marketplace/sellers/{sellerId}", access=PUBLIC, cache_control="public, max-age=60", refuses=(404,))
def show_seller(seller_id: str) -> SellerPage:
    """Show a seller with what they offer, and what buyers say of it."""
    return profiles.show(seller_id)


@api.get("/api/marketplace/top-sellers", access=PUBLIC, cache_control="public, max-age=300")
def list_top_sellers(query: Annotated[BoardQuery, Query()]) -> Board:
    """List the sellers who sold most in a month, or ever."""
    return statements.board(query)


@api.put("/api/marketplace/seller/{sellerId}/profile", access=OWNER, owner_of=Seller, limit="60/hour")
def update_profile(caller: Caller, seller_id: str, body: SetProfile) -> SellerView:
    """Say anew who one is as a seller."""
    return profiles.put(caller, seller_id, body)


@api.put(
    "/api/marketplace/seller/{sellerId}/accounts/{currency}",
    access=OWNER.proven(),
    owner_of=Seller,
    limit="20/hour",
)
def set_payout_account(
    caller: Caller, seller_id: str, currency: Annotated[Currency, Path()], body: SetAccount
) -> AccountView:
    """Say where one is paid in a currency."""
    return accounts.put(caller, seller_id, currency, body)


@api.get("/api/marketplace/seller/{sellerId}/stats", access=OWNER, owner_of=Seller, refuses=(404,))
def show_sales(caller: Caller, seller_id: str) -> SellerStats:
    """Show one's own sales by period, and what one is owed."""
    return statements.stats(caller, seller_id)


@api.get("/api/marketplace/seller/{sellerId}/payouts", access=OWNER, owner_of=Seller, refuses=(404,))
def list_payouts(caller: Caller, seller_id: str, query: Annotated[Listing, Query()]) -> Page[PayoutView]:
    """List one's own payouts, the newest first."""
    found = ordering.listed(caller, seller_id, limit=query.limit, after=query.start_key())
    return query.page(found, sending.view)


@api.get("/api/marketplace/seller/{sellerId}/statement", access=OWNER, owner_of=Seller, refuses=(404,))
def list_statement_lines(caller: Caller, seller_id: str, query: Annotated[StatementQuery, Query()]) -> Page[LineView]:
    """List the lines of one's own statement: sales, what went back, and payouts."""
    return query.page(statements.lines(caller, seller_id, query), statements.line)


@api.get("/api/admin/marketplace/products", access=may(Permission.MODERATE, afresh=True))
def list_waiting_offers(query: Annotated[Listing, Query()]) -> Page[OfferView]:
    """List the offers that wait for a moderator, the oldest first."""
    return query.page(deciding.waiting(query), browsing.view)


@api.post(
    "/api/admin/marketplace/products/{productId}/decision",
    access=may(Permission.MODERATE, afresh=True),
    limit="240/hour",
    refuses=(404, 409),
)
def approve_offer(caller: Caller, product_id: str, body: DecideOffer) -> OfferView:
    """Approve an offer as it was looked at, or reject it with a reason."""
    return browsing.view(deciding.decide(caller, product_id, body))


@api.put("/api/admin/marketplace/sellers/{sellerId}/tier", access=_PAYMENTS, limit="120/hour")
def set_seller_tier(caller: Caller, seller_id: str, body: SetTier) -> SellerView:
    """Set the tier of a seller, by which commission rules tell sellers apart."""
    return profiles.put_tier(caller, seller_id, body)


@api.post("/api/admin/payouts/process", access=_PAYMENTS, status=202, limit="60/hour", idempotent=True)
def start_payouts(caller: Caller, body: ProcessSellers) -> JobView:
    """Start to pay every seller who is owed at least so much; who has no account is counted as failed."""
    return view_job(ordering.start(caller, body))


@api.get("/api/admin/commission-rules", access=_PAYMENTS)
def list_commission_rules() -> CommissionList:
    """List the commission rules, and what stays here where none applies."""
    return rules.listed()


@api.put("/api/admin/commission-rules/{ruleId}", access=_PAYMENTS, limit="120/hour")
def set_commission_rule(caller: Caller, rule_id: Annotated[RuleId, Path()], body: SetCommission) -> CommissionView:
    """Set how much of a price stays here, by type of offer, tier of seller and date."""
    return rules.put(caller, rule_id, body)
