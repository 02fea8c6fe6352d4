"""Brings accounts from a file, as a long job: a page of people at a time, each in a transaction of their own.

Somebody is known again by the school's id, or else by username, address or number. What is done twice changes nothing
the second time. A dry run says what each row would do, and the report is a CSV file either way.
"""

import base64
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lyceum.events.users import UserRegistered, UserRenamed, UserSuspended
from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Conflict, Detail, TooLarge, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from lyceum.rules.sessions import renew_rights
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.imports import ImportPeople

from functions.imports.exports import files as tables
from functions.imports.people import files
from functions.imports.people.schemas import AskPeopleImport, Person
from functions.imports.syntax.limits import INLINE_BYTES, Unreadable

PREFIX = "imports-people/"
REPORTS = "derived/exports/"
_PAGE = 20
_LEAVERS = 100
_COLUMNS = ("row", "outcome", "userId", "username", "field", "message")
Line = list[str]


@dataclass(frozen=True)
class Outcome:
    """What a row did, or would do."""

    row: int
    outcome: str
    user_id: str = ""
    username: str = ""
    field: str = ""
    message: str = ""

    def line(self) -> Line:
        """Write it as a line of the report."""
        row = str(self.row) if self.row else ""
        return [row, self.outcome, self.user_id, self.username, self.field, self.message]


def start(caller: Principal, wanted: AskPeopleImport) -> LongJob:
    """Keep the file and begin the job; raises ValidationFailed for bytes that are not base64, and TooLarge."""
    task = ImportPeople(
        owner_id=caller.user_id,
        form=wanted.format,
        dry_run=wanted.dry_run,
        suspend_leavers=wanted.suspend_leavers,
        language=wanted.language,
    )
    body = wanted.text.encode() if wanted.text is not None else _decoded(wanted.base64 or "")
    clients.client("s3").put_object(Bucket=settings().bucket, Key=_file_key(task), Body=body)
    unit = Unit()
    job = control.start(unit, task)
    told = {"format": wanted.format, "dryRun": wanted.dry_run, "suspendLeavers": wanted.suspend_leavers}
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
    """Do the rows of a page, then look for leavers where that is asked for; the last page writes the report."""
    people = _read(task)
    after = task.after or {"row": 0}
    if "row" in after:
        some = people.rows[after["row"] : after["row"] + _PAGE]
        outcomes = [_one(task, number, person) for number, person in some]
        if not after["row"]:
            outcomes += [
                Outcome(wrong.row, "wrong", field=wrong.field, message=wrong.message) for wrong in people.wrong
            ]
            outcomes += [
                Outcome(0, "not taken", field=name, message=f"{count} rows") for name, count in people.not_taken.items()
            ]
        reached = after["row"] + _PAGE
        following = {"row": reached} if reached < len(people.rows) else {"key": None} if task.suspend_leavers else None
    else:
        known = {person.school_id for _, person in people.rows if person.school_id}
        found = find(User, index="gsi2", role="student", limit=_LEAVERS, after=after["key"])
        outcomes = [each for user in found.items if (each := _leaver(task, user, known)) is not None]
        following = {"key": found.last_key} if found.last_key else None
    _put(_part(task, task.page), json.dumps([outcome.line() for outcome in outcomes]).encode())
    failed = sum(outcome.outcome in {"wrong", "refused"} for outcome in outcomes)
    total = len(people.rows) + len(people.wrong)
    progress = Progress(done=len(outcomes) - failed, failed=failed, after=following, total=total)
    return progress if following else Progress(progress.done, failed, None, total, _report(task))


def _read(task: ImportPeople) -> files.People:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people"
        path.write_bytes(_get(_file_key(task)))
        try:
            return files.read(path, task.form)
        except Unreadable as error:
            raise ValidationFailed(str(error)) from None


def _one(task: ImportPeople, number: int, person: Person) -> Outcome:
    try:
        user = _known(person)
        if user is None:
            return _create(task, number, person)
        if person.is_leaving:
            return _suspend(task, number, user, "The school's file says that the person left.")
        return _update(task, number, user, person)
    except Conflict as error:
        return Outcome(number, "refused", field=error.code, message=error.message)


