"""People as the directory of an organisation keeps them: made, changed, found, and suspended when they leave.

Whoever the directory gives up is suspended, and their tokens end within ten seconds; nobody's work goes. A suspension
that an administrator decided on is not lifted by the directory. Nobody above the caller is touched, nor the caller.
"""

from dataclasses import dataclass

from pydantic import ConfigDict, EmailStr, TypeAdapter, ValidationError

from lyceum.events.users import UserActivated, UserRegistered, UserRenamed, UserRoleChanged, UserSuspended
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, Forbidden, NotFound
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal, Role
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.integrations.directory import DirectoryLink
from lyceum.model.users.account import User
from lyceum.rules import sign_in_names
from lyceum.rules.sessions import renew_rights

from functions.integrations.scim.schemas import SentUser

LEFT = "The directory of the organisation let go of this account."
_ROLES = frozenset({Role.STUDENT.value, Role.MENTOR.value, Role.INSTRUCTOR.value})
_address = TypeAdapter(EmailStr, config=ConfigDict(defer_build=True))


@dataclass
class Entry:
    """A person with what the directory calls them, if it does."""

    user: User
    link: DirectoryLink | None

    @property
    def user_name(self) -> str:
        """The name in the directory, or else what the person signs in with."""
        return str(self.link.user_name if self.link else self.user.email or self.user.username)

    @property
    def is_there(self) -> bool:
        """Whether the directory sees the person: deleted accounts and those that it let go of are not there."""
        return self.user.status != "deleted" and not (self.link and self.link.released_at)


def known(user_id: str) -> Entry:
    """Read a person (1 storage request); raises NotFound."""
    found = fetch(user_id)
    if found is None or not found.is_there:
        raise NotFound("There is no such user.")
    return found


def fetch(user_id: str) -> Entry | None:
    """Read a person, let go of or not; None when there is no account."""
    user, link = batch_fetch([User.at(user_id=user_id), DirectoryLink.at(user_id=user_id)], consistent=True)
    return Entry(user, link if isinstance(link, DirectoryLink) else None) if isinstance(user, User) else None


def create(caller: Principal, wanted: SentUser) -> Entry:
    """Make an account, or take up again one that the directory let go of; raises Conflict with `uniqueness`.

    The address counts as unproven until its owner proves it. A password is never taken over.
    """
    holder = sign_in_names.holder_of(wanted.user_name)
    if holder is not None:
        former = fetch(holder)
        if former is None or former.link is None or former.link.released_at is None:
            raise _taken()
        return change(caller, former, wanted)
    user = _newcomer(wanted)
    link = DirectoryLink(user_id=user.user_id, user_name=wanted.user_name, external_id=wanted.external_id)
    unit = Unit().create(user, UserRegistered(user_id=user.user_id, role=user.role)).create(link)
    for name in sorted({sign_in_names.fold(each) for each in (user.email, user.username, user.school_id) if each}):
        unit.create(LoginName(name=name, user_id=user.user_id), refuse=_taken())
    unit.create(audit("directory.create", user.user_id, before={}, after={"role": user.role, "status": user.status}))
    unit.commit()
    return Entry(user, link)


def _taken() -> Conflict:
    told = "An account with one of these names exists."
    return Conflict(told, code="ACCOUNT_EXISTS", details=[Detail("userName", told, "uniqueness")])


def _newcomer(wanted: SentUser) -> User:
    user_id, (email, other) = ids.new_id(), _names(wanted)
    first, last = _named(wanted)
    is_active = wanted.active is not False
    return User(
        user_id=user_id,
        email=email,
        school_id=other,
        username=f"user-{user_id[-8:].lower()}",
        first_name=first,
        last_name=last,
        role=wanted.user_type if wanted.user_type in _ROLES else Role.STUDENT.value,
        is_verified=True,
        verified_at=clock.now(),
        status="active" if is_active else "suspended",
        suspension_reason=None if is_active else LEFT,
    )


def _names(wanted: SentUser) -> tuple[str | None, str | None]:
    """Return the e-mail address, and the name in the directory where that is another one."""
    given = [each for each in wanted.emails or [] if each.value]
    primary = next((each.value for each in given if each.primary), given[0].value if given else None)
    email = primary or _as_address(wanted.user_name)
    is_same = email is not None and sign_in_names.fold(email) == sign_in_names.fold(wanted.user_name)
    return email, None if is_same else wanted.user_name


def _as_address(name: str) -> str | None:
    try:
        return str(_address.validate_python(name))
    except ValidationError:
        return None


