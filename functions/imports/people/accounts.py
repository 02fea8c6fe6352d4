"""Accounts by rows of a file: made, known again by their names, changed, suspended."""

from typing import Any

from lyceum.events.users import UserRegistered, UserRenamed, UserSuspended
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from lyceum.rules.sessions import renew_rights
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.imports import ImportPeople

from functions.imports.people.schemas import Person
from functions.imports.rosters.outcomes import Outcome


def bring(task: ImportPeople, number: int, person: Person) -> Outcome:
    """Do a row: make an account, take over what changed, or suspend who left."""
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


def leaver(task: ImportPeople, user: User, known: set[str]) -> Outcome | None:
    """Suspend somebody whom an earlier file brought and this one lacks; None for everybody else."""
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
