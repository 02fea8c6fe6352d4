"""What somebody has paid for."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

PLAN = "PLAN#"
"""How products begin that are plans."""


class Entitlement(Entity, discriminator="entitlement"):
    """A user's right to something that costs money.

    - `product`: `COURSE#{course_id}` or `PLAN#{plan}`.
    - `ends_at`: when the right ends; None is never.
    - `ends_on`: the day (UTC) on which a plan ends, by which it is found; a plan that is renewed has none.
    - `is_renewed`: whether a subscription goes on with it, so that nobody has to be warned of its end.
    - `source_id`: the payment, subscription or batch of vouchers that it is from.
    - `tier`: what somebody who has the plan counts as.
    """

    keys = Keys("ENTITLEMENT#{user_id}", "{product}", gsi1=Index("PLANENDS#{ends_on}", "{user_id}#{product}"))
    noun = "entitlement"

    user_id = UnicodeAttribute()
    product = UnicodeAttribute()
    ends_at = Moment(null=True)
    ends_on = UnicodeAttribute(null=True)
    is_renewed = BooleanAttribute(null=True)
    source_id = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)

    @property
    def plan(self) -> str | None:
        """The name of the plan, None for a right to anything else."""
        return self.product.removeprefix(PLAN) if self.product.startswith(PLAN) else None

    def fill_keys(self) -> None:
        """Write the keys; the day follows from the time."""
        is_warned_of = self.plan and self.ends_at and not self.is_renewed
        self.ends_on = f"{self.ends_at:%Y-%m-%d}" if is_warned_of else None
        super().fill_keys()
