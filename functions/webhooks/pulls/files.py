"""Figures as files: written into the bucket, and pulled by links that end."""

from datetime import timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients, links
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.values.spreadsheet import CSV, write_csv
from lyceum.rules import audits

from functions.webhooks.pulls import parquet
from functions.webhooks.pulls.schemas import AskPulls, PullList, PullView
from functions.webhooks.pulls.tables import TABLES, Row

PREFIX = "derived/exports/"
_PARQUET = "application/vnd.apache.parquet"


def make(caller: Principal, wanted: AskPulls) -> PullList:
    """Write the figures that are asked for and return a link to each file, audited.

    It costs up to 2 requests for each metric, for `courses`, `products` and `countries` one for each month, and one
    transaction.
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
