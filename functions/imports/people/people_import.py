"""Brings accounts from a file, as a long job: a page of people at a time, each in a transaction of their own.

Somebody is known again by the school's id, or else by username, address or number. What is done twice changes nothing
the second time. A dry run says what each row would do, and the report is a CSV file either way.
"""

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import Detail, TooLarge, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.imports import RosterSource
from lyceum.model.users.account import User
from lyceum.tasks.imports import ImportPeople

from functions.imports.exports import files as tables
from functions.imports.people import accounts, files
from functions.imports.people.schemas import AskPeopleImport
from functions.imports.rosters import pulling
from functions.imports.rosters.applying import Applying
from functions.imports.rosters.outcomes import COLUMNS, Line, Outcome
from functions.imports.rosters.schemas import SyncRoster
from functions.imports.syntax.limits import INLINE_BYTES, Unreadable

PREFIX = "imports-people/"
REPORTS = "derived/exports/"
_PAGE = 20
_LEAVERS = 100
_ENROLMENTS = 100
_NOTED = "noted"


def start(caller: Principal, wanted: AskPeopleImport) -> LongJob:
    """Keep the file and begin the job; raises ValidationFailed for bytes that are not base64, and TooLarge."""
    task = ImportPeople(
        owner_id=caller.user_id,
        form=wanted.format,
        dry_run=wanted.dry_run,
        suspend_leavers=wanted.suspend_leavers,
        language=wanted.language,
        encoding=wanted.encoding,
    )
    body = wanted.text.encode() if wanted.text is not None else _decoded(wanted.base64 or "")
    clients.client("s3").put_object(Bucket=settings().bucket, Key=_file_key(task), Body=body)
    unit = Unit()
    job = control.start(unit, task)
    told = {"format": wanted.format, "dryRun": wanted.dry_run, "suspendLeavers": wanted.suspend_leavers}
    unit.create(audit("users.import", task.job_id, before={}, after=told)).commit()
    return job


def sync(caller: Principal, source_id: str, wanted: SyncRoster) -> LongJob:
    """Begin to take over a roster of another system; raises NotFound."""
    source = RosterSource.require(source_id=source_id)
    task = ImportPeople(
        owner_id=caller.user_id,
        form="rest",
        dry_run=wanted.dry_run,
        suspend_leavers=wanted.suspend_leavers,
        language=wanted.language,
        source_id=source_id,
        since=None if wanted.full else source.synced_at,
        begun_at=clock.now(),
    )
    unit = Unit()
    job = control.start(unit, task)
    told = {"source": source_id, "dryRun": wanted.dry_run, "suspendLeavers": wanted.suspend_leavers}
    unit.create(audit("users.import", task.job_id, before={}, after=told)).commit()
    return job


def _decoded(text: str) -> bytes:
    try:
        body = base64.b64decode(text, validate=True)
    except ValueError:
        refusal = [Detail("base64", "This is not base64.")]
        raise ValidationFailed("Some fields are missing or wrong.", details=refusal) from None
    if len(body) > INLINE_BYTES:
        raise TooLarge(f"A file may have {INLINE_BYTES} bytes.")
    return body


def do_page(task: ImportPeople) -> Progress:
    """Do a page of people, of leavers, of classes or of those in them; the last page writes the report."""
    after = task.after or ({"pull": pulling.begin()} if task.source_id else {"row": 0})
    if "pull" in after:
        return _pull(task, after["pull"])
    people = read(task)
    (phase,) = after
    outcomes, reached = _PHASES[phase](task, people, after[phase])
    following = {phase: reached} if reached is not None else _next_phase(task, people, phase)
    _put(_part(task, task.page), json.dumps([outcome.line() for outcome in outcomes]).encode())
    failed = sum(outcome.outcome in {"wrong", "refused"} for outcome in outcomes)
    roster = people.roster
    total = len(people.rows) + len(people.wrong) + len(roster.classes) + len(roster.enrolments)
    done = sum(outcome.outcome != _NOTED for outcome in outcomes) - failed
    if following:
        return Progress(done, failed, following, total)
    _note_sync(task)
    return Progress(done, failed, None, total, _report(task))


def _pull(task: ImportPeople, place: pulling.Place) -> Progress:
    """Fetch a part of another system's roster; the last part puts it together as a file."""
    folder = f"{PREFIX}{context.tenant()}/{task.job_id}/pulled/"
    _put(_part(task, task.page), b"[]")
    following = pulling.step(task, place, lambda name, rows: _put(f"{folder}{name}.json", json.dumps(rows).encode()))
    if following:
        return Progress(after={"pull": following})
    told: dict[str, Any] = {"roles": [], "isWhole": task.since is None}
    for table in pulling.TABLES:
        told[table] = [row for key in _listed(f"{folder}{table}-") for row in json.loads(_get(key))]
    told["roles"] = [role for row in told["users"] for role in row.pop("roles")]
    _put(_file_key(task), json.dumps(told).encode())
    return Progress(after={"row": 0})


