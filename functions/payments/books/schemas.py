"""What staff see of the books."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money

from functions.payments.offers.schemas import ProviderName

_FIRST, _LAST = 2000, 9000
"""Years that a day may be of."""


class AccountView(Schema):
    """An account of the chart in one currency: minor units.

    - `balance`: debits less credits where the account grows by debits, else credits less debits.
    """

    account: str
    side: Literal["debit", "credit"]
    currency: str
    debit: int
    credit: int
    balance: int


class SumView(Schema):
    """What all accounts of a currency add up to; it is zero once every entry is counted in."""

    currency: str
    debit: int
    credit: int
    difference: int


class DifferenceView(Schema):
    """An account of which entries and balance said other things when the books were closed last."""

    account: str
    currency: str
    entries: int
    balance: int


class TrialBalanceView(Schema):
    """Balances by account.

    - `isBalanced`: whether every currency adds up to zero.
    - `closedAt`, `faults`, `differences`: what the last closing found; none of both is as it has to be.
    """

    accounts: list[AccountView]
    sums: list[SumView]
    is_balanced: bool
    closed_at: Timestamp | None = None
    closed_day: date | None = None
    faults: list[str] = []
    differences: list[DifferenceView] = []


class ReconciliationQuery(Request):
    """Which reports to show.

    - `provider`: only those of one provider.
    - `from`, `to`: the days (UTC), both included; the last thirty when neither is said.
    """

    provider: Annotated[ProviderName | None, Field(description="Only reports of this provider.")] = None
    from_day: Annotated[date | None, Field(alias="from", description="First day (UTC).")] = None
    to_day: Annotated[date | None, Field(alias="to", description="Last day (UTC).")] = None

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if any(day is not None and not _FIRST <= day.year <= _LAST for day in (self.from_day, self.to_day)):
            raise ValueError(f"days are of the years {_FIRST} to {_LAST}")
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise ValueError("the first day comes before the last")
        return self


class SettlementDifference(Schema):
    """One thing that a provider and the ledger say otherwise: a charge or refund of one reference.

    - `kind`: missing_here, missing_there, amount, or state.
    """

    kind: Literal["missing_here", "missing_there", "amount", "state"]
    reference: str
    provider_id: str | None = None
    there: int | None = None
    here: int | None = None
    currency: str


class SettlementView(Schema):
    """A provider's day, held against the ledger."""

    day: date
    provider: str
    charges: int
    refunds: int
    charged: list[Money]
    refunded: list[Money]
    fees: list[Money]
    differences: list[SettlementDifference]
    checked_at: Timestamp


class ReconciliationView(Schema):
    """The reports of some days, the newest first; `differences` counts those of all of them."""

    reports: list[SettlementView]
    differences: int
