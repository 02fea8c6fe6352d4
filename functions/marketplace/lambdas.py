"""The Lambdas of the marketplace, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Links, PaymentProviders, Queue, Schedule, SearchCollection
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.library import ContentItem
from lyceum.model.courses.course import Course
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import BankContents, Offer, OfferReview, OfferSubject
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.marketplace.sellers import (
    CommissionRules,
    Seller,
    SellerFigures,
    SellerLine,
)
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.ledger import LedgerEntry, PersonalBalance
from lyceum.model.payments.orders import Customer, Payment
from lyceum.model.payouts import Payout, PayoutAccount
from lyceum.model.questions.question import Question
from lyceum.model.search import SearchChange
from lyceum.model.users.account import User

_BOOKED = (LedgerEntry, PersonalBalance)
_OFFERED = (Offer, BankContents, OfferReview, OfferSubject)
_SOLD = (Sale, OfferPurchase, SellerLine, Payment, Entitlement, Coupon, CouponUse, Customer)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_OFFERED,
            Offer.index("gsi1"),
            Offer.index("gsi2"),
            OfferReview.index("gsi1"),
            *_SOLD,
            Seller,
            PayoutAccount,
            Payout,
            SellerFigures,
            SellerFigures.index("gsi1"),
            CommissionRules,
            PersonalBalance,
            ProviderCircuit,
            Course,
            ContentItem,
            Question,
            SearchChange,
            User,
            Session,
        ),
        writes=(
            *_OFFERED,
            *_SOLD,
            *_BOOKED,
            Seller,
            PayoutAccount,
            CommissionRules,
            ProviderCircuit,
            LongJob,
            AuditEvent,
        ),
        permissions=(PaymentProviders(), Bucket("search/", ("read", "miss")), SearchCollection()),
        memory_mb=1024,
        layers=("search",),
        timeout_seconds=20,
    ),
    Function(
        "events",
        Queue(batch_size=10, concurrency=2),
        reads=(
            SellerFigures,
            SellerFigures.index("gsi2"),
            Offer,
            Offer.index("gsi2"),
            Payout,
            PayoutAccount,
            SellerLine,
            *_BOOKED,
            ProviderCircuit,
            LongJob,
        ),
        writes=(SellerFigures, Offer, Payout, SellerLine, *_BOOKED, ProviderCircuit, LongJob),
        permissions=(PaymentProviders(), Links()),
        timeout_seconds=60,
    ),
    Function("jobs", Schedule(), reads=(Payout.index("gsi1"),), timeout_seconds=60),
)
