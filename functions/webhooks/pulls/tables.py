"""Figures as files: read as they were folded, written into the bucket, and pulled by links that end."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients, links
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.kit.values.spreadsheet import CSV, write_csv
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, TierCount
from lyceum.model.users.directory import UserCount
from lyceum.rules import audits

from functions.webhooks.pulls import parquet
from functions.webhooks.pulls.schemas import AskPulls, PullList, PullView

PREFIX = "derived/exports/"
SMALL = 5
"""Of fewer people nothing is told."""
_PARQUET = "application/vnd.apache.parquet"
_MOST_ROWS = 2000
_COUNTS = (
    "active", "active_7", "active_30", "newcomers", "registered", "questions_submitted", "questions_approved",
    "enrolled", "left", "completed", "lessons", "exams", "submissions", "downloads", "answers",
)  # fmt: skip
_OF_COURSES = ("enrolled", "completed", "left", "lessons")
Row = list[str | int | float]
Table = tuple[list[str], list[Row]]


def make(caller: Principal, wanted: AskPulls) -> PullList:
    """Write the figures that are asked for and return a link to each file, audited.

    It costs up to 2 requests for each metric, for `courses` one for each month, and one transaction.
    """
    now = clock.now()
    expires = now + timedelta(minutes=wanted.expires_in_minutes)
    pull_id = ids.new_id()
    pulls = []
    for metric in dict.fromkeys(wanted.metrics):
        columns, rows = TABLES[metric](wanted.days)
        key = f"{PREFIX}{context.tenant()}/{caller.user_id}/{pull_id}/{metric}.{wanted.format}"
        _put(key, wanted.format, columns, rows)
        url = links.link(key, wanted.expires_in_minutes * 60)
        pulls.append(PullView(metric=metric, url=url, columns=columns, rows=len(rows), expires_at=expires))
    unit = Unit()
    told = {"metrics": sorted(set(wanted.metrics)), "days": wanted.days}
    audits.note(unit, caller.user_id, None, "insights.pull", pull_id, after=told)
    unit.commit()
    return PullList(pulls=pulls, as_of=now)


def _put(key: str, form: str, columns: list[str], rows: list[Row]) -> None:
    if form == "csv":
        body, kind = write_csv([columns, *([str(cell) for cell in row] for row in rows)]).encode(), CSV
    else:
        body, kind = parquet.write(columns, rows), _PARQUET
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body, ContentType=kind)


def _since(days: int) -> str:
    return clock.iso(clock.now() - timedelta(days=days - 1))[:10]


def _activity(days: int) -> Table:
    found = find(ActivityDay, from_sort=_since(days), limit=days).items
    return ["day", *_COUNTS], [[str(each.day), *_numbers(each, _COUNTS)] for each in found]


def _courses(days: int) -> Table:
    columns = ["month", "course_id", *_OF_COURSES]
    rows: list[Row] = []
    for month in _months(days):
        found = find(CourseMonth, month=month, limit=_MOST_ROWS).items
        rows += [[month, str(each.course_id), *_numbers(each, _OF_COURSES)] for each in found]
    return columns, rows


def _months(days: int) -> list[str]:
    now = clock.now()
    return sorted({clock.iso(now - timedelta(days=back))[:7] for back in range(days)})


def _retention(days: int) -> Table:
    found = find(RetentionCell, grain="week", from_sort=_since(days + 6), limit=_MOST_ROWS).items
    rows: list[Row] = [[str(each.cohort), int(each.offset), int(each.users)] for each in found]
    return ["week", "weeks_later", "users"], _large(rows)


def _users(_days: int) -> Table:
    rows: list[Row] = [["role", str(each.group), int(each.total)] for each in find(UserCount).items]
    rows += [["tier", str(each.tier), int(each.total)] for each in find(TierCount).items]
    return ["by", "group", "users"], _large(rows)


def _large(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if not 0 < int(row[-1]) < SMALL]


def _numbers(item: ActivityDay | CourseMonth, names: tuple[str, ...]) -> list[int]:
    return [int(getattr(item, name)) for name in names]


TABLES: dict[str, Callable[[int], Table]] = {
    "activity": _activity,
    "courses": _courses,
    "retention": _retention,
    "users": _users,
}
