"""What callers send and get of affiliate links."""

from typing import Annotated

from pydantic import StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money
from lyceum.kit.values.text import Line
from lyceum.rules.payouts.schemas import AccountView


class CreateLink(Request):
    """A link to make: where it leads in the client, and what its owner calls it."""

    label: Line | None = None
    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/_.-]{0,199}$")] | None = None


class LinkView(Schema):
    """A referral link; `url` is there where the tenant has a client."""

    code: str
    label: str | None = None
    url: str | None = None
    created_at: Timestamp


class EarningsView(Schema):
    """What was earned in one currency.

    - `pending`: until the time for refunds is over.
    - `payable`: to be paid out next.
    - `paidOut`: as credit, or to where one is paid, on its way or there.
    """

    referrals: int
    earned: Money
    cancelled: Money
    pending: Money
    payable: Money
    paid_out: Money


class AffiliateStats(Schema):
    """An affiliate's links and earnings, and where they are paid; without an account it is credit."""

    user_id: str
    referrals: int
    links: list[LinkView]
    earnings: list[EarningsView]
    accounts: list[AccountView] = []
