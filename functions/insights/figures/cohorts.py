"""Users by the month in which they registered: how far they came, and what they paid."""

from collections import defaultdict

from lyceum.kit import clock
from lyceum.kit.table import find, find_whole
from lyceum.model.insights.journeys import STEPS, FunnelMonth
from lyceum.model.insights.sales import CohortSales

from functions.insights.figures.schemas import (
    CohortPayment,
    CohortRow,
    Cohorts,
    CohortsQuery,
    Funnel,
    FunnelQuery,
    FunnelStep,
)
from functions.insights.schemas import SMALL


def months(number: int) -> list[str]:
    """Name so many months (UTC), the present one the last."""
    today = clock.now().date()
    counted = [today.year * 12 + today.month - 1 - back for back in reversed(range(number))]
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in counted]


def funnel(query: FunnelQuery) -> Funnel:
    """Return how far users of some months came (1 request)."""
    names = months(query.months)
    rows = find(FunnelMonth, from_sort=names[0], to_sort=names[-1], limit=len(names)).items
    counts = [sum(int(getattr(row, step)) for row in rows) for step in STEPS]
    return Funnel(
        as_of=clock.now(),
        definition=(
            "Users by the month in which they registered, and how many of them did each step so far, each once."
            " A step can be left out on the way to a later one."
        ),
        first_month=names[0],
        last_month=names[-1],
        steps=[_step(number, counts) for number in range(len(STEPS))],
    )


def _step(number: int, counts: list[int]) -> FunnelStep:
    users = counts[number]
    if 0 < users < SMALL:
        return FunnelStep(step=STEPS[number], is_hidden=True)
    before = counts[number - 1] if number else users
    return FunnelStep(
        step=STEPS[number],
        users=users,
        of_first=_share(users, counts[0]),
        of_previous=_share(users, before) if before >= SMALL else None,
    )


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def cohorts(query: CohortsQuery) -> Cohorts:
    """Return cohorts with how far they came and what they paid (2 requests)."""
    names = months(query.months)
    funnels = {row.cohort: row for row in find(FunnelMonth, from_sort=names[0], to_sort=names[-1], limit=24).items}
    paid: dict[str, list[CohortSales]] = defaultdict(list)
    for row in find_whole(CohortSales, from_sort=names[0], to_sort=f"{names[-1]}#~"):
        paid[row.cohort].append(row)
    return Cohorts(
        as_of=clock.now(),
        definition=(
            "Users by the month (UTC) in which they registered, how many did each step so far, and what they paid so"
            " many months later, refunds taken off, in minor units."
        ),
        cohorts=[_cohort(name, funnels.get(name), paid[name]) for name in names],
    )


def _cohort(name: str, row: FunnelMonth | None, paid: list[CohortSales]) -> CohortRow:
    size = int(row.registered) if row else 0
    if 0 < size < SMALL:
        return CohortRow(cohort=name, is_hidden=True)
    counts = {step: int(getattr(row, step)) for step in STEPS} if row and size else {}
    return CohortRow(
        cohort=name,
        size=size,
        steps={step: users for step, users in counts.items() if users == 0 or users >= SMALL},
        payments=[
            CohortPayment(
                offset=int(each.offset),
                currency=each.currency,
                orders=int(each.orders),
                amount=int(each.amount),
                per_user=round(int(each.amount) / size, 2),
            )
            for each in paid
            if size and int(each.orders) >= SMALL
        ],
    )
