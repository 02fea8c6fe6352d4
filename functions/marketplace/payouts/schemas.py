"""What callers send and get of payouts."""

from typing import Literal

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money

from functions.marketplace.offers.schemas import Currency, Minor


class ProcessSellers(Request):
    """Whom to pay: everybody who is owed at least so much in a currency.

    - `threshold`: minor units of `currency`.
    """

    currency: Currency
    threshold: Minor


class PayoutView(Schema):
    """A payout.

    - `state`: `ordered`, `sending` (a provider was asked, and what became of it is not known yet), `sent` (a bank is at
      work), `paid`, or `failed`, when the money is the seller's again.
    """

    payout_id: str
    amount: Money
    provider: str
    hint: str
    state: Literal["ordered", "sending", "sent", "paid", "failed"]
    failure: str | None = None
    created_at: Timestamp
    sent_at: Timestamp | None = None
    ended_at: Timestamp | None = None
