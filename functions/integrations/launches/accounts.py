"""Accounts of people whom a platform names: made once for each of its names of somebody."""

import hashlib
import re
from collections.abc import Iterable

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lyceum.events.users import UserRegistered
from lyceum.kit import clock, ids
from lyceum.kit.identity import Role
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.integrations.launches import LaunchAccount
from lyceum.model.users.account import User
from lyceum.rules.profiles import PersonName

_TEACHER = re.compile(r"(?:^|membership#)(?:Instructor|ContentDeveloper)$")
_name = TypeAdapter(PersonName, config=ConfigDict(defer_build=True))


def is_teacher(roles: Iterable[str]) -> bool:
    """Say whether roles in a platform's course are a teacher's, by full or short names (LTI 1.3 Core, A.2.3)."""
    return any(_TEACHER.search(role) for role in roles)


def known(platform_id: str, sub: str) -> User | None:
    """Return whom a platform means (at most 2 storage requests); None for somebody who has no account yet."""
    found = LaunchAccount.fetch(platform_id=platform_id, subject=_subject(sub), consistent=True)
    return User.require(user_id=found.user_id) if found is not None else None


def make(unit: Unit, platform_id: str, sub: str, names: tuple[str | None, str | None], roles: Iterable[str]) -> User:
    """Make the account of somebody, in the transaction of what it is for; `names` are the given and the family name."""
    user_id = ids.new_id()
    user = User(
        user_id=user_id,
        username=f"user-{user_id[-8:].lower()}",
        first_name=_named(names[0], "New"),
        last_name=_named(names[1], "Learner"),
        role=(Role.INSTRUCTOR if is_teacher(roles) else Role.STUDENT).value,
        is_verified=True,
        verified_at=clock.now(),
    )
    unit.create(user, UserRegistered(user_id=user_id, role=user.role, actor=user_id))
    unit.create(LoginName(name=user.username, user_id=user_id))
    unit.create(LaunchAccount(platform_id=platform_id, subject=_subject(sub), user_id=user_id))
    unit.create(audit("lti.account", user_id, before={}, after={"role": user.role}))
    return user


def _subject(sub: str) -> str:
    return hashlib.sha256(sub.encode()).hexdigest()


def _named(given: str | None, otherwise: str) -> str:
    try:
        return str(_name.validate_python((given or "")[:100])) or otherwise
    except ValidationError:
        return otherwise
