"""What callers send and get of sellers."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line, SharedText
from lyceum.rules.payouts.schemas import AccountView

from functions.marketplace.commissions.schemas import Tier
from functions.marketplace.offers.schemas import OfferView

Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
"""A month (UTC), such as 2026-11."""


class SetProfile(Request):
    """What a seller says of themselves."""

    name: Line
    headline: Line | None = None
    about: SharedText | None = None


class SellerView(Schema):
    """A seller, as everybody sees them."""

    seller_id: str
    name: str
    headline: str | None = None
    about: str | None = None
    tier: Tier


class SellerPage(SellerView):
    """A seller with what they offer, the latest fifty, and what buyers say of all of it."""

    offers: list[OfferView]
    sales: int
    rating: Decimal | None = None
    review_count: int


class SetTier(Request):
    """The tier of a seller, by which commission rules tell sellers apart."""

    tier: Tier


class FiguresView(Schema):
    """What was sold in a currency, ever (`all`) or in a month.

    - `net`: what buyers paid less what went back.
    - `earned`: the seller's part of that, `commission` the rest.
    """

    period: str
    sales: int
    returns: int
    net: Money
    earned: Money
    commission: Money
    paid_out: Money


class BalanceView(Schema):
    """What a seller is owed in a currency, and what they owe after money of paid sales went back."""

    owed: Money
    debt: Money | None = None


class SellerStats(Schema):
    """A seller's sales by period, the latest first, what they are owed, and where they are paid."""

    seller_id: str
    figures: list[FiguresView]
    balances: list[BalanceView]
    accounts: list[AccountView]


class StatementQuery(Listing):
    """Which lines of a statement to list, in their order.

    - `month`: only those of a month (UTC).
    """

    month: Annotated[Month | None, Field(description="Only lines of this month (UTC), such as 2026-11.")] = None


class LineView(Schema):
    """A line of a statement; what is taken is negative, and all lines of a currency add up to what is owed."""

    booked_at: Timestamp
    cause: Literal["sale", "return", "payout", "payout_failed"]
    amount: Money
    subject_id: str
    product_id: str | None = None
    what: str | None = None


class BoardQuery(Request):
    """Whose sales to compare.

    - `period`: a month (UTC), or `all`; without it, the month that runs.
    - `currency`: in which was sold (ISO 4217).
    - `limit`: how many sellers, 50 at most.
    """

    period: Annotated[Month | Literal["all"] | None, Field(description="A month such as 2026-11, or `all`.")] = None
    currency: Annotated[Currency, Field(description="The currency in which was sold (ISO 4217).")]
    limit: Annotated[int, Field(ge=1, le=50, description="How many sellers to show.")] = 10


class PlaceView(Schema):
    """A seller's place: by what buyers paid less what went back, which is not told."""

    place: int
    seller_id: str
    name: str
    headline: str | None = None
    sales: int


class Board(Schema):
    """The sellers who sold most in a period."""

    period: str
    currency: str
    sellers: list[PlaceView]
