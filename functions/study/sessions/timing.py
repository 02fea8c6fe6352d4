"""When a session counts: pure functions of its stretches, breaks and the server's clock.

A stretch that nobody ends stops counting after four hours. A pomodoro alternates between focus and break from its start
on, pauses left out, and counts its focus alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from lyceum.model.study.sessions import StudySession

LONGEST = timedelta(hours=4)
"""Of a stretch that is not ended."""


class Phase(NamedTuple):
    """Where a pomodoro stands: focus or break, the round, and the seconds that are left of the phase."""

    is_focus: bool
    round: int
    seconds_left: int


def ends_at(session: StudySession) -> datetime | None:
    """Return when the stretch that runs stops counting by itself."""
    return None if session.running_since is None else session.running_since + LONGEST


def run_seconds(session: StudySession, now: datetime) -> int:
    """Return how long a session ran until now."""
    return int(session.run_seconds) + _running(session, now)


def _running(session: StudySession, now: datetime) -> int:
    if session.running_since is None:
        return 0
    return max(0, int((min(now, session.running_since + LONGEST) - session.running_since).total_seconds()))


def stretches(session: StudySession, now: datetime) -> list[tuple[int, int]]:
    """Return the parts of the stretch that runs which count, in seconds since 1970."""
    if session.running_since is None:
        return []
    begun = int(session.running_since.timestamp())
    length = _running(session, now)
    if session.timer != "pomodoro":
        return [(begun, begun + length)] if length else []
    return [(begun + first, begun + last) for first, last in _focus(session, int(session.run_seconds), length)]


def _focus(session: StudySession, offset: int, length: int) -> Sequence[tuple[int, int]]:
    """Return the focus within a stretch that begins so many seconds after the start of the pomodoro."""
    focus, cycle = 60 * int(session.focus_minutes), 60 * (int(session.focus_minutes) + int(session.break_minutes))
    parts = []
    for number in range(offset // cycle, (offset + length) // cycle + 1):
        first, last = max(offset, number * cycle), min(offset + length, number * cycle + focus)
        if first < last:
            parts.append((first - offset, last - offset))
    return parts


def phase(session: StudySession, now: datetime) -> Phase:
    """Return where a pomodoro stands."""
    focus, cycle = 60 * int(session.focus_minutes), 60 * (int(session.focus_minutes) + int(session.break_minutes))
    number, at = divmod(run_seconds(session, now), cycle)
    return Phase(at < focus, number + 1, (focus if at < focus else cycle) - at)
