"""Plans: what can be subscribed to, at which prices."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Plan(Entity, discriminator="plan"):
    """A plan, which a command alone writes; everybody may read it.

    - `product`: what it gives a right to, as entitlements name it after `PLAN#`; several plans may give the same.
    - `tier`: what somebody who has it counts as.
    - `interval`: month, term (four months) or year.
    - `trial_days`: how long it may be tried for nothing, once for each person and product; 0 is not at all.
    - `seats_most`: how many seats may be bought at once, as PINs to hand on.
    - `prices`: amount (minor units, tax included), currency, country (ISO 3166-1; None is every
      other), tax_percent, tax_name.
    - `features`: what it holds, for people.
    - `rank`: where it stands in the list.
    """

    keys = Keys("PLANS#all", "{plan_id}")
    noun = "plan"

    plan_id = UnicodeAttribute()
    product = UnicodeAttribute()
    tier = UnicodeAttribute()
    title = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    interval = UnicodeAttribute()
    trial_days = NumberAttribute(default=0)
    seats_most = NumberAttribute(default=1)
    prices: Any = JSONAttribute(default=list)
    features: Any = JSONAttribute(default=list)
    rank = NumberAttribute(default=0)
    is_active = BooleanAttribute(default=True)
