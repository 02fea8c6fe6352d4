"""Classes and enrolments of a OneRoster package, by row; the same of a CSV binding and of what a provider told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lyceum.kit import clock
from lyceum.kit.frozen import frozen

from functions.imports.syntax.limits import Unreadable

MOST_CLASSES = 2_000
MOST_ENROLMENTS = 50_000
GONE = "tobedeleted"
_MOST_TITLE = 200
Record = Mapping[str, str]


@frozen
class ClassRow:
    """A class, with the names and days of its terms; `is_gone` when the school has it no more."""

    row: int
    sourced_id: str
    title: str
    terms: tuple[str, ...] = ()
    is_gone: bool = False


@frozen
class EnrolmentRow:
    """Somebody in a class: `role` as the standard has it; `is_over` when it ended or was taken away."""

    row: int
    class_id: str
    user_id: str
    role: str
    is_primary: bool = False
    is_over: bool = False


@dataclass
class Roster:
    """What a package says beside its people. `is_whole`: what it lacks is gone, and was not only left out."""

    classes: list[ClassRow] = field(default_factory=list)
    enrolments: list[EnrolmentRow] = field(default_factory=list)
    is_whole: bool = True


def read(tables: Mapping[str, Sequence[Record]], *, is_whole: bool) -> Roster:
    """Read classes and enrolments with the terms of their academic sessions; raises Unreadable for too many."""
    sessions = {row.get("sourcedId", ""): row for row in tables.get("academicSessions", ())}
    courses = {row.get("sourcedId", ""): row for row in tables.get("courses", ())}
    roster = Roster(is_whole=is_whole)
    for number, row in enumerate(tables.get("classes", ()), 2):
        course = courses.get(row.get("courseSourcedId", ""), {})
        title = (row.get("title") or course.get("title") or row.get("sourcedId", ""))[:_MOST_TITLE].strip()
        terms = [
            sessions[each.strip()] for each in row.get("termSourcedIds", "").split(",") if each.strip() in sessions
        ]
        shown = tuple(f"{each.get('title', '')}: {each.get('startDate')} - {each.get('endDate')}" for each in terms)
        roster.classes.append(ClassRow(number, row.get("sourcedId", ""), title, shown, _is_gone(row)))
    today = clock.now().date()
    for number, row in enumerate(tables.get("enrollments", ()), 2):
        roster.enrolments.append(
            EnrolmentRow(
                number,
                row.get("classSourcedId", ""),
                row.get("userSourcedId", ""),
                row.get("role", "").strip().lower(),
                row.get("primary", "").strip().lower() == "true",
                _is_gone(row) or _is_past(row.get("endDate", ""), today),
            )
        )
    if len(roster.classes) > MOST_CLASSES or len(roster.enrolments) > MOST_ENROLMENTS:
        raise Unreadable(f"A package may have {MOST_CLASSES} classes and {MOST_ENROLMENTS} enrolments at most.")
    return roster


def _is_gone(row: Record) -> bool:
    return row.get("status", "").strip().lower() == GONE


def _is_past(text: str, today: date) -> bool:
    """Say whether a day is over; one that can not be read is none."""
    try:
        return bool(text) and datetime.fromisoformat(text[:10]).date() < today
    except ValueError:
        return False