def _known(person: Person) -> User | None:
    """Find somebody by the names of a row; raises Conflict when they are those of several people."""
    holders = set()
    for name in (person.school_id, person.username, person.email, person.phone):
        if name:
            holders |= {each.user_id for each in find(LoginName, index="gsi1", name=fold(name), limit=1).items}
            if name == person.school_id and holders:
                break
    if len(holders) > 1:
        raise Conflict("The names of this row belong to several people.", code="SEVERAL_PEOPLE")
    return User.fetch(user_id=holders.pop(), consistent=True) if holders else None


def _create(task: ImportPeople, number: int, person: Person) -> Outcome:
    user_id = ids.new_id()
    user = User(
        user_id=user_id,
        email=person.email,
        phone=person.phone,
        school_id=person.school_id,
        username=person.username or f"user-{user_id[-8:].lower()}",
        first_name=person.first_name,
        last_name=person.last_name,
        role=person.role,
        is_verified=True,
        language=person.language or task.language,
        profile=_profile(person),
    )
    if person.is_leaving:
        return Outcome(number, "left out", username=user.username, message="The file says that the person left.")
    if not task.dry_run:
        unit = Unit().create(user, UserRegistered(user_id=user_id, role=person.role))
        taken = Conflict("One of the sign-in names is taken.", code="ACCOUNT_EXISTS")
        for name in sorted({fold(each) for each in (user.email, user.phone, user.school_id, user.username) if each}):
            unit.create(LoginName(name=name, user_id=user_id), refuse=taken)
        unit.create(audit("user.import", user_id, before={}, after={"role": person.role})).commit()
    return Outcome(number, "created", "" if task.dry_run else user_id, user.username)


def _profile(person: Person) -> dict[str, Any]:
    told = {"gradeLevel": person.grade_level, "school": person.school} if person.role == "student" else {}
    return {name: value for name, value in told.items() if value}


def _update(task: ImportPeople, number: int, user: User, person: Person) -> Outcome:
    """Take over names and fields of the profile; sign-in names and roles change by their owner or an admin alone."""
    wanted = {"first_name": person.first_name, "last_name": person.last_name}
    profile = {**user.profile, **_profile(person)} if user.role == "student" else user.profile
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    is_same = not changed and profile == user.profile
    differing = [
        name for name in ("username", "email", "phone") if _differs(getattr(user, name), getattr(person, name))
    ]
    differing += ["role"] if user.role != person.role else []
    note = f"Not taken over: {', '.join(differing)}." if differing else ""
    if user.status == "deleted" or is_same:
        return Outcome(number, "unchanged", user.user_id, user.username, message=note)
    if not task.dry_run:
        for name in changed:
            setattr(user, name, wanted[name])
        user.profile = profile
        renamed = [UserRenamed(user_id=user.user_id)] if changed else []
        act = audit("user.import", user.user_id, before={}, after={"fields": sorted([*changed, "profile"])})
        Unit().replace(user, *renamed).create(act).commit()
    return Outcome(number, "updated", user.user_id, user.username, message=note)


def _differs(stored: str | None, given: str | None) -> bool:
    return bool(given) and (not stored or fold(stored) != fold(str(given)))


def _leaver(task: ImportPeople, user: User, known: set[str]) -> Outcome | None:
    if not user.school_id or user.school_id in known or user.status_at(clock.now()) != "active":
        return None
    return _suspend(task, 0, user, "The person is not in the school's file any more.")


def _suspend(task: ImportPeople, number: int, user: User, reason: str) -> Outcome:
    if user.status_at(clock.now()) != "active":
        return Outcome(number, "unchanged", user.user_id, user.username)
    if not task.dry_run:
        user.status, user.suspended_until, user.suspension_reason = "suspended", None, reason
        revocation = renew_rights(user, ends_sessions=True)
        act = audit(
            "user.suspend", user.user_id, before={"status": "active"}, after={"status": "suspended"}, reason=reason
        )
        event = UserSuspended(user_id=user.user_id, reason=reason)
        Unit().replace(user, event).create(act).put(revocation).commit()
    return Outcome(number, "suspended", user.user_id, user.username, message=reason)


def _report(task: ImportPeople) -> str:
    key = f"{REPORTS}{context.tenant()}/{task.owner_id}/{task.job_id}/people-report.csv"
    with tempfile.TemporaryFile() as file:
        tables.write("csv", _COLUMNS, _lines(task), file)
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


def _put(key: str, body: bytes) -> None:
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body)


def _get(key: str) -> bytes:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body
