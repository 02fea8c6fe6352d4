"""When a mentor is there: weekly hours and exceptions, asked about one moment. Pure."""

from datetime import datetime

from lyceum.kit.values import local_time, time_zones
from lyceum.model.mentors import MentorHours

_DAY_ENDS = "24:00"


def is_there(hours: MentorHours | None, moment: datetime) -> bool:
    """Say whether a mentor is there at a moment; one who stated no hours always is.

    Times are by the clocks of the mentor's zone, a span holds its beginning and not its end, and a date that is an
    exception counts in place of its weekday.
    """
    if hours is None or not (hours.weekly or hours.exceptions):
        return True
    shown = local_time.to_local(moment, time_zones.zone(hours.time_zone))
    exception = (hours.exceptions or {}).get(shown.date().isoformat())
    spans = exception if exception is not None else (hours.weekly or {}).get(str(shown.weekday()), [])
    at = f"{shown:%H:%M}"
    return any(begins <= at < ends or (ends == _DAY_ENDS and begins <= at) for begins, ends in spans)
