"""Import jobs: opened with a file or with a slot for it, shown, listed, confirmed."""

import base64
from datetime import timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, TooLarge, ValidationFailed, rule_violation
from lyceum.kit.http import Page
from lyceum.kit.identity import Permission, Principal, may_touch, require_owner
from lyceum.kit.table import Unit, find, find_all
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.imports import ImportJob
from lyceum.rules import audits
from lyceum.tasks.imports import WriteImport

from functions.imports import row_store
from functions.imports.schemas import AskImport, Confirm, Counts, HistoryQuery, ImportView, Slot
from functions.imports.syntax.limits import INLINE_BYTES

_FORM_LIFETIME = timedelta(minutes=15)
_UPLOAD_TIMEOUT = timedelta(hours=1)
_UNUSED_RETENTION = timedelta(days=1)
_SILENT_AFTER = timedelta(minutes=15)
_UNDER_WAY = ("confirmed", "running")
_CONFIRMED = ("state", "takes_duplicates", "approves", "confirmed_by", "confirmed_at")


def open_job(caller: Principal, wanted: AskImport) -> ImportView:
    """Record an import; an inline file is stored at once and read by the worker, for others a form is signed.

    The rows of an instructor become drafts of their own, which no moderator is asked about until they are handed in.

    Raises:
        NotFound: A topic or course is not there.
        ValidationFailed: The bytes are not base64.
        TooLarge: There is more than a mebibyte inside the request.
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
        key=row_store.original_key(caller.user_id, job_id),
        defaults=wanted.defaults.model_dump(mode="json", by_alias=True, exclude_none=True),
        columns=wanted.columns,
        chosen_encoding=wanted.encoding,
        as_drafts=not caller.may(Permission.IMPORT_QUESTIONS),
        expires_at=now + _UPLOAD_TIMEOUT,
        ttl=int((now + _UNUSED_RETENTION).timestamp()),
    )
    Unit().create(job).commit()  # before the file, since the file's arrival wakes the worker
    if body is not None:
        row_store.store_original(job.key, body)
        return view(job)
    form = row_store.sign_form(job.key, int(job.size_bytes), int(_FORM_LIFETIME.total_seconds()))
    return view(job).model_copy(
        update={"upload": Slot(url=form["url"], fields=form["fields"], expires_at=now + _FORM_LIFETIME)}
    )


def _inline(wanted: AskImport) -> bytes | None:
    if wanted.text is not None:
        body = wanted.text.encode("utf-8", "replace")
    elif wanted.base64 is not None:
        try:
            body = base64.b64decode(wanted.base64, validate=True)
        except ValueError:  # what is not ASCII too
            raise ValidationFailed(
                "Some fields are missing or wrong.", details=[Detail("base64", "This is not base64.")]
            ) from None
    else:
        return None
    if len(body) > INLINE_BYTES:
        raise TooLarge(f"A file inside a request may have {INLINE_BYTES} bytes; send a larger one to storage.")
    return body


def required(caller: Principal, job_id: str) -> ImportJob:
    """Read an import of the caller's, or anybody's for who imports for the bank; raises NotFound."""
    job = ImportJob.require(job_id=job_id, consistent=True)
    require_owner(caller, job.owner_id, "import", Permission.IMPORT_QUESTIONS)
    return job


def show(caller: Principal, job_id: str) -> ImportView:
    """Show an import; raises NotFound."""
    return view(required(caller, job_id))


def history(caller: Principal, query: HistoryQuery) -> Page[ImportView]:
    """List imports, the newest first, in one query: the caller's own, or all for who imports for the bank."""
    where = ImportJob.state == query.state if query.state else None
    place: dict[str, Any] = {"index": "gsi2", "owner_id": caller.user_id}
    if caller.may(Permission.IMPORT_QUESTIONS):
        place = {"index": "gsi1"}
    found = find(ImportJob, limit=query.limit, after=query.start_key(), descending=True, where=where, **place)
    return query.page(found, view)


def view(job: ImportJob) -> ImportView:
    """Show an import as callers see it."""
    total, done = int(job.rows_total), int(job.rows_done)
    rows = Counts(
        total=total, ready=int(job.rows_ready), duplicate=int(job.rows_duplicate), wrong=int(job.rows_wrong), done=done
    )
    plain: dict[str, Any] = {
        name: getattr(job, name)
        for name in ImportView.model_fields
        if name not in {"rows", "percent", "upload", "expires_at", "status"} and getattr(job, name) is not None
    }
    is_awaited = job.state == "waiting"
    percent = 100 if job.state == "completed" else 100 * done // total if total else 0
    return ImportView(**plain, rows=rows, percent=percent, expires_at=job.expires_at if is_awaited else None)


def confirm(caller: Principal, job_id: str, wanted: Confirm) -> ImportView:
    """Have an import's rows written; said again of one under way it changes nothing, but wakes one that went silent.

    Raises:
        NotFound: There is no such import, or it is somebody else's.
        Conflict: The file is not read yet, or the import is finished.
        RuleViolation: No row would become a question (NOTHING_TO_IMPORT), or the caller would approve what they
            imported themselves (OWN_IMPORT), which only a tenant's owner may.
    """
    job = required(caller, job_id)
    if job.state in _UNDER_WAY:
        return view(_resume(job))
    if job.state != "parsed":
        raise Conflict(f"This import is {job.state}; only one that is parsed can be confirmed.", code="NOT_PARSED")
    if not job.rows_ready and not (job.rows_duplicate and wanted.duplicates == "create"):
        raise rule_violation("NOTHING_TO_IMPORT", "No row of this file would become a question.")
    if wanted.approve and may_touch(caller, job.owner_id) and not caller.may(Permission.MANAGE_TENANT):
        raise rule_violation("OWN_IMPORT", "Questions that you imported are approved by another moderator.")
    job.state, job.takes_duplicates, job.approves = "confirmed", wanted.duplicates == "create", wanted.approve
    job.confirmed_by, job.confirmed_at = caller.user_id, clock.now()
    unit = Unit()
    audits.note(unit, caller.user_id, job.owner_id, "import.confirm", job_id, after={"approve": wanted.approve})
    _start_writing(unit, job, *_CONFIRMED, when=ImportJob.state == "parsed")
    return view(job)


def _resume(job: ImportJob) -> ImportJob:
    """Send the task again when no worker has written for a quarter of an hour; two at once do each other no harm."""
    if clock.now() - job.updated_at < _SILENT_AFTER:
        return job
    _start_writing(Unit(), job, when=ImportJob.version == job.version)
    return job


def _start_writing(unit: Unit, job: ImportJob, *names: str, when: Condition) -> None:
    changed = Conflict("This import was changed meanwhile.", code="EDIT_CONFLICT")
    unit.amend(job, *names, when=when, events=[WriteImport(job_id=job.job_id)], refuse=changed).commit()


def forget_owner(owner_id: str) -> None:
    """Remove a user's files and what they were called, from each import (a read for each hundred of the tenant's)."""
    for job in find_all(ImportJob, index="gsi1", where=ImportJob.owner_id == owner_id):
        row_store.remove_original(job.key)
        names = [ImportJob.file_name.set(""), ImportJob.header.set([]), ImportJob.encoding_sample.remove()]
        Unit().change(job, *names).commit()
