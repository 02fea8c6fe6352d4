"""Payments and plans."""

from lyceum.events.payments import (
    OrderCancelled,
    OrderConfirmed,
    OrderPending,
    PaymentConfirmed,
    PaymentFailed,
    PayoutSent,
    PlanExpiring,
    RefundMade,
    SubscriptionFailed,
    SubscriptionRenewed,
)
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.kit.values.money import Money

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify
from functions.notifications.kinds import Kind

_Priced = PaymentConfirmed | PaymentFailed | OrderPending | RefundMade


def _tell(kind: Kind, event: _Priced, unit: Unit) -> None:
    """Tell a user of an amount that was for something."""
    data = {
        "paymentId": event.payment_id,
        "what": event.what,
        "amountMinor": str(event.amount_minor),
        "currency": event.currency,
    }
    amount = Money(amount=event.amount_minor, currency=event.currency)
    notify(kind, event, event.user_id, data, unit, amount=amount)


def confirm_payment(event: PaymentConfirmed, unit: Unit) -> None:
    """Tell a user that money arrived."""
    _tell(kinds.PAYMENT_CONFIRMED, event, unit)


def tell_of_decline(event: PaymentFailed, unit: Unit) -> None:
    """Tell a user that a payment was declined."""
    _tell(kinds.PAYMENT_FAILED, event, unit)


def tell_of_wait(event: OrderPending, unit: Unit) -> None:
    """Tell a user that a payment takes longer."""
    _tell(kinds.ORDER_STATUS, event, unit)


def tell_of_refund(event: RefundMade, unit: Unit) -> None:
    """Tell a user that money went back."""
    _tell(kinds.REFUND_MADE, event, unit)


def confirm_order(event: OrderConfirmed, unit: Unit) -> None:
    """Tell a user what is theirs that cost nothing."""
    notify(kinds.ORDER_CONFIRMED, event, event.user_id, {"orderId": event.order_id, "what": event.what}, unit)


def tell_of_end(event: OrderCancelled, unit: Unit) -> None:
    """Tell a user that an order ended unpaid."""
    data = {"paymentId": event.payment_id, "what": event.what}
    notify(kinds.ORDER_CANCELLED, event, event.user_id, data, unit)


def tell_of_renewal(event: SubscriptionRenewed, unit: Unit) -> None:
    """Tell a user that a plan was renewed."""
    data = {"subscriptionId": event.subscription_id, "plan": event.plan, "endsAt": clock.iso(event.ends_at)}
    amount = Money(amount=event.amount_minor, currency=event.currency)
    notify(kinds.SUBSCRIPTION_RENEWED, event, event.user_id, data, unit, amount=amount, endsOn=event.ends_at)


def tell_of_failed_renewal(event: SubscriptionFailed, unit: Unit) -> None:
    """Tell a user that a plan could not be renewed; a later message about the same plan takes its place."""
    data = {"subscriptionId": event.subscription_id, "plan": event.plan}
    amount = Money(amount=event.amount_minor, currency=event.currency)
    about = event.subscription_id
    notify(kinds.SUBSCRIPTION_FAILED, event, event.user_id, data, unit, about=about, amount=amount)


def tell_of_payout(event: PayoutSent, unit: Unit) -> None:
    """Tell a user that commission was paid out."""
    data = {"payoutId": event.payout_id, "amountMinor": str(event.amount_minor), "currency": event.currency}
    amount = Money(amount=event.amount_minor, currency=event.currency)
    notify(kinds.PAYOUT_SENT, event, event.user_id, data, unit, amount=amount)


def warn_of_plan(event: PlanExpiring, unit: Unit) -> None:
    """Warn a user that a plan ends."""
    data = {"plan": event.plan, "endsAt": clock.iso(event.ends_at), "daysLeft": str(event.days_left)}
    notify(
        kinds.PLAN_EXPIRING,
        event,
        event.user_id,
        data,
        unit,
        about=event.plan,
        ends=event.ends_at,
        endsOn=event.ends_at,
    )
