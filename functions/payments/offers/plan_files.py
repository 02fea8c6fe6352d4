"""Plans as an operator writes them down: a JSON list of them, checked before any is stored."""

import json
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from lyceum.kit.table import Unit, find
from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Currency
from lyceum.model.payments.plans import Plan

from functions.payments.offers.plans import MOST_PLANS
from functions.payments.offers.schemas import Minor, PlanId

_Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class WrongPlans(ValueError):
    """A file of plans is not what it has to be; the message names each field."""


class _Row(BaseModel, defer_build=True):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class WrittenPrice(_Row):
    """A price in minor units, tax included; without a country it is that of every other one."""

    amount: Minor
    currency: Currency
    country: Country | None = None
    tax_name: _Word | None = None
    tax_percent: Annotated[Decimal, Field(gt=0, lt=100)] | None = None


class WrittenPlan(_Row):
    """A plan; `product` is what it gives a right to, and `tier` what somebody who has it counts as."""

    plan_id: PlanId
    product: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$")]
    tier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
    title: _Word
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    interval: Literal["month", "term", "year"]
    trial_days: Annotated[int, Field(ge=0, le=90)] = 0
    seats_most: Annotated[int, Field(ge=1, le=500)] = 1
    prices: Annotated[list[WrittenPrice], Field(min_length=1, max_length=50)]
    features: Annotated[list[_Word], Field(max_length=20)] = []


def read(text: str) -> list[WrittenPlan]:
    """Read a file of plans; raises WrongPlans."""
    try:
        plans = TypeAdapter(list[WrittenPlan]).validate_python(json.loads(text, parse_float=Decimal))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise WrongPlans(wrong) from None
    except ValueError as error:
        raise WrongPlans(f"this is no JSON: {error}") from None
    if len({plan.plan_id for plan in plans}) < len(plans) or len(plans) > MOST_PLANS:
        raise WrongPlans(f"at most {MOST_PLANS} plans, each once")
    for plan in plans:
        if len({(price.currency, price.country) for price in plan.prices}) < len(plan.prices):
            raise WrongPlans(f"{plan.plan_id}: one price for each currency and country")
    return plans


def store(plans: list[WrittenPlan]) -> None:
    """Store plans in the order of the file, and take those out of sale that are not in it.

    Who has one of these keeps it at the price that was agreed.
    """
    named = {plan.plan_id for plan in plans}
    for old in find(Plan, limit=MOST_PLANS).items:
        if old.plan_id not in named:
            Unit().change(old, Plan.is_active.set(False)).commit()
    for rank, plan in enumerate(plans):
        prices = [price.model_dump(mode="json", exclude_none=True) for price in plan.prices]
        Unit().put(Plan(**plan.model_dump(exclude={"prices"}), prices=prices, rank=rank)).commit()
