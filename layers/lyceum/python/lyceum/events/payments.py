"""Payments and plans (domain to come)."""

from datetime import datetime
from typing import ClassVar

from lyceum.kit.event import Event


class PaymentConfirmed(Event):
    """Money arrived; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "payment.confirmed"
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str


class PlanExpiring(Event):
    """A user's plan ends in so many days, 0 on the day itself; told once for each of 30, 7, 1 and 0."""

    name: ClassVar[str] = "plan.expiring"
    user_id: str
    plan: str
    ends_at: datetime
    days_left: int
