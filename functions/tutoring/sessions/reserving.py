"""Taking time of two people, and giving it back: each cell by one condition, so none is taken twice.

What a session takes is written down in it, cell by cell and day by day, so it is given back exactly, whatever the
hours, the zone or the buffer of its mentor have become since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.kit.values import local_time, time_zones
from lyceum.model.tutoring import BookedDay, BookedTime, TutoringSession

from functions.tutoring.availability import cells

_KEPT = timedelta(days=60)


@frozen
class Side:
    """One of the two people: in whose name time is taken, how much of it, and the limit of a day."""

    name: str
    user_id: str
    time_zone: str
    most_daily: int
    buffer_minutes: int = 0

    @property
    def busy(self) -> DomainError:
        """The refusal of a time that this one has taken."""
        if self.name == "mentor":
            return Conflict("Somebody else has this time.", code="SLOT_TAKEN")
        return Conflict("You have another session at this time.", code="ALREADY_BUSY")

    @property
    def full(self) -> DomainError:
        """The refusal of one session more on a day."""
        whose = "The mentor has" if self.name == "mentor" else "You have"
        return rule_violation("DAY_FULL", f"{whose} enough sessions on this day.", field="startsAt")


@dataclass
class _Wanted:
    """What is to become of one item."""

    side: Side
    more: set[int] = field(default_factory=set)
    less: set[int] = field(default_factory=set)
    step: int = 0


def note(session: TutoringSession, sides: tuple[Side, Side]) -> None:
    """Write down in a session what it takes of both."""
    session.cells, session.days = {}, {}
    for side in sides:
        ends = session.ends_at + timedelta(minutes=side.buffer_minutes)
        session.cells[side.name] = cells.by_day(cells.taken(session.starts_at, ends))
        zone = time_zones.zone(side.time_zone)
        session.days[side.name] = local_time.day_of(session.starts_at, zone).isoformat()


def taken_of(found: Iterable[Entity | None]) -> dict[str, frozenset[int]]:
    """Return the cells that people have taken, by user, of what was read."""
    taken: dict[str, frozenset[int]] = {}
    for each in found:
        if isinstance(each, BookedTime):
            taken[each.user_id] = taken.get(each.user_id, frozenset()) | frozenset(map(int, each.cells or ()))
    return taken


def require_free(session: TutoringSession, sides: tuple[Side, Side], taken: Mapping[str, frozenset[int]]) -> None:
    """Refuse a time that was taken when it was looked at, without a write; raises as `take` does."""
    for side in sides:
        wanted = {cell for day in session.cells[side.name].values() for cell in day}
        if wanted & taken.get(side.user_id, frozenset()):
            raise side.busy


def take(unit: Unit, session: TutoringSession, sides: tuple[Side, Side]) -> None:
    """Add to a unit that a session takes its time: one change for each day of each of the two, and one for the limit.

    The unit fails with SLOT_TAKEN, ALREADY_BUSY or DAY_FULL.
    """
    for side in sides:
        for day, wanted in session.cells[side.name].items():
            name = BookedTime.at(user_id=side.user_id, day=day)
            changes = [BookedTime.cells.add(set(wanted)), BookedTime.ttl.set(_last(day))]
            unit.change(name, *changes, when=_are_free(wanted), refuse=side.busy, or_create=True)
        count = BookedDay.at(user_id=side.user_id, day=session.days[side.name])
        has_room = BookedDay.sessions.does_not_exist() | (BookedDay.sessions < side.most_daily)
        changes = [BookedDay.sessions.add(1), BookedDay.ttl.set(_last(count.day))]
        unit.change(count, *changes, when=has_room, refuse=side.full, or_create=True)


def _are_free(wanted: list[int]) -> Condition:
    condition: Condition = ~BookedTime.cells.contains(wanted[0])
    for cell in wanted[1:]:
        condition &= ~BookedTime.cells.contains(cell)
    return condition


def _last(day: str) -> datetime:
    return clock.parse(f"{day}T00:00:00Z") + _KEPT


def give_back(unit: Unit, session: TutoringSession) -> None:
    """Add to a unit that a session's time is free again; it is given back once, since the session changes with it."""
    for side, user_id in (("mentor", session.mentor_id), ("student", session.student_id)):
        for day, taken in session.cells.get(side, {}).items():
            unit.change(BookedTime.at(user_id=user_id, day=day), BookedTime.cells.delete(set(taken)), or_create=True)
        if side in session.days:
            count = BookedDay.at(user_id=user_id, day=session.days[side])
            unit.change(count, BookedDay.sessions.add(-1), or_create=True)
    session.cells, session.days = {}, {}


def move(unit: Unit, session: TutoringSession, sides: tuple[Side, Side]) -> None:
    """Add to a unit that a session takes another time, which may share cells with the one that it has (1 request).

    An item that holds both is read and written anew, on condition that nothing else changed it (EDIT_CONFLICT).
    """
    before = dict(session.cells), dict(session.days)
    note(session, sides)
    changes: dict[tuple[str, str], _Wanted] = {}
    for side in sides:
        _plan(changes, side, before, session)
    names = {key: _named(key) for key in changes}
    found = dict(zip(names, batch_fetch(list(names.values()), consistent=True), strict=True))
    for key, wanted in changes.items():
        _change(unit, found[key] or names[key], wanted)


def _plan(
    changes: dict[tuple[str, str], _Wanted],
    side: Side,
    before: tuple[Mapping[str, Any], Mapping[str, Any]],
    session: TutoringSession,
) -> None:
    old, new = before[0].get(side.name, {}), session.cells[side.name]
    for day in sorted({*old, *new}):
        less, more = set(old.get(day, ())), set(new.get(day, ()))
        wanted = changes.setdefault((side.user_id, f"cells {day}"), _Wanted(side))
        wanted.less |= less - more
        wanted.more |= more - less
    was, becomes = before[1].get(side.name), session.days[side.name]
    if was != becomes:
        for day, step in ((was, -1), (becomes, 1)):
            changes.setdefault((side.user_id, f"count {day}"), _Wanted(side)).step += step


def _named(key: tuple[str, str]) -> Entity:
    what, day = key[1].split(" ")
    return BookedTime.at(user_id=key[0], day=day) if what == "cells" else BookedDay.at(user_id=key[0], day=day)


def _change(unit: Unit, found: Entity, wanted: _Wanted) -> None:
    if isinstance(found, BookedDay):
        if wanted.step > 0 and int(found.sessions) >= wanted.side.most_daily:
            raise wanted.side.full
        found.sessions = int(found.sessions) + wanted.step
        found.ttl = _last(found.day)
    elif isinstance(found, BookedTime):
        held = set(map(int, found.cells or ()))
        if held & wanted.more:
            raise wanted.side.busy
        found.cells = ((held - wanted.less) | wanted.more) or None
        found.ttl = _last(found.day)
    unit.save(found)
