"""What administrators send and get of commission rules."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.marketplace.offers.schemas import OfferType

Tier = Literal["standard", "plus", "partner"]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
_FIRST_YEAR, _LAST_YEAR = 2000, 9000


def _placed(moment: datetime) -> datetime:
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"a time has its offset from UTC, and a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


Instant = Annotated[datetime, AfterValidator(_placed)]


class SetCommission(Request):
    """A rule: how much of a price stays here.

    - `type`, `tier`: of which offers and sellers; without one, of all. The rule that says most is in force, and of
      equals the one that began last.
    - `startsAt`, `endsAt`: when. Sales keep the rule that was in force when they were ordered.
    """

    type: OfferType | None = None
    tier: Tier | None = None
    percent: Percent
    starts_at: Instant
    ends_at: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("a rule ends after it begins")
        return self


class CommissionView(Schema):
    """A commission rule; `revision` rises with each change of it."""

    rule_id: str
    type: OfferType | None = None
    tier: Tier | None = None
    percent: Decimal
    starts_at: Timestamp
    ends_at: Timestamp | None = None
    revision: int
    is_in_force: bool


class CommissionList(Schema):
    """Every commission rule, and what stays here where none applies."""

    rules: list[CommissionView]
    default_percent: Decimal
