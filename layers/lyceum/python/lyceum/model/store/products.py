"""Products with their variants, what buyers say of them, and how they sell."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON

ACTIVE = "active"
DELETED = "deleted"


class Product(Entity, discriminator="product"):
    """Something that the store sells. Everybody may read it while it is active; staff who administer write it.

    - `state`: active or deleted; a deleted one stays for the orders that name it.
    - `price_from`, `price_to`: the lowest and highest price of its variants, minor units of `currency`, tax included.
    - `tax_percent`: how much of each price is tax, as a decimal text.
    - `is_delivered`: whether it is sent to an address.
    - `lead_days`: how long new stock takes to come.
    - `skus`: its variants, in the order in which they are shown.
    - `pictures`: upload_id, type and the files of each picture or video, in their order.
    - `rating_sum`, `rating_count`: stars of the reviews that are shown.
    - `sales`: units that were paid for.
    - `revision`: counts what staff and pictures change, not the figures.
    """

    keys = Keys("PRODUCT#{product_id}", "PRODUCT", gsi1=Index("PRODUCTS#{state}", "{product_id}"))
    noun = "product"

    product_id = UnicodeAttribute()
    state = UnicodeAttribute(default=ACTIVE)
    title = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    category_id = UnicodeAttribute()
    tags: ListAttribute[str] = ListAttribute(default=list)
    currency = UnicodeAttribute()
    price_from = NumberAttribute()
    price_to = NumberAttribute()
    tax_name = UnicodeAttribute(null=True)
    tax_percent = UnicodeAttribute(null=True)
    is_delivered = BooleanAttribute(default=True)
    lead_days = NumberAttribute(default=7)
    skus: ListAttribute[str] = ListAttribute(default=list)
    pictures: Any = JSONAttribute(default=list)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)
    sales = NumberAttribute(default=0)
    revision = NumberAttribute(default=1)


class Variant(Entity, discriminator="product_variant"):
    """One form of a product with its price and stock, and all that a line of an order needs of both.

    Everybody sees its price and whether there is any left; staff who administer see the rest.

    - `price`: minor units, tax included.
    - `cost`: what one costs the store, None where nobody said.
    - `available`: units that may be ordered.
    - `reserved`: those of orders that are not paid yet.
    - `sold`: paid for.
    - `is_offered`: False for one that was taken out of its product, or whose product was deleted.
    - `offer`: counts what changes a line of an order: price, tax, titles, whether it is offered.
    """

    keys = Keys("PRODUCT#{product_id}", "VARIANT#{sku}")
    noun = "variant"

    product_id = UnicodeAttribute()
    sku = UnicodeAttribute()
    title = UnicodeAttribute()
    product_title = UnicodeAttribute()
    options: Any = JSONAttribute(default=dict)
    price = NumberAttribute()
    currency = UnicodeAttribute()
    tax_percent = UnicodeAttribute(null=True)
    cost = NumberAttribute(null=True)
    is_delivered = BooleanAttribute(default=True)
    available = NumberAttribute(default=0)
    reserved = NumberAttribute(default=0)
    sold = NumberAttribute(default=0)
    is_offered = BooleanAttribute(default=True)
    offer = NumberAttribute(default=1)


class ProductReview(Entity, discriminator="product_review"):
    """What a buyer says of a product, once. Shown to everybody without a name; staff who moderate may hide it.

    It names its author by an id alone and stays after erasure without its text, as a rating that stands for nobody.

    - `state`: shown or hidden; hidden ones do not count in the mean.
    """

    keys = Keys(
        "PRODUCTREVIEW#{product_id}",
        "{user_id}",
        gsi1=Index("PRODUCTREVIEWS#{product_id}", "{written_at}#{user_id}", when={"state": "shown"}),
        gsi2=Index("REVIEWSBY#{user_id}", "{product_id}"),
    )
    noun = "review"

    product_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    review_id = UnicodeAttribute()
    stars = NumberAttribute()
    text = UnicodeAttribute(null=True)
    state = UnicodeAttribute(default="shown")
    written_at = Moment()


class Purchase(Entity, discriminator="store_purchase"):
    """Somebody bought a product and has it, which is what a review asks for. Nobody sees it; erasure removes it.

    - `orders`: the latest orders that it was in and that were not returned; without any the item goes.
    """

    keys = Keys("PURCHASE#{user_id}", "{product_id}")
    noun = "purchase"

    user_id = UnicodeAttribute()
    product_id = UnicodeAttribute()
    orders: Any = JSONAttribute(default=list)


class ProductDemand(Entity, discriminator="product_demand"):
    """Units of a product that were paid for, by day (UTC) and variant, for 90 days; it names nobody.

    Staff who administer see what follows from it.
    """

    keys = Keys("PRODUCTDEMAND#{product_id}", "DEMAND")
    noun = "demand"

    product_id = UnicodeAttribute()
    days: Any = PackedJSON(default=dict)


class ReorderPoint(Entity, discriminator="reorder_point"):
    """When a variant is to be ordered anew, as it was worked out last; staff who administer see it.

    - `cover_days`: for how long there is stock at the present demand, at most 99 999.
    - `reasons`: what the figures follow from, each a code with its numbers.
    - `is_due`: whether it is time.
    """

    keys = Keys("REORDER#all", "{product_id}#{sku}", gsi1=Index("REORDERS#all", "{cover_days:05d}#{product_id}#{sku}"))
    noun = "reorder point"

    product_id = UnicodeAttribute()
    sku = UnicodeAttribute()
    title = UnicodeAttribute()
    available = NumberAttribute()
    daily_milli = NumberAttribute()
    lead_days = NumberAttribute()
    point = NumberAttribute()
    quantity = NumberAttribute()
    cover_days = NumberAttribute()
    is_due = BooleanAttribute()
    reasons: Any = JSONAttribute(default=list)
    worked_out_at = Moment()