def _note_sync(task: ImportPeople) -> None:
    """Note up to when a system's changes are taken over; one that was removed meanwhile is left alone."""
    if task.source_id and not task.dry_run:
        source = RosterSource.fetch(source_id=task.source_id, consistent=True)
        if source is not None:
            Unit().change(source, RosterSource.synced_at.set(task.begun_at or clock.now())).commit()


def _next_phase(task: ImportPeople, people: files.People, phase: str) -> dict[str, Any] | None:
    """Return where the next phase that there is begins: people, leavers, classes, enrolments, members."""
    roster = people.roster
    takes_out = task.suspend_leavers and roster.is_whole
    begins: dict[str, Any] = {
        "leaver": {"leaver": None} if takes_out else None,
        "class": {"class": 0} if roster.classes else None,
        "enrolment": {"enrolment": 0} if roster.enrolments else None,
        "member": {"member": 0} if takes_out and roster.classes else None,
    }
    order = list(_PHASES)
    later = (begins[name] for name in order[order.index(phase) + 1 :])
    return next((each for each in later if each), None)


Reached = tuple[list[Outcome], Any]
"""What a page did, and where its phase goes on; None when it is over."""


def _people(task: ImportPeople, people: files.People, start: int) -> Reached:
    outcomes = [accounts.bring(task, number, person) for number, person in people.rows[start : start + _PAGE]]
    if not start:
        outcomes += [Outcome(wrong.row, "wrong", field=wrong.field, message=wrong.message) for wrong in people.wrong]
        outcomes += [Outcome(1, _NOTED, field=about, message=note) for about, note in people.notes]
    reached = start + _PAGE
    return outcomes, reached if reached < len(people.rows) else None


def _leavers(task: ImportPeople, people: files.People, key: Any) -> Reached:
    known = {person.school_id for _, person in people.rows if person.school_id}
    found = find(User, index="gsi2", role="student", limit=_LEAVERS, after=key)
    outcomes = [each for user in found.items if (each := accounts.leaver(task, user, known)) is not None]
    return outcomes, found.last_key


def _classes(task: ImportPeople, people: files.People, start: int) -> Reached:
    rows = people.roster.classes[start : start + _PAGE]
    reached = start + _PAGE
    return _applying(task, people).classes(rows), reached if reached < len(people.roster.classes) else None


def _enrolments(task: ImportPeople, people: files.People, start: int) -> Reached:
    rows = people.roster.enrolments[start : start + _ENROLMENTS]
    reached = start + _ENROLMENTS
    return _applying(task, people).enrolments(rows), reached if reached < len(people.roster.enrolments) else None


def _members(task: ImportPeople, people: files.People, start: int) -> Reached:
    outcomes = _applying(task, people).members(people.roster.classes[start])
    return outcomes, start + 1 if start + 1 < len(people.roster.classes) else None


def _applying(task: ImportPeople, people: files.People) -> Applying:
    named = frozenset(person.school_id for _, person in people.rows if person.school_id)
    return Applying(task, people.roster, named)


_PHASES: dict[str, Callable[[ImportPeople, files.People, Any], Reached]] = {
    "row": _people,
    "leaver": _leavers,
    "class": _classes,
    "enrolment": _enrolments,
    "member": _members,
}


def read(task: ImportPeople) -> files.People:
    """Read the file of a job; raises ValidationFailed for one that is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people"
        path.write_bytes(_get(_file_key(task)))
        try:
            return files.read(path, task.form, task.encoding, is_tried=task.dry_run)
        except Unreadable as error:
            raise ValidationFailed(str(error)) from None


def _report(task: ImportPeople) -> str:
    key = f"{REPORTS}{context.tenant()}/{task.owner_id}/{task.job_id}/people-report.csv"
    with tempfile.TemporaryFile() as file:
        tables.write("csv", COLUMNS, _lines(task), file)
        file.seek(0)
        form = {"ContentType": tables.CONTENT_TYPES["csv"], "ContentDisposition": "attachment"}
        clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=file.read(), **form)
    return key


def _lines(task: ImportPeople) -> Iterator[Line]:
    for number in range(task.page + 1):
        yield from json.loads(_get(_part(task, number)))


def _file_key(task: ImportPeople) -> str:
    return f"{PREFIX}{context.tenant()}/{task.job_id}/file"


def _part(task: ImportPeople, number: int) -> str:
    return f"{PREFIX}{context.tenant()}/{task.job_id}/parts/{number:05d}.json"


def _listed(prefix: str) -> list[str]:
    pages = clients.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=prefix)
    return sorted(each["Key"] for page in pages for each in page.get("Contents", []))


def _put(key: str, body: bytes) -> None:
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body)


def _get(key: str) -> bytes:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body
