"""Sales: what was agreed when an offer was ordered, and who has bought what."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Sale(Entity, discriminator="sale"):
    """An order of an offer beside its payment: how the price is parted, kept as it was when it was ordered.

    Nobody sees it but through statements; it names people by ids alone and stays after erasure.

    - `state`: ordered, sold, or doubled, when the buyer had it already and the money became their credit.
    - `gross`: the price. `commission` of it stays here, `earned` is the seller's; both make up the price.
    - `discount`: what coupons took off, which the house bears; the seller earns by the whole price.
    - `rule`: the commission rule that was in force: rule_id, revision and percent.
    - `returned`, `taken_back`: what of the money went back, and the seller's part of that.
    """

    keys = Keys("MARKETSALE#{payment_id}", "SALE")
    noun = "sale"

    payment_id = UnicodeAttribute()
    offer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    buyer_id = UnicodeAttribute()
    type = UnicodeAttribute()
    title = UnicodeAttribute()
    gross = NumberAttribute()
    commission = NumberAttribute()
    earned = NumberAttribute()
    discount = NumberAttribute(default=0)
    currency = UnicodeAttribute()
    rule: Any = JSONAttribute()
    state = UnicodeAttribute(default="ordered")
    sold_at = Moment(null=True)
    returned = NumberAttribute(default=0)
    taken_back = NumberAttribute(default=0)


class OfferPurchase(Entity, discriminator="offer_purchase"):
    """That somebody has bought an offer: by which payment, and whether they have it still.

    The buyer sees it through what it opens. It names them by id alone and stays after erasure, as a tax record.

    - `state`: bought, or returned.
    """

    keys = Keys("MARKETBOUGHT#{user_id}", "{offer_id}")
    noun = "purchase"

    user_id = UnicodeAttribute()
    offer_id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    state = UnicodeAttribute(default="bought")
    bought_at = Moment()
