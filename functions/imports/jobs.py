"""Import jobs: opening one with its file or with a slot for it, showing it, listing them."""

import base64
from datetime import timedelta
from typing import Any

from lyceum.http import Page
from lyceum.identity import Principal
from lyceum.kit import clock, ids
from lyceum.kit.errors import Detail, TooLarge, ValidationFailed
from lyceum.model import Course, ImportJob, Topic
from lyceum.table import Unit, find

from functions.imports import files
from functions.imports.limits import INLINE_BYTES
from functions.imports.schemas import AskImport, Counts, HistoryQuery, ImportView, Slot

_FORM = timedelta(minutes=15)
_AWAITED = timedelta(hours=1)
_UNUSED = timedelta(days=1)


def open_job(caller: Principal, wanted: AskImport) -> ImportView:
    """Record an import; an inline file is stored at once and read by the worker, for others a form is signed.

    Raises NotFound for a topic or course that is not there, ValidationFailed for what is not base64, TooLarge for more than a mebibyte inside a request.
    """
    if wanted.defaults.topic_id:
        Topic.require(topic_id=wanted.defaults.topic_id)
    if wanted.defaults.course_id:
        Course.require(course_id=wanted.defaults.course_id)
    body = _inline(wanted)
    job_id, now = ids.new_id(), clock.now()
    job = ImportJob(
        job_id=job_id,
        owner_id=caller.user_id,
        state="waiting" if body is None else "uploaded",
        format=wanted.format,
        file_name=wanted.file_name,
        size_bytes=wanted.size_bytes if body is None else len(body),
        key=files.original_key(caller.user_id, job_id),
        defaults=wanted.defaults.model_dump(mode="json", by_alias=True, exclude_none=True),
        columns=wanted.columns,
        expires_at=now + _AWAITED,
        ttl=int((now + _UNUSED).timestamp()),
    )
    Unit().create(job).commit()  # before the file, since the file's arrival wakes the worker
    if body is not None:
        files.store_original(job.key, body)
        return view(job)
    form = files.sign_form(job.key, int(job.size_bytes), int(_FORM.total_seconds()))
    return view(job).model_copy(update={"upload": Slot(url=form["url"], fields=form["fields"], expires_at=now + _FORM)})


def _inline(wanted: AskImport) -> bytes | None:
    if wanted.text is not None:
        body = wanted.text.encode("utf-8", "replace")
    elif wanted.base64 is not None:
        try:
            body = base64.b64decode(wanted.base64, validate=True)
        except ValueError:  # what is not ASCII too
            raise ValidationFailed("Some fields are missing or wrong.", details=[Detail("base64", "This is not base64.")]) from None
    else:
        return None
    if len(body) > INLINE_BYTES:
        raise TooLarge(f"A file inside a request may have {INLINE_BYTES} bytes; send a larger one to storage.")
    return body


def show(job_id: str) -> ImportView:
    """Show an import to a moderator; raises NotFound."""
    return view(ImportJob.require(job_id=job_id, consistent=True))


def history(query: HistoryQuery) -> Page[ImportView]:
    """List imports, the newest first, in one query."""
    where = ImportJob.state == query.state if query.state else None
    return query.page(find(ImportJob, index="gsi1", limit=query.limit, after=query.start_key(), descending=True, where=where), view)


def view(job: ImportJob) -> ImportView:
    """Show an import as callers see it."""
    total, done = int(job.rows_total), int(job.rows_done)
    rows = Counts(total=total, ready=int(job.rows_ready), duplicate=int(job.rows_duplicate), wrong=int(job.rows_wrong), done=done)
    plain: dict[str, Any] = {
        name: getattr(job, name)
        for name in ImportView.model_fields
        if name not in {"rows", "percent", "upload", "expires_at"} and getattr(job, name) is not None
    }
    is_awaited = job.state == "waiting"
    percent = 100 if job.state == "completed" else 100 * done // total if total else 0
    return ImportView(**plain, rows=rows, percent=percent, expires_at=job.expires_at if is_awaited else None)
