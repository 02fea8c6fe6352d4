"""Payments and plans."""

from lyceum.events.payments import PaymentConfirmed, PlanExpiring
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.kit.values.money import Money

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify


def confirm_payment(event: PaymentConfirmed, unit: Unit) -> None:
    """Tell a user that money arrived."""
    data = {
        "paymentId": event.payment_id,
        "what": event.what,
        "amountMinor": str(event.amount_minor),
        "currency": event.currency,
    }
    amount = Money(amount=event.amount_minor, currency=event.currency)
    notify(kinds.PAYMENT_CONFIRMED, event, event.user_id, data, unit, amount=amount)


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
