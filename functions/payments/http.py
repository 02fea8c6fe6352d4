"""Payments over HTTP."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, SELF, SIGNED, USER, Api, Caller, Listing, Page, Path, Query, exchange, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView
from lyceum.kit.long_jobs.schemas import view as view_job
from lyceum.kit.values.money import Currency
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.subscriptions import Subscription
from lyceum.model.store.orders import StoreOrder
from lyceum.rules.payouts import accounts, sending
from lyceum.rules.payouts import ordering as payouts
from lyceum.rules.payouts.schemas import AccountView, PayoutView, SetAccount
from lyceum.rules.sessions import recheck

from functions.payments.affiliates import links
from functions.payments.affiliates.schemas import AffiliateStats, CreateLink, LinkView
from functions.payments.books import balances, receipt_files, receipts, reconciliation
from functions.payments.books.schemas import ReconciliationQuery, ReconciliationView, TrialBalanceView
from functions.payments.offers import coupons, plans
from functions.payments.offers.schemas import (
    CouponCheck,
    CouponView,
    CreateCoupon,
    PlanList,
    PlansQuery,
    ValidateCoupon,
)
from functions.payments.orders import buying, checking, listening, refunds, store_orders, views
from functions.payments.orders.schemas import (
    InitializePayment,
    MakeRefund,
    PaymentsQuery,
    PaymentView,
    PayOrder,
    ReceiptView,
    RefundView,
    VerifiedPayment,
    WebhookTaken,
    WriteReceipt,
)
from functions.payments.subscriptions import changing, subscribing
from functions.payments.subscriptions.schemas import (
    CancelSubscription,
    ChangeSubscription,
    CurrentPlan,
    Subscribe,
    SubscriptionStart,
    SubscriptionView,
)
from functions.payments.vouchers import printing, redeeming
from functions.payments.vouchers.schemas import PrintVouchers, RedeemedVoucher, RedeemVoucher

api = Api("payments", recheck=recheck)
handler = api.handler
_WEBHOOK_BYTES = 256 * 1024


@api.get("/api/plans", access=PUBLIC, cache_control="public, max-age=60")
def list_offered_plans(query: Annotated[PlansQuery, Query()]) -> PlanList:
    """List the plans that are for sale, with their prices."""
    return plans.listed(query)


@api.post(
    "/api/payments/initialize", access=USER, status=201, limit="30/hour", idempotent=True, refuses=(409, 422, 503)
)
def start_payment(caller: Caller, body: InitializePayment) -> PaymentView:
    """Start a payment: order one thing, and get the address of the provider's page on which to pay."""
    return views.payment(buying.checkout(caller, body))


@api.post(
    "/api/orders/{orderId}/payment",
    access=USER,
    owner_of=StoreOrder,
    status=201,
    limit="30/hour",
    idempotent=True,
    refuses=(409, 422, 503),
)
def start_order_payment(caller: Caller, order_id: str, body: PayOrder) -> PaymentView:
    """Start the payment of one's own order of the store, and get the address of the provider's page."""
    return views.payment(store_orders.pay(caller, order_id, body))


@api.get("/api/payments/verify/{reference}", access=USER, limit="120/hour", refuses=(503,))
def verify_payment(caller: Caller, reference: str) -> VerifiedPayment:
    """Verify one's own payment: ask its provider what has become of it."""
    return buying.verify(caller, reference)


@api.get("/api/payments", access=USER)
def list_payments(caller: Caller, query: Annotated[PaymentsQuery, Query()]) -> Page[PaymentView]:
    """List one's own payments, the newest first."""
    return query.page(buying.own(caller, query), views.payment)


@api.get("/api/payments/{paymentId}/receipt", access=USER, owner_of=Payment, refuses=(409,))
def show_receipt(caller: Caller, payment_id: str) -> ReceiptView:
    """Show the receipt of one's own payment."""
    return receipts.show(caller, payment_id)


@api.post(
    "/api/payments/{paymentId}/receipt",
    access=USER,
    owner_of=Payment,
    status=202,
    limit="60/hour",
    idempotent=True,
    refuses=(409,),
)
def generate_receipt(caller: Caller, payment_id: str, body: WriteReceipt) -> JobView:
    """Generate the receipt of one's own payment as PDF; the job's result is the file."""
    return view_job(receipt_files.start(caller, payment_id, body))


@api.post(
    "/api/payments/webhook/{provider}",
    access=SIGNED,
    max_body_bytes=_WEBHOOK_BYTES,
    reads_body=False,
    refuses=(401, 404),
)
def accept_webhook(provider: str) -> WebhookTaken:
    """Accept what a payment provider tells, proven by its signature over the body as it came."""
    asked = exchange.current()
    return listening.take(provider, asked.headers, asked.body)


@api.post("/api/subscriptions", access=USER, status=201, limit="20/hour", idempotent=True, refuses=(409, 422, 503))
def start_subscription(caller: Caller, body: Subscribe) -> SubscriptionStart:
    """Start a subscription, by its trial or its first payment."""
    return subscribing.subscribe(caller, body)


@api.get("/api/subscriptions/current", access=USER)
def show_current_plan(caller: Caller) -> CurrentPlan:
    """Show one's own subscription with its renewal, and every plan that may be used."""
    return subscribing.current(caller)


