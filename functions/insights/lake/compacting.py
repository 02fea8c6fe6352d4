"""One Parquet file a day: what came in is added to what is there, each event once, and then the small files go.

Dying on the way is no harm: the next night finds the small files again, and an event that is there twice is kept once.
"""

from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.insights.lake import engine, raw

MOST_FILES = 4000
"""Small files of one night and tenant; the rest is for the next one."""
COLUMNS = (
    "{event_id: 'VARCHAR', name: 'VARCHAR', happened_at: 'VARCHAR', person: 'VARCHAR', currency: 'VARCHAR',"
    " amount: 'BIGINT', more: 'VARCHAR'}"
)
_FRESH = "SELECT * FROM read_json('{folder}/*.jsonl.gz', format='newline_delimited', columns={columns})"
_OLDER = " UNION ALL SELECT * FROM '{folder}/old.parquet'"
_COUNT = "SELECT count(*) FROM '{file}'"
_ONCE = "SELECT DISTINCT ON (event_id) * FROM ({rows}) ORDER BY event_id"


def parquet_key(day: str) -> str:
    """Return where the events of a day stand, partitioned as Athena and others read it."""
    return f"{raw.PREFIX}events/tenant={context.tenant()}/day={day}/events.parquet"


def compact() -> dict[str, int]:
    """Put the tenant's small files together and return how many events each of those days has now."""
    return {day: _compact_day(day, keys) for day, keys in sorted(_waiting().items())}


def days() -> list[str]:
    """Return the days of which the tenant's lake has events, put together or not."""
    folder = parquet_key("").partition("day=")[0]
    pages = clients.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=folder)
    names = [each["Key"].removeprefix(f"{folder}day=") for page in pages for each in page.get("Contents", ())]
    return sorted({name.partition("/")[0] for name in names} | _waiting().keys())


def _waiting() -> dict[str, list[str]]:
    folder = raw.raw_folder()
    pages = clients.client("s3").get_paginator("list_objects_v2")
    found: dict[str, list[str]] = defaultdict(list)
    limits = {"MaxItems": MOST_FILES}
    for page in pages.paginate(Bucket=settings().bucket, Prefix=folder, PaginationConfig=limits):
        for each in page.get("Contents", ()):
            found[each["Key"].removeprefix(folder).split("/")[0]].append(each["Key"])
    return found


def _compact_day(day: str, keys: list[str]) -> int:
    with engine.opened() as (duck, folder):
        for number, key in enumerate(keys):
            (folder / f"{number}.jsonl.gz").write_bytes(_get(key))
        rows = _FRESH.format(folder=folder, columns=COLUMNS)
        with suppress(NothingThere):
            (folder / "old.parquet").write_bytes(fetched(day))
            rows += _OLDER.format(folder=folder)
        made = folder / "new.parquet"
        duck.execute(f"COPY ({_ONCE.format(rows=rows)}) TO '{made}' (FORMAT parquet, COMPRESSION zstd)")
        count = int(duck.execute(_COUNT.format(file=made)).fetchone()[0])
        _put(parquet_key(day), made)
    for key in keys:
        clients.client("s3").delete_object(Bucket=settings().bucket, Key=key)
    return count


class NothingThere(LookupError):
    """The lake holds nothing of a day."""


def fetched(day: str) -> bytes:
    """Return the Parquet file of a day; raises NothingThere."""
    s3 = clients.client("s3")
    try:
        return _get(parquet_key(day))
    except s3.exceptions.NoSuchKey as error:
        raise NothingThere(day) from error


def _get(key: str) -> bytes:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body


def _put(key: str, file: Path) -> None:
    sent: dict[str, Any] = {"Bucket": settings().bucket, "Key": key, "Body": file.read_bytes()}
    clients.client("s3").put_object(**sent)
