"""When a session is looked at next, and what is due then. Pure."""

from datetime import datetime, timedelta
from typing import Literal

from lyceum.kit import clock
from lyceum.kit.jobs import schedules
from lyceum.model.tutoring import TutoringSession

SPAN = timedelta(minutes=5)
"""How finely the schedule looks."""
GRACE = timedelta(minutes=15)
"""How long after its end a session is told as held or missed; until then its call may go on."""
REMINDERS = (("day", timedelta(hours=24), 24), ("hour", timedelta(hours=1), 1))
"""Reminders by name: how long before the beginning, and the hours that they name."""
Due = Literal["day", "hour", "end", "recording"]
OPEN = frozenset({"scheduled", "in_progress"})


def following(session: TutoringSession, after: datetime) -> tuple[datetime, Due] | None:
    """Return what is due for a session after a moment, the soonest, and when; None where nothing is.

    A reminder whose time had come when the session was made or moved is left out, since the news itself tells it.
    """
    found: list[tuple[datetime, Due]] = []
    if session.state == "waiting":
        found.append((session.starts_at, "end"))
    if session.state in OPEN:
        found.append((session.ends_at + GRACE, "end"))
        for name, before, _ in REMINDERS:
            at = session.starts_at - before
            if session.state == "scheduled" and name not in session.told and at > after:
                found.append((at, "day" if name == "day" else "hour"))
    if session.recording_until is not None and session.state not in OPEN:
        found.append((session.recording_until, "recording"))
    return min(found, default=None)


def place(session: TutoringSession) -> None:
    """Let the schedule find a session when something is due for it next."""
    due = following(session, clock.now())
    session.due_at = due[0] if due else None
    session.due_slot = schedules.bucket(schedules.start_of(due[0], SPAN)) if due else None
