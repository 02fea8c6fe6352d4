"""Affiliates: links that lead buyers here, and what is owed for them."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class AffiliateFigures(Entity, discriminator="affiliate_figures"):
    """What somebody earned in one currency by leading buyers here; they and staff who manage users see it.

    Erasure removes it with the links; what was booked stays.

    - `referrals`: orders that were paid.
    - `earned`, `cancelled`, `vested`, `paid_out`: commission in minor units.
    - `payout_day`: when what has vested is paid out, by which it is found.
    """

    keys = Keys(
        "AFFILIATE#{user_id}", "FIGURES#{currency}", gsi1=Index("PAYOUTDUE#{payout_day}", "{user_id}#{currency}")
    )
    noun = "figures"

    user_id = UnicodeAttribute()
    currency = UnicodeAttribute()
    referrals = NumberAttribute(default=0)
    earned = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)
    vested = NumberAttribute(default=0)
    paid_out = NumberAttribute(default=0)
    payout_day = UnicodeAttribute(null=True)


class AffiliateLink(Entity, discriminator="affiliate_link"):
    """A link of an affiliate, as its owner sees it."""

    keys = Keys("AFFILIATE#{user_id}", "LINK#{code}")
    noun = "link"

    user_id = UnicodeAttribute()
    code = UnicodeAttribute()
    label = UnicodeAttribute(null=True)
    path = UnicodeAttribute(null=True)


class AffiliateCode(Entity, discriminator="affiliate_code"):
    """Whose the code of a link is; that of somebody who is gone leads to nobody."""

    keys = Keys("AFFILIATECODE#{code}", "CODE")
    noun = "referral code"

    code = UnicodeAttribute()
    user_id = UnicodeAttribute()


class Commission(Entity, discriminator="commission"):
    """What an affiliate earns by one payment, owed once its time for refunds is over; stays after erasure.

    - `state`: pending, vested or cancelled.
    """

    keys = Keys("COMMISSION#{payment_id}", "COMMISSION", gsi1=Index("COMMISSIONDUE#{due_day}", "{payment_id}"))
    noun = "commission"

    payment_id = UnicodeAttribute()
    affiliate_id = UnicodeAttribute()
    amount = NumberAttribute()
    cancelled = NumberAttribute(default=0)
    currency = UnicodeAttribute()
    state = UnicodeAttribute(default="pending")
    vests_at = Moment()
    due_day = UnicodeAttribute(null=True)
