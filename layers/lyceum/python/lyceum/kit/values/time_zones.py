"""Time zones of the IANA database, and the calendar of people who live in them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lyceum.kit.values import local_time


def week(day: date) -> str:
    """Name the week of a day (ISO 8601), such as `2027-W02`."""
    return f"{day:%G-W%V}"


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name, UTC for one that is not known any more."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path out of the database, a folder of it
        return ZoneInfo("UTC")


def at_time(day: str, time: str, zone_name: str) -> datetime:
    """Return the moment (UTC) at which clocks in a zone show a time (HH:MM) on a day; see `local_time`."""
    return local_time.to_utc(datetime.fromisoformat(f"{day}T{time}"), zone(zone_name))