def _named(wanted: SentUser) -> tuple[str, str]:
    """Return first and last name; where none came, what there is before the at sign stands for both."""
    name = wanted.name
    plain = wanted.user_name.partition("@")[0].replace(".", " ").split() or ["New"]
    shown = (wanted.display_name or (name.formatted if name else None) or "").split()
    words = shown if shown and not any(mark in "".join(shown) for mark in "@/\\.") else plain
    first = (name.given_name if name else None) or words[0]
    last = (name.family_name if name else None) or " ".join(words[1:]) or first
    return first[:100], last[:100]


def change(caller: Principal, found: Entry, wanted: SentUser) -> Entry:
    """Let a person be as the directory says, in one transaction; nothing is written where nothing differs.

    Raises Forbidden for oneself and for somebody above, and Conflict with `uniqueness` for a name that is taken.
    """
    user = found.user
    _require_reach(caller, user)
    unit, before = Unit(), _shown(user)
    link = found.link or DirectoryLink(user_id=user.user_id)
    had = (link.user_name, link.external_id, link.released_at)
    link.user_name, link.external_id, link.released_at = wanted.user_name, wanted.external_id, None
    events = [*_rename(unit, user, wanted), *_decide(user, wanted)]
    ends = any(isinstance(event, UserSuspended | UserRoleChanged) for event in events)
    if ends or any(isinstance(event, UserActivated) for event in events):
        unit.put(renew_rights(user, ends_sessions=ends))
    is_changed = bool(events) or before != _shown(user)
    is_linked_anew = had != (link.user_name, link.external_id, link.released_at)
    if is_changed:
        unit.replace(user, *events)
    if is_linked_anew:
        unit.save(link)
    if is_changed or is_linked_anew:
        unit.create(audit("directory.change", user.user_id, before=before, after=_shown(user)))
    unit.commit()
    return Entry(user, link)


def _shown(user: User) -> dict[str, str]:
    return {"status": str(user.status), "role": str(user.role)}


def _require_reach(caller: Principal, user: User) -> None:
    if caller.user_id == user.user_id:
        raise Forbidden("The directory does not change the account that its key acts for.")
    if not caller.is_at_least(Role(user.role)):
        raise Forbidden("This role is above your own.")


def _rename(unit: Unit, user: User, wanted: SentUser) -> list[Event]:
    """Give a person other names, and guard those that one signs in with; another address is proven anew."""
    (email, other), (first, last) = _names(wanted), _named(wanted)
    had = (user.first_name, user.last_name, user.email, user.school_id)
    if wanted.name or wanted.display_name:
        user.first_name, user.last_name = first, last
    if email and sign_in_names.fold(email) != sign_in_names.fold(user.email or ""):
        sign_in_names.swap(unit, user.user_id, user.email, email, _taken())
        user.email, user.email_verified_at = email, None
    if other and sign_in_names.fold(other) not in {sign_in_names.fold(user.school_id or ""), user.username.lower()}:
        sign_in_names.swap(unit, user.user_id, user.school_id, other, _taken())
        user.school_id = other
    is_other = had != (user.first_name, user.last_name, user.email, user.school_id)
    return [UserRenamed(user_id=user.user_id)] if is_other else []


def _decide(user: User, wanted: SentUser) -> list[Event]:
    """Suspend who left, let in again who came back, and give another of the roles that a directory gives."""
    events: list[Event] = []
    is_suspended = user.status_at(clock.now()) == "suspended"
    if wanted.active is False and not is_suspended:
        user.status, user.suspended_until, user.suspension_reason = "suspended", None, LEFT
        events.append(UserSuspended(user_id=user.user_id, reason=LEFT))
    if wanted.active is not False and is_suspended and user.suspension_reason == LEFT:
        user.status, user.suspension_reason = "active", None
        events.append(UserActivated(user_id=user.user_id))
    role = wanted.user_type
    if role in _ROLES and user.role in _ROLES and role != user.role:
        events.append(UserRoleChanged(user_id=user.user_id, old_role=user.role, new_role=str(role)))
        user.role, user.is_verified, user.verified_at = role, True, clock.now()
    return events


def release(caller: Principal, user_id: str) -> None:
    """Let go of a person: the account is suspended and the directory sees it no more; raises NotFound, Forbidden."""
    found = known(user_id)
    user = found.user
    _require_reach(caller, user)
    link = found.link or DirectoryLink(user_id=user_id, user_name=found.user_name)
    link.released_at = clock.now()
    unit, before = Unit().save(link), _shown(user)
    if user.status_at(clock.now()) == "active":
        user.status, user.suspended_until, user.suspension_reason = "suspended", None, LEFT
        unit.put(renew_rights(user, ends_sessions=True))
        unit.replace(user, UserSuspended(user_id=user_id, reason=LEFT))
    unit.create(audit("directory.release", user_id, before=before, after=_shown(user))).commit()
