"""Sellers: their public profile, what they sold, and the lines of their statements."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

MOST = 10**15
"""Above every sum of a board, in minor units."""


class Seller(Entity, discriminator="seller"):
    """An instructor who sells, as everybody may see them. Erasure removes it.

    - `tier`: standard, plus or partner, by which commission rules tell sellers apart; staff who administer set it.
    """

    keys = Keys("MARKETSELLER#{user_id}", "SELLER")
    noun = "seller"

    user_id = UnicodeAttribute()
    name = UnicodeAttribute()
    headline = UnicodeAttribute(null=True)
    about = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(default="standard")


class SellerFigures(Entity, discriminator="seller_figures"):
    """What somebody sold in one currency, ever or in a month (UTC), folded in from events.

    The seller and staff who administer see it, and everybody the place on the board. It stays after erasure.

    - `period`: `all`, or a month as `2026-11`.
    - `gross`, `returned`: what buyers paid, and what went back.
    - `earned`, `taken_back`: the seller's part of both.
    - `commission`: what stayed here, less what went back.
    - `paid_out`: what was paid to the seller.
    - `board`, `inverse`: where it stands among others, the highest first; none for who sold nothing.
    - `payable_in`: the currency in which something may be owed, by which it is found when sellers are paid.
    """

    keys = Keys(
        "MARKETFIGURES#{seller_id}",
        "{period}#{currency}",
        gsi1=Index("MARKETTOP#{board}", "{inverse:016d}#{seller_id}"),
        gsi2=Index("MARKETPAYABLE#{payable_in}", "{seller_id}"),
    )
    noun = "figures"

    seller_id = UnicodeAttribute()
    period = UnicodeAttribute()
    currency = UnicodeAttribute()
    sales = NumberAttribute(default=0)
    returns = NumberAttribute(default=0)
    gross = NumberAttribute(default=0)
    returned = NumberAttribute(default=0)
    earned = NumberAttribute(default=0)
    taken_back = NumberAttribute(default=0)
    commission = NumberAttribute(default=0)
    paid_out = NumberAttribute(default=0)
    board = UnicodeAttribute(null=True)
    inverse = NumberAttribute(null=True)
    payable_in = UnicodeAttribute(null=True)

    def fill_keys(self) -> None:
        """Write the keys; place and what is owed follow from the sums."""
        net = int(self.gross) - int(self.returned)
        is_owed = self.period == "all" and self.earned - self.taken_back - self.paid_out > 0
        self.board = f"{self.period}#{self.currency}" if net > 0 else None
        self.inverse = MOST - net if net > 0 else None
        self.payable_in = self.currency if is_owed else None
        super().fill_keys()


class SellerLine(Entity, discriminator="seller_line"):
    """A line of a seller's statement, written with the entry of the books that it tells of and never changed.

    The seller and staff who administer see it; it stays after erasure, as the tax record that it is. All lines of a
    currency add up to what the seller is owed, less what they owe.

    - `cause`: sale, return, payout, or payout_failed.
    - `amount`: minor units; what is taken is negative.
    - `subject_id`: the payment or the payout.
    """

    keys = Keys("MARKETLINES#{seller_id}", "{booked_at}#{line_id}")
    noun = "line"

    seller_id = UnicodeAttribute()
    line_id = UnicodeAttribute()
    booked_at = Moment()
    cause = UnicodeAttribute()
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    offer_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)


class CommissionRules(Entity, discriminator="commission_rules"):
    """How much of a price stays here, by type of offer and tier of seller; staff who administer see and set it.

    - `rules`: by rule_id: type and tier (None is any), percent (a decimal text), starts_at, ends_at, revision.
    """

    keys = Keys("MARKETRULES#all", "RULES")
    noun = "rules"

    rules: Any = JSONAttribute(default=dict)
