"""Subscriptions as their owners see them."""

from lyceum.kit.values.money import Money
from lyceum.model.payments.subscriptions import Subscription

from functions.payments.settlement import lifecycle
from functions.payments.subscriptions.schemas import SubscriptionView


def view(found: Subscription) -> SubscriptionView:
    """Show a subscription."""
    goes_on = found.state in {"trialing", "active", "past_due"}
    return SubscriptionView(
        subscription_id=found.subscription_id,
        plan_id=found.plan_id,
        title=found.title,
        product=found.product,
        tier=found.tier,
        interval=found.interval,
        state=found.state,
        provider=found.provider,
        price=Money(amount=int(found.amount), currency=found.currency),
        trial_ends_at=found.trial_ends_at,
        current_period_start=found.period_start,
        current_period_end=found.period_end or found.trial_ends_at,
        next_charge_at=found.due_at if goes_on and not found.cancels else None,
        access_ends_at=lifecycle.usable_until(found) if goes_on else None,
        cancel_at_period_end=bool(found.cancels),
        next_plan_id=found.next_plan_id,
        attempt=int(found.attempt),
        is_renewable=bool(found.is_renewable),
        ended_at=found.ended_at,
        end_reason=found.end_reason,
        created_at=found.created_at,
    )
