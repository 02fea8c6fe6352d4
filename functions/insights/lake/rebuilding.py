"""The folded figures of a tenant set right by the lake, which has every event that they were counted of, once.

What is right stays untouched. A figure that is being counted meanwhile is left for the next time, and one that counts
on afterwards does so from what was put right, since only the difference is added.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity, Unit, find_all
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell
from lyceum.model.insights.journeys import STEPS, FunnelMonth
from lyceum.model.insights.sales import CREDITED, DEBITED, CohortSales, CountryMonth, ProductMonth, SalesDay

from functions.insights.lake import compacting, engine, queries

Keys = tuple[Any, ...]
Counts = dict[Keys, dict[str, int]]


@frozen
class Figure:
    """Counters of a kind of item, by the keys that name one, with the query that works them out.

    Attributes:
        partition: What the kind is parted by, `grain` or `month`, where it is not one partition.
    """

    kind: type[Entity]
    query: str
    keys: tuple[str, ...]
    counters: tuple[str, ...]
    partition: str | None = None


_IN_COURSES = ("enrolled", "completed", "left", "lessons")
_OF_VISITS = ("active", "active_7", "active_30", "newcomers")
_OF_DAYS = (
    "registered", "questions_submitted", "questions_approved", "answers", "first_answers", "answer_seconds",
    "enrolled", "left", "completed", "lessons", "exams", "submissions", "downloads",
)  # fmt: skip
_OF_PRODUCTS = ("orders", "amount", "renewals", "refunds", "refunded")
_OF_COUNTRIES = ("orders", "amount", "newcomers")
_GRAINS = ("week", "month")
FIGURES = (
    Figure(ActivityDay, queries.COUNTS, ("day",), _OF_DAYS),
    Figure(ActivityDay, queries.VISITS, ("day",), _OF_VISITS),
    Figure(RetentionCell, queries.RETENTION, ("grain", "cohort", "offset"), ("users",), "grain"),
    Figure(CourseMonth, queries.COURSES, ("month", "course_id"), _IN_COURSES, "month"),
    Figure(SalesDay, queries.SALES, ("day", "currency"), ("entries", *CREDITED, *DEBITED)),
    Figure(FunnelMonth, queries.FUNNEL, ("cohort",), STEPS),
    Figure(ProductMonth, queries.PRODUCTS, ("month", "currency", "product"), _OF_PRODUCTS, "month"),
    Figure(CountryMonth, queries.COUNTRIES, ("month", "country", "currency"), _OF_COUNTRIES, "month"),
    Figure(CohortSales, queries.COHORT_SALES, ("cohort", "offset", "currency"), ("orders", "amount")),
)


def rebuild() -> tuple[int, int]:
    """Set the tenant's figures right by the lake; returns how many items there are, and how many were not right."""
    months = {day[:7] for day in compacting.days()}
    before = [_stored(figure, months) for figure in FIGURES]
    compacting.compact()
    items = wrong = 0
    for figure, earlier, right in zip(FIGURES, before, _worked_out(), strict=True):
        now = _stored(figure, months)
        items += len(right.keys() | now.keys())
        for keys, differences in _differing(figure, right, now):
            if now.get(keys) == earlier.get(keys):
                _add(figure, keys, differences)
                wrong += 1
    return items, wrong


def _worked_out() -> list[Counts]:
    """Work every figure out of the lake alone."""
    with engine.opened() as (duck, folder):
        for day in compacting.days():
            (folder / f"{day}.parquet").write_bytes(compacting.fetched(day))
        if not any(folder.glob("*.parquet")):
            return [{} for _ in FIGURES]
        duck.execute(queries.EVENTS.format(folder=folder))
        return [_counts(figure, duck.execute(figure.query).fetchall()) for figure in FIGURES]


def _counts(figure: Figure, rows: Iterable[tuple[Any, ...]]) -> Counts:
    width = len(figure.keys)
    return {row[:width]: dict(zip(figure.counters, map(int, row[width:]), strict=True)) for row in rows}


def _stored(figure: Figure, months: Iterable[str]) -> Counts:
    return {
        tuple(_plain(getattr(item, name)) for name in figure.keys): {
            name: int(getattr(item, name)) for name in figure.counters
        }
        for partition in _partitions(figure, months)
        for item in find_all(figure.kind, **partition)
    }


def _partitions(figure: Figure, months: Iterable[str]) -> list[dict[str, Any]]:
    if figure.partition is None:
        return [{}]
    return [{figure.partition: name} for name in (_GRAINS if figure.partition == "grain" else months)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else int(value)


def _differing(figure: Figure, right: Counts, now: Counts) -> Iterator[tuple[Keys, dict[str, int]]]:
    nothing = dict.fromkeys(figure.counters, 0)
    for keys in sorted(right.keys() | now.keys()):
        wanted, has = right.get(keys, nothing), now.get(keys, nothing)
        differences = {name: wanted[name] - has[name] for name in figure.counters if wanted[name] != has[name]}
        if differences:
            yield keys, differences


def _add(figure: Figure, keys: Keys, differences: dict[str, int]) -> None:
    item = figure.kind.at(**dict(zip(figure.keys, keys, strict=True)))
    changes = [getattr(figure.kind, name).add(difference) for name, difference in differences.items()]
    Unit().change(item, *changes, or_create=True).commit()
