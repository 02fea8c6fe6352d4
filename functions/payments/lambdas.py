"""The Lambdas of payments, and what each reads and writes.

Plans are written by a command alone (`python -m tools.set_plans`).
"""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Links, PaymentProviders, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.courses.course import Course
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.marketplace.sellers import SellerLine
from lyceum.model.payments.affiliates import AffiliateCode, AffiliateFigures, AffiliateLink, Commission
from lyceum.model.payments.books import ProviderCharge, ProviderCircuit, Receipt, ReceiptCounter, SettlementReport
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.ledger import ControlBalance, LedgerClose, LedgerEntry, PersonalBalance
from lyceum.model.payments.orders import Customer, Payment, ProviderEvent, Refund
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import LiveSubscription, Subscription, TrialTaken
from lyceum.model.payments.vouchers import Voucher, VoucherBatch
from lyceum.model.payouts import Payout, PayoutAccount
from lyceum.model.store.orders import StoreOrder
from lyceum.model.users.account import User

_BOOKED = (LedgerEntry, PersonalBalance)
_ORDERS = (Payment, Customer, Coupon, CouponUse, AffiliateLink, Commission)
_GIVEN = (Entitlement, Subscription, LiveSubscription, TrialTaken, VoucherBatch, Voucher)
_PROVIDERS = (ProviderCircuit, ProviderCharge)
_SOLD = (Sale, OfferPurchase, SellerLine)
_SETTLED = (*_SOLD, *_BOOKED, *_ORDERS, *_GIVEN, *_PROVIDERS, Refund)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_SETTLED,
            Payment.index("gsi1"),
            Coupon.index("gsi1"),
            AffiliateCode,
            AffiliateFigures,
            PayoutAccount,
            Payout,
            Plan,
            Course,
            Offer,
            StoreOrder,
            Receipt,
            ControlBalance,
            LedgerClose,
            SettlementReport,
            User,
            Session,
        ),
        writes=(*_SETTLED, AffiliateCode, PayoutAccount, ProviderEvent, LongJob, AuditEvent),
        permissions=(PaymentProviders(), Bucket("derived/exports/", ("write",))),
        timeout_seconds=20,
    ),
    Function(
        "events.settlement",
        Queue(batch_size=5, concurrency=5),
        reads=(*_SETTLED, AffiliateFigures, ProviderEvent, Plan, Receipt, ReceiptCounter, User, LongJob),
        writes=(*_SETTLED, AffiliateFigures, ProviderEvent, Receipt, ReceiptCounter, LongJob),
        permissions=(PaymentProviders(), Links(), Bucket("derived/exports/", ("read", "write"))),
        timeout_seconds=60,
    ),
    Function(
        "events.ledger",
        Queue(batch_size=40, window_seconds=1, concurrency=2),
        reads=(ControlBalance,),
        writes=(ControlBalance,),
        timeout_seconds=30,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(
            Subscription.index("gsi1"),
            Payment.index("gsi2"),
            Payment,
            Refund.index("gsi1"),
            Refund,
            ProviderEvent.index("gsi1"),
            Entitlement.index("gsi1"),
            Commission,
            Commission.index("gsi1"),
            AffiliateFigures,
            AffiliateFigures.index("gsi1"),
            PayoutAccount,
            LedgerEntry.index("gsi1"),
            ControlBalance,
            LedgerClose,
            SettlementReport,
            *_PROVIDERS,
        ),
        writes=(
            Commission,
            AffiliateFigures,
            Payout,
            *_BOOKED,
            LedgerClose,
            SettlementReport,
            ProviderCircuit,
            ProviderEvent,
        ),
        permissions=(PaymentProviders(),),
        timeout_seconds=300,
    ),
)
