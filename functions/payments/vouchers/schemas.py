"""What callers send and get of vouchers."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.money import Currency
from lyceum.kit.values.text import Line

from functions.payments.offers.schemas import Instant, Minor, PlanId


class PrintVouchers(Request):
    """A batch of PINs, for a plan (one period, not renewed) or a course.

    - `price`, `currency`: what one is sold for outside, tax included; without it they cost nothing.
    - `expiresAt`: until when they can be redeemed.
    - `format`: csv, a table of number, PIN and what it is for; or pdf, cards to be cut out.
    - `language`: of the cards' words.
    """

    plan_id: PlanId | None = None
    course_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=10_000)]
    label: Line | None = None
    price: Minor | None = None
    currency: Currency | None = None
    tax_percent: Annotated[Decimal, Field(ge=0, lt=100, decimal_places=3)] | None = None
    expires_at: Instant | None = None
    format: Literal["csv", "pdf"] = "csv"
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.plan_id is None) == (self.course_id is None):
            raise ValueError("name a plan or a course")
        if (self.price is None) != (self.currency is None):
            raise ValueError("price and currency go together")
        return self


class RedeemVoucher(Request):
    """A PIN as it is printed; spaces, dashes and small letters do not matter."""

    pin: Annotated[str, StringConstraints(min_length=8, max_length=40)]


class RedeemedVoucher(Schema):
    """What a PIN gave, and until when; a course has no end."""

    what: str
    product: str
    ends_at: Timestamp | None = None
