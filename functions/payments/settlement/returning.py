"""What goes with money that went back: what a payment gave, and nothing else that its buyer has."""

from lyceum.kit import clock
from lyceum.kit.table import Unit, fetch_many
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.subscriptions import Subscription
from lyceum.model.payments.vouchers import VoucherBatch
from lyceum.rules.marketplace import sales

from functions.payments.settlement import access, lifecycle, seat_returns


def take_access(unit: Unit, payment: Payment) -> None:
    """Add to a unit that what a payment gave is over, and nothing else that its buyer has."""
    now = clock.now()
    right, subscription, purchase, batch = fetch_many(
        Entitlement.at(user_id=payment.user_id, product=payment.product),
        Subscription.at(user_id=payment.user_id, subscription_id=payment.subscription_id or "none"),
        OfferPurchase.at(user_id=payment.user_id, offer_id=payment.offer_id or "none"),
        VoucherBatch.at(batch_id=payment.payment_id),
        consistent=True,
    )
    seat_returns.close(unit, batch, now)
    sales.end(unit, purchase, payment.payment_id)
    if subscription is None:
        access.take_back(unit, right, payment, now)
        return
    if subscription.state == "ended" or not _is_latest(subscription, payment):
        return
    ended = lifecycle.conclude(subscription, "refunded", now)
    lifecycle.set_free(unit, subscription)
    unit.replace(subscription, ended)
    if right is not None and right.source_id == subscription.subscription_id:
        access.end(unit, right, now)


def _is_latest(subscription: Subscription, payment: Payment) -> bool:
    """Say whether a payment is for the period that runs; a change of plan pays the first one of a new count."""
    if payment.purpose == "change":
        return bool(payment.generation + 1 == subscription.generation and subscription.periods == 1)
    return bool(payment.generation == subscription.generation and payment.period == subscription.periods)
