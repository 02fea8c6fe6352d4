"""What callers see of plans, and send and get of coupons."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Currency, Money
from lyceum.rules.sales.codes import CouponCode

ProviderName = Literal["paystack", "flutterwave", "stripe"]
PlanId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")]
Sold = Annotated[
    str,
    StringConstraints(
        max_length=80, pattern=r"^(STORE|MARKETPLACE|(PLAN|COURSE|OFFER|PRODUCT)#[^\x00]+|[a-z0-9][a-z0-9_-]{0,49})$"
    ),
]
"""What a coupon may be for: the id of a plan, a kind and an id or name, or everything of the store or marketplace."""
_FIRST_YEAR, _LAST_YEAR = 2000, 9000


def _placed(moment: datetime) -> datetime:
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"a time has its offset from UTC, and a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


Instant = Annotated[datetime, AfterValidator(_placed)]
"""A time with its offset."""
Minor = Annotated[int, Field(ge=1, le=10**12)]
"""An amount in minor units."""
_Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]


class PlansQuery(Request):
    """Which prices to show.

    - `currency`: only plans with a price in this currency (ISO 4217), and that price alone.
    - `country`: the prices of this country (ISO 3166-1) in place of the usual ones.
    """

    currency: Annotated[Currency | None, Field(description="Only prices in this currency (ISO 4217).")] = None
    country: Annotated[Country | None, Field(description="Prices of this country (ISO 3166-1).")] = None


class PriceView(Schema):
    """A price, tax included, for a country or for every other one."""

    amount: int
    currency: str
    country: str | None = None
    tax_name: str | None = None
    tax_percent: Decimal | None = None


class PlanView(Schema):
    """A plan: what it gives, for how long, and what it costs."""

    plan_id: str
    title: str
    description: str = ""
    product: str
    tier: str
    interval: Literal["month", "term", "year"]
    trial_days: int = 0
    seats_most: int = 1
    features: list[str] = []
    prices: list[PriceView]


class PlanList(Schema):
    """Every plan that is for sale, in the order in which they are shown, and by whom can be paid."""

    plans: list[PlanView]
    providers: list[ProviderName]


class CreateCoupon(Request):
    """A coupon to make.

    - `percent`: how much it takes off, with two places at most; or `amount` (minor units) and `currency`.
    - `startsAt`, `endsAt`: when it is good.
    - `mostUses`, `mostPerPerson`: how often, by everybody and by each.
    - `products`: ids of plans, `PLAN#...`, `COURSE#...`, `OFFER#...`, `PRODUCT#...`, `MARKETPLACE` for every
      offer, or `STORE` for all of the store; without any, for everything.
    - `firstPurchase`: only for who has bought nothing yet.
    - `stacks`: whether it may be used along with others that do.
    """

    code: CouponCode
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)] | None = None
    amount: Minor | None = None
    currency: Currency | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    most_uses: Annotated[int, Field(ge=1, le=10**9)] | None = None
    most_per_person: Annotated[int, Field(ge=1, le=1000)] | None = None
    products: Annotated[list[Sold], Field(max_length=50)] = []
    first_purchase: bool = False
    stacks: bool = False

    @model_validator(mode="after")
    def _takes_something_off(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("give percent or amount")
        if (self.amount is None) != (self.currency is None):
            raise ValueError("amount and currency go together")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("it must end after it starts")
        return self


class CouponView(Schema):
    """A coupon with its use, as staff see it."""

    code: str
    percent: Decimal | None = None
    amount: int | None = None
    currency: str | None = None
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    most_uses: int | None = None
    most_per_person: int | None = None
    products: list[str] = []
    first_purchase: bool = False
    stacks: bool = False
    is_active: bool = True
    uses: int = 0
    created_at: Timestamp


class ValidateCoupon(Request):
    """What the coupon is to be used for: a plan, a course or an offer, in a currency and country."""

    plan_id: PlanId | None = None
    course_id: _Id | None = None
    offer_id: _Id | None = None
    seats: Annotated[int, Field(ge=1, le=500)] = 1
    currency: Currency
    country: Country | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if [self.plan_id, self.course_id, self.offer_id].count(None) != 2:
            raise ValueError("name a plan, a course or an offer")
        return self


class CouponCheck(Schema):
    """What a coupon takes off; `reason` is the rule by which it is no good here."""

    code: str
    is_valid: bool
    reason: str | None = None
    message: str | None = None
    price: Money
    discount: Money
    total: Money
