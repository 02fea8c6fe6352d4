"""Calendar files (RFC 5545): one date that a reader's calendar takes in, and feeds that calendar programs follow."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

_MOST_OCTETS = 75
"""Of a line of content, its end not counted (RFC 5545, 3.1)."""


def due_date(name: str, *, title: str, description: str, url: str, due_at: datetime, written_at: datetime) -> bytes:
    """Write the file of a moment at which something is due.

    - `name`: the same for every file about it, so that calendars keep one entry.
    - `written_at`: the later of two files replaces the earlier one.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Lyceum//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{name}",
        f"DTSTAMP:{_moment(written_at)}",
        f"SEQUENCE:{int(written_at.timestamp()) // 60}",
        f"DTSTART:{_moment(due_at)}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(description)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


class DayEntry(NamedTuple):
    """Something that takes a day; `name` is the same for every writing of it, and `sequence` grows with each change."""

    name: str
    day: date
    title: str
    description: str
    sequence: int


class TimedEntry(NamedTuple):
    """Something from a moment to another; `is_cancelled` lets calendars strike it out."""

    name: str
    begins: datetime
    ends: datetime
    title: str
    description: str
    sequence: int
    is_cancelled: bool = False


class Guest(NamedTuple):
    """Somebody whom a mail asks to a meeting: the address, and the name that is shown with it."""

    address: str
    name: str


def invitation(entry: TimedEntry, *, organiser: Guest, guest: Guest, url: str, written_at: datetime) -> bytes:
    """Write the invitation to a meeting, or that it is called off (RFC 5546, 3.2.2 and 3.2.5).

    A later file of the same name with a higher sequence takes the place of an earlier one in the guest's calendar.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Lyceum//EN",
        f"METHOD:{'CANCEL' if entry.is_cancelled else 'REQUEST'}",
        "BEGIN:VEVENT",
        *_timed(entry, written_at),
        f"ORGANIZER;CN={_parameter(organiser.name)}:mailto:{organiser.address}",
        f"ATTENDEE;CN={_parameter(guest.name)};PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{guest.address}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def feed(
    title: str, entries: Sequence[DayEntry | TimedEntry], *, written_at: datetime, refresh_hours: int = 6
) -> bytes:
    """Write a calendar of days or times that programs ask for again every so many hours (RFC 7986, 5.7).

    Whole days have no zone: they are the reader's own wherever that is. `written_at` is when it became what it is.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Lyceum//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(title)}",
        f"X-WR-CALNAME:{_text(title)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_hours}H",
        f"X-PUBLISHED-TTL:PT{refresh_hours}H",
    ]
    for entry in entries:
        if isinstance(entry, TimedEntry):
            lines += ["BEGIN:VEVENT", *_timed(entry, written_at), "END:VEVENT"]
            continue
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.name}",
            f"DTSTAMP:{_moment(written_at)}",
            f"SEQUENCE:{entry.sequence}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(entry.title)}",
            *([f"DESCRIPTION:{_text(entry.description)}"] if entry.description else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _timed(entry: TimedEntry, written_at: datetime) -> list[str]:
    return [
        f"UID:{entry.name}",
        f"DTSTAMP:{_moment(written_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART:{_moment(entry.begins)}",
        f"DTEND:{_moment(entry.ends)}",
        f"SUMMARY:{_text(entry.title)}",
        *([f"DESCRIPTION:{_text(entry.description)}"] if entry.description else []),
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
    ]


def _parameter(value: str) -> str:
    """Quote the value of a parameter (RFC 5545, 3.2), which holds no quotes and no control characters."""
    kept = "".join(character for character in value if character >= " " and character != '"')
    return f'"{kept}"'


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Escape a text (RFC 5545, 3.3.11); other control characters are left out."""
    for character, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        value = value.replace(character, escaped)
    return "".join(character for character in value if character >= " ")


def _folded(line: str) -> bytes:
    """End a line, broken wherever it is too long and never within a character (RFC 5545, 3.1)."""
    rows, row = [], b""
    for character in line:
        encoded = character.encode()
        if len(row) + len(encoded) > _MOST_OCTETS:
            rows.append(row)
            row = b" "
        row += encoded
    return b"\r\n".join([*rows, row]) + b"\r\n"
