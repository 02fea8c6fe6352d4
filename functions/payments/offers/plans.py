"""Plans and their prices."""

from typing import Any

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import find
from lyceum.model.payments.plans import Plan
from lyceum.rules.providers.keys import provider_keys

from functions.payments.offers.schemas import PlanList, PlansQuery, PlanView, PriceView

MOST_PLANS = 100


@frozen
class Price:
    """A price in minor units, tax included."""

    amount: int
    currency: str
    country: str | None = None
    tax_name: str | None = None
    tax_percent: str | None = None


def listed(query: PlansQuery) -> PlanList:
    """List the plans that are for sale (1 request)."""
    found = find(Plan, limit=MOST_PLANS).items
    shown = [
        view for view in (_view(plan, query) for plan in sorted(found, key=_order) if plan.is_active) if view.prices
    ]
    return PlanList(plans=shown, providers=provider_keys().names)


def for_sale(plan: Plan | None) -> Plan:
    """Return a plan that was read; raises NotFound for one that is not for sale."""
    if plan is None or not plan.is_active:
        raise NotFound("There is no such plan.")
    return plan


def price_of(plan: Plan, currency: str, country: str | None, seats: int = 1) -> Price:
    """Return what a plan costs: the price of the country, or else that of every other.

    Raises RuleViolation CURRENCY_NOT_OFFERED and TOO_MANY_SEATS.
    """
    if seats > int(plan.seats_most):
        raise rule_violation("TOO_MANY_SEATS", f"At most {plan.seats_most} seats are sold at once.", field="seats")
    fitting = [row for row in plan.prices if row["currency"] == currency and row.get("country") in {None, country}]
    if not fitting:
        raise rule_violation("CURRENCY_NOT_OFFERED", "This is not sold in this currency.", field="currency")
    row = max(fitting, key=lambda each: each.get("country") is not None)
    return Price(
        amount=int(row["amount"]) * seats,
        currency=currency,
        country=row.get("country"),
        tax_name=row.get("tax_name"),
        tax_percent=row.get("tax_percent"),
    )


def _order(plan: Plan) -> tuple[int, str]:
    return int(plan.rank), str(plan.plan_id)


def _view(plan: Plan, query: PlansQuery) -> PlanView:
    rows = [row for row in plan.prices if query.currency in {None, row["currency"]}]
    if query.country:
        here = {row["currency"] for row in rows if row.get("country") == query.country}
        rows = [row for row in rows if row.get("country") == query.country or _is_usual(row, here)]
    return PlanView(
        plan_id=plan.plan_id,
        title=plan.title,
        description=plan.description,
        product=plan.product,
        tier=plan.tier,
        interval=plan.interval,
        trial_days=int(plan.trial_days),
        seats_most=int(plan.seats_most),
        features=list(plan.features),
        prices=[PriceView.model_validate(row) for row in rows],
    )


def _is_usual(row: dict[str, Any], here: set[str]) -> bool:
    return row.get("country") is None and row["currency"] not in here
