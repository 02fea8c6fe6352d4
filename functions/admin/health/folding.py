"""Folding batches of telemetry: rows of one group become one write, however many batches tell of it.

Each tenant's figures are its own; the main tenant's are those of the whole deployment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pynamodb.expressions.update import Action

from lyceum.kit import clock, context
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.kit.telemetry.task import FoldTelemetry
from lyceum.model.admin.telemetry import CLASSES, ApiUsage, DayCount, EntityCount, ErrorGroup, StorageShape

USAGE_KEPT = timedelta(days=90)
SHAPES_KEPT = timedelta(days=30)
ERRORS_KEPT = timedelta(days=90)
_MADE, _REMOVED = "made.", "removed."
_DEPLOYMENTS_OWN = ("cache.",)
_ADDED_CALLS = ("failed", "refused", "anonymous", "signed_in", "storage_requests", "answer_bytes")
Place = tuple[str, str, str]
"""Tenant, day and group."""


@contextmanager
def in_tenant(name: str) -> Iterator[None]:
    """Name items of a tenant for the length of the block."""
    with context.working(replace(context.current(), tenant=name)):
        yield


def fold(batches: Sequence[FoldTelemetry], unit: Unit) -> None:
    """Add everything that batches tell to a unit (1 read, and a write for each group)."""
    calls = _places(batches, "calls")
    shapes = _places(batches, "storage")
    failures = _places(batches, "failures")
    stored = _stored(shapes, failures)
    for place, rows in calls.items():
        _add_calls(unit, place, rows)
    for place, rows in shapes.items():
        _add_shape(unit, place, rows, stored.get(("shape", *place)))
    for (tenant, fingerprint), rows in _by_fingerprint(failures).items():
        _add_failures(unit, tenant, fingerprint, rows, stored.get(("error", tenant, fingerprint)))
    _add_counts(unit, batches)


def _places(batches: Iterable[FoldTelemetry], sort: str) -> dict[Place, list[dict[str, Any]]]:
    found: dict[Place, list[dict[str, Any]]] = defaultdict(list)
    for batch in batches:
        for row in getattr(batch, sort):
            for tenant in dict.fromkeys((context.MAIN_TENANT, row["tenant"])):
                found[tenant, clock.iso(batch.at)[:10], row["group"]].append({**row, "function": batch.function})
    return found


def _by_fingerprint(failures: dict[Place, list[dict[str, Any]]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for (tenant, _, fingerprint), rows in failures.items():
        found[tenant, fingerprint] += rows
    return found


def _stored(shapes: Iterable[Place], failures: Iterable[Place]) -> dict[tuple[str, ...], Entity]:
    """Read the items whose new value depends on what is there: greatest values, and the state of errors."""
    names: dict[tuple[str, ...], Entity] = {}
    for tenant, day, shape in shapes:
        with in_tenant(tenant):
            names["shape", tenant, day, shape] = StorageShape.at(day=day, shape=shape)
    for tenant, _, fingerprint in failures:
        with in_tenant(tenant):
            names["error", tenant, fingerprint] = ErrorGroup.at(fingerprint=fingerprint)
    found = batch_fetch(list(names.values()), consistent=True) if names else []
    return {name: item for name, item in zip(names, found, strict=True) if item is not None}


def _durations(kind: type[Any], rows: Sequence[dict[str, Any]]) -> list[Any]:
    """Return what adds the durations of rows to an item; classes in which nothing fell are left alone."""
    sums = [sum(row["classes"][number] for row in rows) for number in range(len(CLASSES))]
    changes = [getattr(kind, name).add(total) for name, total in zip(CLASSES, sums, strict=True) if total]
    return [*changes, kind.total.add(sum(row["count"] for row in rows))]


def _most(rows: Sequence[dict[str, Any]], name: str, before: Any) -> Any:
    return max(Decimal(str(value)) for value in (*(row[name] for row in rows), before or 0))


def _add_calls(unit: Unit, place: Place, rows: Sequence[dict[str, Any]]) -> None:
    tenant, day, route = place
    changes = [getattr(ApiUsage, name).add(sum(row[name] for row in rows)) for name in _ADDED_CALLS]
    units = sum((Decimal(str(row["units"])) for row in rows), Decimal(0))
    changes += [ApiUsage.units.add(units), ApiUsage.ttl.set(_gone(day, USAGE_KEPT)), *_durations(ApiUsage, rows)]
    with in_tenant(tenant):
        unit.change(ApiUsage.at(day=day, route=route), *changes, or_create=True)


def _add_shape(unit: Unit, place: Place, rows: Sequence[dict[str, Any]], before: Entity | None) -> None:
    tenant, day, shape = place
    known = before if isinstance(before, StorageShape) else StorageShape()
    units = sum((Decimal(str(row["units"])) for row in rows), Decimal(0))
    changes = [
        StorageShape.slow.add(sum(row["slow"] for row in rows)),
        StorageShape.costly.add(sum(row["costly"] for row in rows)),
        StorageShape.units.add(units),
        StorageShape.max_ms.set(_most(rows, "max_ms", known.max_ms)),
        StorageShape.max_units.set(_most(rows, "max_units", known.max_units)),
        StorageShape.ttl.set(_gone(day, SHAPES_KEPT)),
    ]
    with in_tenant(tenant):
        named = StorageShape.at(day=day, shape=shape)
        unit.change(named, *changes, *_durations(StorageShape, rows), or_create=True)


def _add_failures(
    unit: Unit, tenant: str, fingerprint: str, rows: Sequence[dict[str, Any]], before: Entity | None
) -> None:
    """Count failures of one kind; one that was resolved before the latest of them has come back."""
    latest = max(rows, key=lambda row: str(row["last_at"]))
    last_at = clock.parse(latest["last_at"])
    changes: list[Action] = [ErrorGroup.total.add(sum(row["count"] for row in rows))]
    if not isinstance(before, ErrorGroup):
        first_at = clock.parse(min(str(row["first_at"]) for row in rows))
        changes += [ErrorGroup.first_at.set(first_at), ErrorGroup.state.set("open")]
        changes += [getattr(ErrorGroup, name).set(latest[name]) for name in ("type", "place", "where")]
        changes += [ErrorGroup.last_at.set(last_at)]
    elif before.last_at < last_at:
        changes += [ErrorGroup.last_at.set(last_at)]
    if isinstance(before, ErrorGroup) and _has_come_back(before, last_at):
        changes += [ErrorGroup.state.set("regressed"), ErrorGroup.regressed_at.set(last_at)]
    changes += [ErrorGroup.frames.set(latest["frames"]), ErrorGroup.function.set(latest["function"])]
    changes += [ErrorGroup.ttl.set(last_at + ERRORS_KEPT)]
    for name in ("correlation_id", "code"):
        if latest[name]:
            changes.append(getattr(ErrorGroup, name).set(latest[name]))
    with in_tenant(tenant):
        unit.change(ErrorGroup.at(fingerprint=fingerprint), *changes, or_create=True)


def _has_come_back(group: ErrorGroup, last_at: datetime) -> bool:
    return group.state == "resolved" and group.resolved_at is not None and last_at > group.resolved_at


def _add_counts(unit: Unit, batches: Sequence[FoldTelemetry]) -> None:
    days: Counter[Place] = Counter()
    made: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for batch in batches:
        for row in batch.tallies:
            name = str(row["group"])
            if name.startswith(_MADE):
                made[name.removeprefix(_MADE)] += row["count"]
            elif name.startswith(_REMOVED):
                removed[name.removeprefix(_REMOVED)] += row["count"]
            else:
                tenant = context.MAIN_TENANT if name.startswith(_DEPLOYMENTS_OWN) else row["tenant"]
                days[tenant, clock.iso(batch.at)[:10], name] += row["count"]
    for (tenant, day, name), count in days.items():
        with in_tenant(tenant):
            named = DayCount.at(day=day, name=name)
            unit.change(named, DayCount.total.add(count), DayCount.ttl.set(_gone(day, USAGE_KEPT)), or_create=True)
    for item_kind in made | removed:
        changes: list[Action] = [
            EntityCount.made.add(made[item_kind]),
            EntityCount.removed.add(removed[item_kind]),
        ]
        changes.append(EntityCount.since.set(EntityCount.since | clock.now()))
        unit.change(EntityCount.at(item_kind=item_kind), *changes, or_create=True)


def _gone(day: str, kept: timedelta) -> datetime:
    return clock.parse(f"{day}T00:00:00+00:00") + kept
