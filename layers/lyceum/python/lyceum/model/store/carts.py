"""Carts, favourites and what people look at in the store."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Cart(Entity, discriminator="store_cart"):
    """What somebody is about to order, and what is remembered of their latest orders. Its owner sees it.

    Erasure removes it, and an export holds it.

    - `items`: product_id, sku, quantity, and price and currency as they were when the line was set.
    - `recent`: at, mark of the address and country of orders of the last day, by which hurried ones are held.
    """

    keys = Keys("STORECART#{user_id}", "CART")
    noun = "cart"

    user_id = UnicodeAttribute()
    items: Any = JSONAttribute(default=list)
    recent: Any = JSONAttribute(default=list)


class StoreFavourite(Entity, discriminator="store_favourite"):
    """A product that somebody wants to find again; its id is the product's. Its owner sees it; erasure removes it."""

    keys = Keys("STOREFAVOURITE#{user_id}", "{product_id}")
    noun = "favourite"

    user_id = UnicodeAttribute()
    product_id = UnicodeAttribute()


class StoreActivity(Entity, discriminator="store_activity"):
    """Something that a person did in the store, kept 90 days and only with their consent to analytics.

    The person sees it, and staff who manage users; erasure removes it.

    - `type`: view, click, search or session.
    - `product_id`, `target`, `words`: of which product, on what, for which words.
    - `last_seen_at`, `ended_at`: of a session.
    """

    keys = Keys("STOREACTIVITY#{user_id}", "{activity_id}")
    noun = "activity"

    user_id = UnicodeAttribute()
    activity_id = UnicodeAttribute()
    type = UnicodeAttribute()
    product_id = UnicodeAttribute(null=True)
    target = UnicodeAttribute(null=True)
    words = UnicodeAttribute(null=True)
    results = NumberAttribute(null=True)
    session_id = UnicodeAttribute(null=True)
    happened_at = Moment()
    last_seen_at = Moment(null=True)
    ended_at = Moment(null=True)


class CouponAddress(Entity, discriminator="store_coupon_address"):
    """Who had the same coupon sent to the same address: keyed by a hash of both, and gone after half a year.

    - `users`: at most eleven ids. Nobody sees it; several of them hold an order for review.
    """

    keys = Keys("COUPONADDRESS#{mark}", "USERS")
    noun = "use of a coupon"

    mark = UnicodeAttribute()
    users: Any = JSONAttribute(default=list)
