"""What a file's rows become, and which can not be taken: read from the rows that the worker kept."""

from collections.abc import Iterator
from typing import Any, TypeVar

from lyceum.kit.errors import Conflict, Gone, TooLarge
from lyceum.kit.http import Document, Listing, Page, Schema
from lyceum.kit.table import Slice, skipped
from lyceum.kit.values.spreadsheet import write_csv, write_report
from lyceum.model.imports import ImportJob

from functions.imports import row_store
from functions.imports.schemas import ErrorsQuery, RowView, WrongRow

_MOST_REPORT_BYTES = 4_000_000  # an answer of a function has 6 MB at most
_MOST_PAGE_CHARACTERS = 1_000_000
_UNREAD = ("waiting", "uploaded")
V = TypeVar("V", bound=Schema)


def preview(job: ImportJob, query: Listing) -> Page[RowView]:
    """Read a page of rows with what each becomes, from the parts of the rows that hold the page.

    A page of very long rows is shorter than was asked for.
    """
    _require_read(job)
    return _page(query, job, "rows", int(job.rows_total), RowView)


def errors(job: ImportJob, query: ErrorsQuery) -> Page[WrongRow] | Document:
    """Read the rows that can not be taken, a page or as CSV; raises TooLarge for a CSV that no answer can hold."""
    _require_read(job)
    if query.format == "json":
        return _page(query, job, "wrong", int(job.rows_wrong), WrongRow)
    pieces, size = [], 0
    for piece in _csv(job):
        pieces.append(piece)
        size += len(piece.encode("utf-8", "surrogatepass"))
        if size > _MOST_REPORT_BYTES:
            raise TooLarge("The report is too large for one answer; read it page by page.")
    return Document("text/csv", "".join(pieces), f"errors-{job.job_id}.csv")


def _csv(job: ImportJob) -> Iterator[str]:
    header = list(job.header) or ["original"]
    yield write_report([["row", "errors", *header]])
    for line in _lines(job, "wrong", 0, int(job.rows_wrong)):
        problems = "; ".join(f"{problem['field']}: {problem['message']}" for problem in line["problems"])
        yield write_csv([[str(line["row"]), problems, *line["original"]]])


def _require_read(job: ImportJob) -> None:
    if job.state in _UNREAD:
        raise Conflict("This file is not read yet.", code="NOT_PARSED")


def _page(query: Listing, job: ImportJob, name: str, length: int, schema: type[V]) -> Page[V]:
    after = query.start_key()
    start = skipped(after) or (int(after["row"]["S"]) if after else 0)
    items: list[row_store.Line] = []
    characters = 0
    for line in _lines(job, name, start, min(start + query.limit, length)):
        characters += len(str(line))
        if items and characters > _MOST_PAGE_CHARACTERS:
            break
        items.append(line)
    stop = start + len(items)
    found: Slice[Any] = Slice(items, {"row": {"S": str(stop)}} if stop < length else None)
    return query.page(found, schema.model_validate, total=length)


def _lines(job: ImportJob, name: str, start: int, stop: int) -> Iterator[row_store.Line]:
    try:
        yield from row_store.lines(job.rows_prefix, name, start, stop) if job.rows_prefix else ()
    except row_store.RowsExpired:
        raise Gone("The rows of this import are no longer kept.") from None
