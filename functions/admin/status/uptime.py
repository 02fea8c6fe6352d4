"""Uptime of the components, by day, from the checks of each minute."""

from dataclasses import replace
from typing import Any

from lyceum.kit import context
from lyceum.kit.table import find
from lyceum.model.admin.platform import UptimeDay
from lyceum.rules.operating import status_page

from functions.admin.status.schemas import ComponentDay, DayView, Trouble, Uptime


def of_days(days: int) -> Uptime:
    """Return the uptime of so many days (1 request); it is the whole deployment's, in every tenant."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        found = find(UptimeDay, limit=days, descending=True).items
    total = {
        name: status_page.uptime([day.components.get(name, {}) for day in found]) for name in status_page.COMPONENTS
    }
    return Uptime(total=total, days=[_day(day) for day in found])


def _day(day: UptimeDay) -> DayView:
    rows = [_component(name, day.components[name]) for name in status_page.COMPONENTS if name in day.components]
    return DayView(day=day.day, components=rows)


def _component(name: str, told: dict[str, Any]) -> ComponentDay:
    return ComponentDay(
        component=name,
        checked=told["checked"],
        down=told["down"],
        degraded=told["degraded"],
        uptime=status_page.uptime([told]),
        troubles=[Trouble(from_minute=first, to_minute=last, state=state) for first, last, state in told["spans"]],
    )
