"""When things are due in a session, by the server's clock alone (EXAM T1, T4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.model.exams.sessions import AnswerSheet, ExamSession

from functions.exams.papers import policies, spreading

_WARNING = timedelta(minutes=5)
_AWAY = frozenset({"away", "quarantined"})
_SHORTEST_WARNED = timedelta(minutes=10)


def is_closed(session: ExamSession | AnswerSheet, now: datetime) -> bool:
    """Say whether no answer is taken any more: it was finished, or deadline and grace are over.

    A paused one is not closed, unless it has stood for as long as a pause may last; one that is quarantined waits for a
    person (EXAM O1).
    """
    if session.state == "quarantined":
        return False
    if session.state == "paused":
        return isinstance(session, ExamSession) and session.paused_at is not None and now > pause_end(session)
    return session.state == "finished" or now > session.closes_at


def was_closed(session: ExamSession, moment: datetime) -> bool:
    """Say whether a session had ended before a moment that may lie back; one that was submitted has, whenever it was.

    For what was decided then and reaches the session now.
    """
    if session.state == "finished":
        return session.cause == "submitted" or moment > session.closes_at
    return is_closed(session, moment)


def pause_end(session: ExamSession) -> datetime:
    """Return when the pause of a session ends it."""
    moment: datetime = session.paused_at + policies.LONGEST_PAUSE
    return moment


def last_moment(session: ExamSession) -> datetime:
    """Return until when a session may take answers at the latest, if nothing more is done to it."""
    moment: datetime = session.closes_at
    return moment + policies.LONGEST_PAUSE if session.state == "paused" else moment


def move_end(session: ExamSession, seconds: float) -> None:
    """Give a session more time: deadline and closing move on, and so does what is due for it."""
    more = timedelta(seconds=seconds)
    session.deadline_at += more
    session.closes_at += more
    session.due_minute = due_minute(session, clock.now())


def seconds_left(deadline: datetime, now: datetime) -> int:
    """Return the whole seconds until the deadline, never less than 0."""
    return max(0, int((deadline - now).total_seconds()))


def ending(session: ExamSession, now: datetime) -> tuple[datetime, str]:
    """Return when and why a session that ends now has ended.

    Nobody gains time by ending late: the end is the deadline at the latest, whoever notices it and when (EXAM T3).
    """
    is_over = session.state == "paused" or now > session.closes_at
    return min(now, session.deadline_at), "expired" if is_over else "submitted"


def warning_at(session: ExamSession) -> datetime | None:
    """Return when the student is warned: 5 minutes before the deadline; never in a session of under 10 minutes."""
    is_short = session.deadline_at - session.started_at < _SHORTEST_WARNED
    return None if is_short else session.deadline_at - _WARNING


def is_warning_due(session: ExamSession, now: datetime) -> bool:
    """Say whether the warning has to go out now: its time has come, it was not given, and the deadline is ahead."""
    at = warning_at(session)
    return at is not None and session.warned_at is None and at <= now < session.deadline_at


def due_minute(session: ExamSession, now: datetime) -> str | None:
    """Name the minute after the next thing that is due: the warning while it is ahead, then the end, then the release.

    For a paused session that is the end of the longest pause. None when nothing is: once its result is released.
    """
    if session.state == "paused":
        return due_at(session, pause_end(session))
    if session.state in _AWAY:
        return due_at(session, session.closes_at) if session.state == "away" else None
    if session.state == "finished":
        return None if session.released_at is not None else due_at(session, _released_from(session, now))
    warning = warning_at(session)
    is_ahead = warning is not None and session.warned_at is None and now < warning
    return due_at(session, warning if warning is not None and is_ahead else session.closes_at)


def due_at(session: ExamSession, moment: datetime) -> str:
    """Name the minute after a moment, and the part of it that a session belongs to."""
    return spreading.name_of(minute_after(moment), session.part)


def _released_from(session: ExamSession, now: datetime) -> datetime:
    return max(each for each in (now, session.closed_from, session.embargoed_until) if each is not None)


def minute_after(moment: datetime) -> str:
    """Name the minute after the one that holds a moment."""
    return clock.minute_bucket(moment + timedelta(minutes=1))


def is_late(saved_at: str | None, session: ExamSession) -> bool:
    """Say whether an answer was saved after the deadline."""
    return saved_at is not None and saved_at > clock.iso(session.deadline_at)


def open_first(sheet: AnswerSheet, seconds: Sequence[int], now: datetime) -> None:
    """Open the first section of a new sheet; nothing for a paper that is timed as a whole."""
    if seconds:
        sheet.section_limits = list(seconds)
        sheet.section, sheet.section_until = 0, _section_end(sheet, 0, clock.milliseconds(now))


def _section_end(sheet: AnswerSheet, section: int, start: int) -> int:
    """Return when a section closes that opens at a moment; the session's grace is that of its last minute."""
    end = start + int(sheet.section_limits[section]) * 1000
    return end if end < clock.milliseconds(sheet.deadline_at) else clock.milliseconds(sheet.closes_at)


def move_to(sheet: AnswerSheet, now: datetime) -> bool:
    """Bring a sheet that was read to the section that is open now; False when it is there already or not timed."""
    if sheet.section_until is None or sheet.state != "running":
        return False
    before = int(sheet.section)
    while sheet.section_until < clock.milliseconds(now) and sheet.section + 1 < len(sheet.section_limits):
        open_section(sheet, int(sheet.section) + 1, int(sheet.section_until))
    return sheet.section != before


def open_section(sheet: AnswerSheet, section: int, start: int) -> None:
    """Open a section of a sheet at a moment, in milliseconds since 1970."""
    sheet.section, sheet.section_until = section, _section_end(sheet, section, start)
    if sheet.step:
        sheet.position = min(int(row["place"]) for row in sheet.answers.as_dict().values() if row["section"] == section)


def ends_at(sheet: AnswerSheet) -> datetime | None:
    """Return until when the open section may be read and answered; None for a paper that is timed as a whole."""
    if sheet.section_until is None:
        return None
    return min(
        sheet.deadline_at,
        sheet.deadline_at + timedelta(milliseconds=int(sheet.section_until) - clock.milliseconds(sheet.deadline_at)),
    )


def is_readable(sheet: AnswerSheet, entry: Mapping[str, Any], now: datetime) -> bool:
    """Say whether a question may be shown: it is of the open section, whose time is not over."""
    return sheet.section_until is None or (
        entry["section"] == sheet.section and clock.milliseconds(now) <= sheet.section_until
    )


def end_of(session: ExamSession, now: datetime) -> tuple[datetime | None, Any]:
    """Return end and cause of a session; one past its grace has ended, whether or not its score is counted yet."""
    if session.state != "finished" and is_closed(session, now):
        return ending(session, now)
    return session.finished_at, session.cause
