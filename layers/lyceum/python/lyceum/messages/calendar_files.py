"""Calendar files (RFC 5545): one date that a reader's calendar takes in, and that a later file of its name replaces."""

from datetime import UTC, datetime

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
