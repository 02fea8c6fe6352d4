"""Vouchers: PINs that give a right to something, printed in batches."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class VoucherBatch(Entity, discriminator="voucher_batch"):
    """What all PINs of a batch are good for; staff who administer made it, or a buyer of seats.

    PINs follow from the batch and the deployment's secret, so that none is stored.

    - `price`: what one was sold for outside, minor units of `currency`; 0 for those that are paid
      already, or cost nothing.
    - `ended_at`: since when no PIN of it is good any more: the money of the seats went back.
    """

    keys = Keys("VOUCHERBATCH#{batch_id}", "BATCH")
    noun = "batch of vouchers"

    batch_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    size = NumberAttribute()
    label = UnicodeAttribute(null=True)
    product = UnicodeAttribute()
    title = UnicodeAttribute()
    tier = UnicodeAttribute(null=True)
    interval = UnicodeAttribute(null=True)
    price = NumberAttribute(default=0)
    currency = UnicodeAttribute(null=True)
    tax_percent = UnicodeAttribute(null=True)
    expires_at = Moment(null=True)
    ended_at = Moment(null=True)


class Voucher(Entity, discriminator="voucher"):
    """One PIN, found by its mark. Who redeemed it is known by id alone and stays after erasure.

    - `access_from`, `access_to`: the time that it gave.
    - `ended_at`: since when it is good no more.
    """

    keys = Keys("VOUCHER#{pin_mark}", "VOUCHER")
    noun = "voucher"

    pin_mark = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    number = NumberAttribute()
    user_id = UnicodeAttribute(null=True)
    redeemed_at = Moment(null=True)
    access_from = Moment(null=True)
    access_to = Moment(null=True)
    ended_at = Moment(null=True)
