"""What callers send and get of payouts and of where they are paid."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money

Recipient = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+_[A-Za-z0-9_-]{4,80}$")]
"""What a provider calls somebody whom it pays, such as RCP_..., acct_... or rcp_...; never a number of an account."""


class SetAccount(Request):
    """Where somebody is paid: by which provider, and by which name that knows them."""

    provider: Literal["paystack", "flutterwave", "stripe"]
    recipient: Recipient


class AccountView(Schema):
    """Where somebody is paid in a currency; of the name its last characters alone."""

    currency: str
    provider: str
    hint: str


class PayoutView(Schema):
    """A payout.

    - `state`: `ordered`, `sending` (a provider was asked, and what became of it is not known yet), `sent` (a bank is at
      work), `paid`, or `failed`, when the money is its owner's again.
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
