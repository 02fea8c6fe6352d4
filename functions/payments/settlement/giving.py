"""What a payment gives a right to, and what becomes of a period that was not paid."""

from datetime import datetime

from lyceum.events.payments import SubscriptionRenewed
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.entitlements import Entitlement
from lyceum.model.payments.orders import TOP_UP, Payment
from lyceum.model.payments.subscriptions import LiveSubscription
from lyceum.model.store.orders import ORDER
from lyceum.rules.marketplace import sales
from lyceum.tasks.payments import MakeSeats

from functions.payments.settlement import access, around, lifecycle, seats, telling
from functions.payments.settlement.around import Around


def give(unit: Unit, payment: Payment, found: Around, now: datetime) -> list[Message]:
    """Add to a unit what a payment gives a right to, and return what is told of it."""
    if payment.product.startswith(ORDER):
        return [*([telling.confirmed(payment)] if payment.amount else []), telling.paid(payment)]
    if payment.product == TOP_UP:
        payment.credited = True
        return [telling.confirmed(payment)]
    if payment.subscription_id:
        return _give_period(unit, payment, found, now)
    if found.sale is not None and sales.is_doubled(found.purchase, payment.payment_id):
        sales.double(unit, found.sale)
        payment.credited = True
        return [telling.confirmed(payment)]
    if payment.seats > 1:
        unit.create(seats.batch_of(payment), MakeSeats(batch_id=payment.payment_id))
    elif payment.interval:
        payment.access_from, payment.access_to = access.extended(found.right, payment.interval, now)
        renewed = bool(found.right and found.right.is_renewed)
        ends_at = payment.access_to
        access.give(
            unit, found.right, payment.user_id, payment.product, ends_at,
            source_id=payment.payment_id, tier=payment.tier, is_renewed=renewed,
        )  # fmt: skip
    else:
        access.give(unit, found.right, payment.user_id, payment.product, None, source_id=payment.payment_id)
    return [telling.confirmed(payment)]


def _give_period(unit: Unit, payment: Payment, found: Around, now: datetime) -> list[Message]:
    subscription = found.subscription
    is_other = found.live is not None and found.live.subscription_id != payment.subscription_id
    if subscription is None or is_other or not lifecycle.fits(subscription, payment):
        payment.credited = True
        return [telling.confirmed(payment)]
    earlier, was_ended = str(subscription.product), subscription.state == "ended"
    ends_at = lifecycle.pay(subscription, payment, now)
    if was_ended:
        unit.create(LiveSubscription(user_id=payment.user_id, subscription_id=subscription.subscription_id))
    renewed = SubscriptionRenewed(
        subscription_id=subscription.subscription_id,
        payment_id=payment.payment_id,
        user_id=payment.user_id,
        plan=subscription.title,
        amount_minor=int(payment.amount),
        currency=payment.currency,
        ends_at=subscription.period_end,
    )
    unit.replace(subscription)
    access.give(
        unit, found.right, payment.user_id, payment.product, ends_at,
        source_id=subscription.subscription_id, tier=payment.tier, is_renewed=not subscription.cancels,
    )  # fmt: skip
    if earlier != payment.product:
        old = Entitlement.fetch(user_id=payment.user_id, product=earlier, consistent=True)
        if old is not None and old.source_id == subscription.subscription_id:
            access.end(unit, old, now)
    return [renewed] if payment.purpose == "renewal" else [telling.confirmed(payment)]


def fail_period(unit: Unit, payment: Payment, now: datetime) -> list[Message]:
    """Add to a unit what becomes of a period that was not paid, and return what is told of it."""
    found = around.read(payment)
    subscription = found.subscription
    if subscription is None or subscription.state == "ended" or not lifecycle.fits(subscription, payment):
        return []
    messages: list[Message] = []
    if payment.purpose == "first":
        if subscription.state == "incomplete":
            lifecycle.conclude(subscription, lifecycle.UNPAID, now)
    elif payment.attempt == subscription.attempt:
        messages.append(lifecycle.fail(subscription, now))
    if subscription.state == "ended":
        lifecycle.set_free(unit, subscription)
        if found.right is not None and found.right.source_id == subscription.subscription_id:
            access.end(unit, found.right, now)
        if payment.purpose == "renewal":
            messages.append(telling.ended(subscription))
    unit.replace(subscription)
    return messages