@api.post("/api/subscriptions/{subscriptionId}/cancel", access=USER, owner_of=Subscription, refuses=(409,))
def cancel_subscription(caller: Caller, subscription_id: str, body: CancelSubscription) -> SubscriptionView:
    """Cancel one's own subscription, with the end of what is paid or now."""
    return changing.cancel(caller, subscription_id, body)


@api.post("/api/subscriptions/{subscriptionId}/resume", access=USER, owner_of=Subscription, refuses=(409,))
def resume_subscription(caller: Caller, subscription_id: str) -> SubscriptionView:
    """Resume one's own subscription before its end."""
    return changing.resume(caller, subscription_id)


@api.post(
    "/api/subscriptions/{subscriptionId}/change",
    access=USER,
    owner_of=Subscription,
    limit="20/hour",
    idempotent=True,
    refuses=(409, 422, 503),
)
def change_subscription(caller: Caller, subscription_id: str, body: ChangeSubscription) -> SubscriptionStart:
    """Change the plan of one's own subscription."""
    return changing.change(caller, subscription_id, body)


@api.post("/api/coupons", access=may(Permission.MANAGE_PAYMENTS), status=201, limit="120/hour", refuses=(409,))
def create_coupon(caller: Caller, body: CreateCoupon) -> CouponView:
    """Create a coupon."""
    return coupons.view(coupons.create(caller, body))


@api.get("/api/coupons", access=may(Permission.MANAGE_PAYMENTS))
def list_coupons(query: Annotated[Listing, Query()]) -> Page[CouponView]:
    """List coupons with their use, the newest first."""
    return query.page(coupons.listed(query), coupons.view)


@api.post("/api/coupons/{code}/validate", access=USER, limit="60/hour")
def check_coupon(caller: Caller, code: str, body: ValidateCoupon) -> CouponCheck:
    """Check whether a coupon is good for a plan or a course, and what it takes off."""
    return checking.check(caller, code, body)


@api.delete("/api/coupons/{code}", access=may(Permission.MANAGE_PAYMENTS))
def disable_coupon(caller: Caller, code: str) -> Removed:
    """Disable a coupon; orders that used it keep their price."""
    coupons.deactivate(caller, code)
    return Removed(id=code.upper())


@api.post(
    "/api/refunds/{transactionId}",
    access=may(Permission.MANAGE_PAYMENTS),
    status=202,
    limit="120/hour",
    idempotent=True,
    refuses=(404, 422),
)
def start_refund(caller: Caller, transaction_id: str, body: MakeRefund) -> RefundView:
    """Start a refund of a payment, whole or in part, never of more than was paid."""
    return refunds.view(refunds.make(caller, transaction_id, body))


@api.get("/api/affiliate/{userId}/stats", access=SELF)
def show_affiliate_stats(user_id: str) -> AffiliateStats:
    """Show a user's referral links, referrals, commission and payouts."""
    return links.stats(user_id)


@api.put("/api/affiliate/{userId}/accounts/{currency}", access=SELF.proven(), limit="20/hour")
def set_affiliate_account(
    caller: Caller, user_id: str, currency: Annotated[Currency, Path()], body: SetAccount
) -> AccountView:
    """Set where commission in a currency is paid out to, in place of being credit."""
    return accounts.put(caller, user_id, currency, body)


@api.get("/api/affiliate/{userId}/payouts", access=SELF)
def list_affiliate_payouts(user_id: str, query: Annotated[Listing, Query()]) -> Page[PayoutView]:
    """List one's own payouts, the newest first."""
    return query.page(payouts.listed(user_id, limit=query.limit, after=query.start_key()), sending.view)


@api.post("/api/affiliate/links", access=USER, status=201, limit="20/hour")
def create_affiliate_link(caller: Caller, body: CreateLink) -> LinkView:
    """Create a referral link."""
    return links.create(caller, body)


@api.post(
    "/api/vouchers",
    access=may(Permission.MANAGE_PAYMENTS).proven(),
    status=202,
    limit="60/hour",
    idempotent=True,
    refuses=(404, 422),
)
def generate_vouchers(caller: Caller, body: PrintVouchers) -> JobView:
    """Generate a batch of PINs; the job's result is a table of them, or cards to be printed."""
    return view_job(printing.start(caller, body))


@api.post("/api/vouchers/redeem", access=USER, limit="10/hour", refuses=(404, 409, 410))
def activate_voucher(caller: Caller, body: RedeemVoucher) -> RedeemedVoucher:
    """Activate a PIN, and get what it is good for."""
    return redeeming.redeem(caller, body.pin)


@api.get("/api/admin/ledger/trial-balance", access=may(Permission.MANAGE_PAYMENTS))
def show_trial_balance() -> TrialBalanceView:
    """Show what stands on every account of the ledger; all of them add up to zero."""
    return balances.trial_balance()


@api.get("/api/admin/reconciliation", access=may(Permission.MANAGE_PAYMENTS))
def show_reconciliation(query: Annotated[ReconciliationQuery, Query()]) -> ReconciliationView:
    """Show what providers say of their days, held against the ledger."""
    return reconciliation.show(query)
