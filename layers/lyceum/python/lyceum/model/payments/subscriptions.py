"""Subscriptions: a plan that is renewed until somebody ends it."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Subscription(Entity, discriminator="subscription"):
    """A plan of one person. Its owner sees it; it names them by id alone and stays after erasure, ended.

    - `state`: incomplete (the first payment is awaited), trialing, active, past_due, ended.
    - `amount`: what a period costs, as it was shown: list price with tax, for all later periods.
    - `anchor_at`: where periods are counted from, so that their day of the month stays; `periods` are paid.
    - `generation`: rises with a change of plan that begins periods anew.
    - `attempt`: how often the payment of the next period has failed.
    - `cancels`: whether it ends with the period.
    - `next_plan_id`: the plan that it goes over to with the next period.
    - `is_renewable`: whether its provider can charge again without the owner.
    - `due_at`: when something is to be done, found by `due_day`.
    """

    keys = Keys(
        "SUBSCRIPTION#{user_id}",
        "{subscription_id}",
        gsi1=Index("SUBSCRIPTIONDUE#{due_day}", "{due_at}#{subscription_id}"),
    )
    noun = "subscription"

    subscription_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    plan_id = UnicodeAttribute()
    product = UnicodeAttribute()
    tier = UnicodeAttribute()
    title = UnicodeAttribute()
    interval = UnicodeAttribute()
    provider = UnicodeAttribute()
    state = UnicodeAttribute(default="incomplete")
    currency = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    amount = NumberAttribute()
    tax_name = UnicodeAttribute(null=True)
    tax_percent = UnicodeAttribute(null=True)
    anchor_at = Moment(null=True)
    generation = NumberAttribute(default=0)
    periods = NumberAttribute(default=0)
    period_start = Moment(null=True)
    period_end = Moment(null=True)
    trial_ends_at = Moment(null=True)
    attempt = NumberAttribute(default=0)
    cancels = BooleanAttribute(default=False)
    is_renewable = BooleanAttribute(default=False)
    next_plan_id = UnicodeAttribute(null=True)
    ended_at = Moment(null=True)
    end_reason = UnicodeAttribute(null=True)
    due_at = Moment(null=True)
    due_day = UnicodeAttribute(null=True)

    def fill_keys(self) -> None:
        """Write the keys; the day follows from the time."""
        self.due_day = f"{self.due_at:%Y-%m-%d}" if self.due_at else None
        super().fill_keys()


class LiveSubscription(Entity, discriminator="live_subscription"):
    """The one subscription of a person that has not ended; a second one is refused."""

    keys = Keys("SUBSCRIPTION#{user_id}", "LIVE")
    noun = "subscription"

    user_id = UnicodeAttribute()
    subscription_id = UnicodeAttribute()


class TrialTaken(Entity, discriminator="trial_taken"):
    """A person has tried a product for nothing, and will not again."""

    keys = Keys("SUBSCRIPTION#{user_id}", "TRIAL#{product}")
    noun = "trial"

    user_id = UnicodeAttribute()
    product = UnicodeAttribute()
