"""Calendar files, line by line as calendars read them (RFC 5545)."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from lyceum.messages.calendar_files import due_date

AT = datetime(2027, 1, 11, 23, 59, tzinfo=timezone(timedelta(hours=1)))
NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)


def write(title: str = "Essay", description: str = "d") -> bytes:
    return due_date(
        "a.u@school.test", title=title, description=description, url="https://a.test", due_at=AT, written_at=NOW
    )


def test_a_due_date_is_one_entry_at_its_moment() -> None:
    lines = write("Essay; part 1, \\ 2", "Line\nnext").decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"] and lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20270111T225900Z" in lines and "UID:a.u@school.test" in lines
    assert "SUMMARY:Essay\\; part 1\\, \\\\ 2" in lines and "DESCRIPTION:Line\\nnext" in lines


@given(st.text(max_size=300))
def test_no_line_is_too_long_and_no_text_begins_a_line_of_its_own(text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    rows = write(text).split(b"\r\n")
    assert all(len(row) <= 75 for row in rows)
    unfolded = b"\r\n".join(rows).replace(b"\r\n ", b"").decode().split("\r\n")
    assert len(unfolded) == 16
