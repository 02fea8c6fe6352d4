"""Payouts: where somebody is paid, and money on its way to them; of sellers and of affiliates alike."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class PayoutAccount(Entity, discriminator="payout_account"):
    """Where somebody is paid in one currency. They see the provider and the end of the name; erasure removes it.

    - `recipient`: what the provider knows them by, sealed; no number of a bank account is among it.
    - `hint`: its last four characters.
    """

    keys = Keys("PAYOUTACCOUNT#{user_id}", "{currency}")
    noun = "payout account"

    user_id = UnicodeAttribute()
    currency = UnicodeAttribute()
    provider = UnicodeAttribute()
    recipient = UnicodeAttribute()
    hint = UnicodeAttribute()


class Payout(Entity, discriminator="payout"):
    """Money on its way to somebody, who sees it, as do staff who administer; it stays after erasure.

    - `purpose`: seller, for what they sold, or affiliate, for whom they led here.
    - `state`: ordered (nobody was asked yet), sending (a provider was asked once, and what became of it is not known),
      sent (a bank is at work), paid, or failed, when the money is theirs again.
    - `recipient`: as it was when it was ordered, sealed.
    - `sent_at`: when a provider was asked, which happens once.
    - `due_day`: the day (UTC) on which it is looked after, by which it is found.
    """

    keys = Keys("PAYOUTS#{payee_id}", "{payout_id}", gsi1=Index("PAYOUTSDUE#{due_day}", "{payout_id}"))
    noun = "payout"

    payout_id = UnicodeAttribute()
    payee_id = UnicodeAttribute()
    purpose = UnicodeAttribute(default="seller")
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    provider = UnicodeAttribute()
    recipient = UnicodeAttribute()
    hint = UnicodeAttribute()
    state = UnicodeAttribute(default="ordered")
    provider_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    sent_at = Moment(null=True)
    ended_at = Moment(null=True)
    due_day = UnicodeAttribute(null=True)
