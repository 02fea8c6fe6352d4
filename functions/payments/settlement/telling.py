"""What is told of a payment and of the subscription that it was for."""

from lyceum.events.payments import (
    OrderCancelled,
    OrderConfirmed,
    OrderPaid,
    PaymentConfirmed,
    PaymentFailed,
    SubscriptionEnded,
)
from lyceum.kit.event import Message
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.subscriptions import Subscription
from lyceum.model.store.orders import ORDER


def confirmed(payment: Payment) -> Message:
    """Return what is told of an order that is paid, or that cost nothing."""
    if not payment.amount:
        return OrderConfirmed(order_id=payment.payment_id, user_id=payment.user_id, what=payment.title)
    return PaymentConfirmed(
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        what=payment.title,
    )


def paid(payment: Payment) -> OrderPaid:
    """Return what the store is told of an order of its own that is paid."""
    return OrderPaid(
        order_id=payment.product.removeprefix(ORDER),
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
    )


def unpaid(payment: Payment) -> Message:
    """Return what is told of an order that ended unpaid."""
    if payment.state == "cancelled":
        return OrderCancelled(payment_id=payment.payment_id, user_id=payment.user_id, what=payment.title)
    return PaymentFailed(
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        what=payment.title,
    )


def ended(subscription: Subscription) -> SubscriptionEnded:
    """Return what is told of a subscription that ended."""
    return SubscriptionEnded(
        subscription_id=subscription.subscription_id,
        user_id=subscription.user_id,
        plan=subscription.title,
        reason=str(subscription.end_reason),
    )
