"""Orders: a payment from its quote to its end, who pays, refunds, and what a provider told of them."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit import context
from lyceum.kit.table.entity import Entity, Index, Keys, Moment

OPEN_STATES = ("created", "pending")
"""A payment of which more is to come."""
PAID_STATES = ("paid", "partly_refunded", "refunded", "disputed")
"""A payment whose money arrived, whatever became of it."""


TOP_UP = "CREDIT"
"""The product of money that is put on the buyer's credit, from which lessons are paid."""


class Payment(Entity, discriminator="payment"):
    """A payment with the order that it is for. The buyer sees it, and staff who administer; it holds no card number.

    After erasure it stays, as a tax record that names the buyer by an id which stands for nobody any more.

    - `state`: created, pending (waits for the buyer or a bank), paid, failed, cancelled, held (another amount arrived
      than was asked for), partly_refunded, refunded, disputed.
    - `purpose`: checkout, first (of a subscription), renewal, change, or offer (of the marketplace).
    - `product`: as entitlements name it, or `TOP_UP`; `plan_id` where it is of a plan, `offer_id` where it is a
      seller's.
    - `generation`, `period`, `attempt`: which period of a subscription it pays, tried for the how manieth time.
    - `country`: whose prices were asked for.
    - `seen_in`: where the edge saw the request come from.
    - `list_amount`: what it costs, tax included. `discount` by coupons, `proration` for unused time, `balance_used`
      from the buyer's credit, and `left_over` to it; `amount` is what is asked for.
    - `tax`: the part of list price less discount that is tax.
    - `provider_reference`: the provider's checkout.
    - `provider_id`: its charge.
    - `fee`: what it kept.
    - `reserved`: refunds that were asked for, made or not, and what a bank took back.
    - `refunded`: those that were made.
    - `access_from`, `access_to`: the time that was bought, of a plan that is not renewed.
    - `due_at`: when it is looked after next, found by `due_day`.
    """

    keys = Keys(
        "PAYMENT#{payment_id}",
        "PAYMENT",
        gsi1=Index("PAYMENTSOF#{user_id}", "{payment_id}"),
        gsi2=Index("PAYMENTDUE#{due_day}", "{due_at}#{payment_id}"),
    )
    noun = "payment"

    payment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    provider = UnicodeAttribute()
    state = UnicodeAttribute(default="created")
    purpose = UnicodeAttribute(default="checkout")
    product = UnicodeAttribute()
    title = UnicodeAttribute()
    plan_id = UnicodeAttribute(null=True)
    offer_id = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)
    interval = UnicodeAttribute(null=True)
    seats = NumberAttribute(default=1)
    subscription_id = UnicodeAttribute(null=True)
    generation = NumberAttribute(default=0)
    period = NumberAttribute(default=0)
    attempt = NumberAttribute(default=0)
    currency = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    seen_in = UnicodeAttribute(null=True)
    list_amount = NumberAttribute()
    discount = NumberAttribute(default=0)
    proration = NumberAttribute(default=0)
    balance_used = NumberAttribute(default=0)
    left_over = NumberAttribute(default=0)
    tax = NumberAttribute(default=0)
    tax_name = UnicodeAttribute(null=True)
    tax_percent = UnicodeAttribute(null=True)
    amount = NumberAttribute()
    coupons: Any = JSONAttribute(default=list)
    affiliate_id = UnicodeAttribute(null=True)
    provider_reference = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    checkout_url = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    fee = NumberAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    released = BooleanAttribute(null=True)
    credited = BooleanAttribute(null=True)
    reserved = NumberAttribute(default=0)
    refunded = NumberAttribute(default=0)
    receipt_number = NumberAttribute(null=True)
    access_from = Moment(null=True)
    access_to = Moment(null=True)
    paid_at = Moment(null=True)
    due_at = Moment(null=True)
    due_day = UnicodeAttribute(null=True)

    @property
    def reference(self) -> str:
        """What providers know it by: the tenant and the payment."""
        return f"{context.tenant()}-{self.payment_id}"

    def fill_keys(self) -> None:
        """Write the keys; the day follows from the time."""
        self.due_day = f"{self.due_at:%Y-%m-%d}" if self.due_at else None
        super().fill_keys()


class Customer(Entity, discriminator="customer"):
    """Somebody who buys: how often so far, whose link led here, and what providers charge again by.

    Nobody sees it; erasure removes it.

    - `purchases`: payments whose money arrived.
    - `referral`: affiliate_id and at of the last link.
    - `authorisations`: by provider, sealed; no number of a card is among them.
    """

    keys = Keys("CUSTOMER#{user_id}", "CUSTOMER")
    noun = "customer"

    user_id = UnicodeAttribute()
    purchases = NumberAttribute(default=0)
    referral: Any = JSONAttribute(null=True)
    authorisations: Any = JSONAttribute(default=dict)


class Refund(Entity, discriminator="refund"):
    """Money on its way back. Staff who administer and the buyer know of it; it stays after erasure.

    - `state`: requested, sent, done or failed.
    - `provider_id`: the provider's refund.
    - `origin`: staff, order for one whose order came to nothing, or provider for one made in the provider's own pages.
    - `ends_access`: whether what was bought goes with it; None where nobody said, and it goes with all of the money.
    """

    keys = Keys("REFUND#{payment_id}", "{refund_id}", gsi1=Index("REFUNDDUE#{due_day}", "{refund_id}"))
    noun = "refund"

    refund_id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    state = UnicodeAttribute(default="requested")
    origin = UnicodeAttribute(default="staff")
    reason = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    ends_access = BooleanAttribute(null=True)
    due_day = UnicodeAttribute(null=True)


class ProviderEvent(Entity, discriminator="provider_event"):
    """What a provider told, stored before it is acted upon and kept whatever it is; without names or card data.

    - `event_id`: the provider's, or a hash of the body.
    - `state`: new, applied, ignored (of a kind that nothing follows from), unknown (of a payment that is not ours).
    """

    keys = Keys(
        "PROVIDEREVENT#{provider}#{event_id}", "EVENT", gsi1=Index("PROVIDEREVENTS#{state}", "{received_at}#{event_id}")
    )
    noun = "provider event"

    provider = UnicodeAttribute()
    event_id = UnicodeAttribute()
    type = UnicodeAttribute()
    reference = UnicodeAttribute(null=True)
    object_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute(default="new")
    received_at = Moment()
