"""Coupons, and how often each was used by whom."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Coupon(Entity, discriminator="coupon"):
    """A coupon of staff who administer; a buyer who knows the code may ask what it is good for.

    - `percent`: as a decimal text, or `amount` (minor units) in `currency`.
    - `products`: as entitlements name them, and ids of plans; empty is everything.
    - `most_uses`, `most_per_person`: None is any number. `uses` counts orders that are open or paid.
    - `stacks`: whether it may be used with other coupons that do.
    """

    keys = Keys("COUPON#{code}", "COUPON", gsi1=Index("COUPONS#all", "{listed_at}#{code}"))
    noun = "coupon"

    code = UnicodeAttribute()
    percent = UnicodeAttribute(null=True)
    amount = NumberAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    starts_at = Moment(null=True)
    ends_at = Moment(null=True)
    most_uses = NumberAttribute(null=True)
    most_per_person = NumberAttribute(null=True)
    products: Any = JSONAttribute(default=list)
    first_purchase = BooleanAttribute(default=False)
    stacks = BooleanAttribute(default=False)
    is_active = BooleanAttribute(default=True)
    uses = NumberAttribute(default=0)
    listed_at = Moment()


class CouponUse(Entity, discriminator="coupon_use"):
    """How often somebody used a coupon; it names them by id alone and stays after erasure, since limits count it."""

    keys = Keys("COUPONUSE#{code}", "{user_id}")
    noun = "use of a coupon"

    code = UnicodeAttribute()
    user_id = UnicodeAttribute()
    uses = NumberAttribute(default=0)
