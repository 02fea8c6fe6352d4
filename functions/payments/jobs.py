"""What is due on time: renewals, open orders, refunds, plans that ended, commissions, payouts, and the books' closing.

Each job does one span in one tenant, and changes nothing when it does the span again.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from lyceum.events.payments import EntitlementChanged
from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Message
from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import Unit, find_all, retry_on_conflict
from lyceum.model.entitlements import Entitlement
from lyceum.model.payments.affiliates import AffiliateFigures, Commission
from lyceum.model.payments.orders import Payment, ProviderEvent, Refund
from lyceum.model.payments.subscriptions import Subscription
from lyceum.rules.ledger import reports
from lyceum.tasks.payments import ApplyProviderEvent, SendRefund, VerifyPayment

from functions.payments.affiliates import commissions
from functions.payments.books import reconciliation
from functions.payments.subscriptions import renewing

jobs = Jobs("payments")
handler = jobs.handler

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LOOKED_BACK = 4
_SETTLED = timedelta(minutes=15)
"""What a provider told is acted upon within seconds; what is older waits for a provider that was down."""


@jobs.in_every_span("cron(7 * * * ? *)", _DAY)
def renewals(day: datetime) -> None:
    """Have every subscription attended to that is due, again in each hour in which it still is."""
    now = clock.now()
    for near in _with_days_before(day):
        for subscription in find_all(Subscription, index="gsi1", due_day=near):
            if subscription.due_at and subscription.due_at <= now:
                _order_once(renewing.task_for(subscription, schedules.start_of(now, _HOUR)))


@jobs.in_every_span("cron(17 * * * ? *)", _DAY)
def open_orders(day: datetime) -> None:
    """Have providers asked for open orders, for what they told while they were down, and for refunds on their way."""
    now = clock.now()
    hour = schedules.start_of(now, _HOUR)
    for near in _with_days_before(day):
        for payment in find_all(Payment, index="gsi2", due_day=near):
            if payment.due_at and payment.due_at <= now:
                named = ids.derived_id(hour, "payment.verify", payment.payment_id)
                _order_once(VerifyPayment(event_id=named, payment_id=payment.payment_id))
    for told in find_all(ProviderEvent, index="gsi1", state="new", to_sort=clock.iso(now - _SETTLED)):
        named = ids.derived_id(hour, "provider_event.apply", told.provider, told.event_id)
        _order_once(ApplyProviderEvent(event_id=named, provider=told.provider, provider_event_id=told.event_id))
    for refund in find_all(Refund, index="gsi1", due_day=_named(day)):
        named = ids.derived_id(hour, "refund.send", refund.refund_id)
        _order_once(SendRefund(event_id=named, payment_id=refund.payment_id, refund_id=refund.refund_id))


@jobs.in_every_span("cron(27 * * * ? *)", _DAY)
def ended_plans(day: datetime) -> None:
    """Tell of plans that have ended and are not renewed, each once."""
    now = clock.now()
    for right in find_all(Entitlement, index="gsi1", ends_on=_named(day)):
        if right.ends_at and right.ends_at <= now:
            named = ids.derived_id(right.ends_at, "plan.ended", right.user_id, right.product)
            _order_once(
                EntitlementChanged(
                    event_id=named, user_id=right.user_id, product=right.product, tier=right.tier, ends_at=right.ends_at
                )
            )


@jobs.in_every_span("cron(20 1 * * ? *)", _DAY)
def commissions_due(day: datetime) -> None:
    """Let commissions be owed whose time for refunds is over, and pay out on the first of a month what is."""
    for owed in list(find_all(Commission, index="gsi1", due_day=_named(day))):
        _vest(owed.payment_id)
    for figures in list(find_all(AffiliateFigures, index="gsi1", payout_day=_named(day))):
        _pay_out(figures.user_id, figures.currency, _named(day))


def _vest(payment_id: str) -> None:
    def work() -> None:
        owed = Commission.fetch(payment_id=payment_id, consistent=True)
        if owed is not None:
            commissions.vest(owed)

    retry_on_conflict(work)


def _pay_out(user_id: str, currency: str, day: str) -> None:
    def work() -> None:
        figures = AffiliateFigures.fetch(user_id=user_id, currency=currency, consistent=True)
        if figures is not None and figures.payout_day == day:
            commissions.pay_out(figures)

    retry_on_conflict(work)


@jobs.in_every_span("cron(40 3 * * ? *)", _DAY)
def close_books(day: datetime) -> None:
    """Add up the entries of a day, and hold them against the balances."""
    reports.close(day)


@jobs.in_every_span("cron(10 4 * * ? *)", _DAY)
def reconcile(day: datetime) -> None:
    """Hold the providers' accounts of the day before against the ledger."""
    reconciliation.reconcile((day - _DAY).date())


def _with_days_before(day: datetime) -> list[str]:
    """Name a day and those just before it: what a worker could not do is ordered again for some days."""
    return [_named(day - back * _DAY) for back in range(_LOOKED_BACK)]


def _named(day: datetime) -> str:
    return f"{day:%Y-%m-%d}"


def _order_once(message: Message) -> None:
    with suppress(Conflict):  # a run before ordered it
        Unit().create(OutboxItem.of(message), message).commit()
