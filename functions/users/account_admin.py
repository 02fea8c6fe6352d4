"""What admins decide about an account: role, suspension, verification. Every act is audited in its own transaction.

Whoever acts holds the role of the account in question, and nobody acts on themself. All but super admins may delete
their own account, so nobody is the last who leaves a tenant without one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.users import UserActivated, UserDeleted, UserRoleChanged, UserSuspended, UserVerified
from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, Forbidden, rule_violation
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal, Role
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.model.users.erasure import PurgeDue
from lyceum.rules.profile_views import present
from lyceum.rules.sessions import renew_rights, require_recent_proof
from lyceum.tasks.users import EraseAccount

_VERIFIABLE = {Role.MENTOR, Role.INSTRUCTOR}


def subject(caller: Principal, user_id: str, *, even_deleted: bool = False) -> User:
    """Read the user that an admin acts on (1 storage request), with `even_deleted` one whose erasure is due too.

    Raises NotFound, or Forbidden for oneself and for somebody above.
    """
    if caller.user_id == user_id:
        raise Forbidden("Another admin has to do this to your account.")
    user = User.require(user_id=user_id) if even_deleted else present(user_id)
    _require_rank(caller, Role(user.role))
    return user


def _require_rank(caller: Principal, role: Role) -> None:
    if not caller.is_at_least(role):
        raise Forbidden("This role is above your own.")


def change_role(caller: Principal, user_id: str, role: Role, reason: str | None) -> User:
    """Give a user another role within the caller's rank; the user counts as verified in it, and their sessions end."""
    _require_rank(caller, role)
    return _give_role(subject(caller, user_id), role, reason)


def make_first_admin(user_id: str, reason: str) -> User:
    """Make somebody a super admin, for the operator of a tenant in which nobody could; raises NotFound."""
    return _give_role(present(user_id), Role.SUPER_ADMIN, reason)


def _give_role(user: User, role: Role, reason: str | None) -> User:
    user.verified_at = clock.now()
    event = UserRoleChanged(user_id=user.user_id, old_role=user.role, new_role=role.value)
    return _decide("user.role", user, {"role": role.value, "is_verified": True}, event, reason)


def suspend(caller: Principal, user_id: str, reason: str, until: datetime | None) -> User:
    """Suspend a user, who is active again at `until`; their sessions end. A second time replaces reason and end."""
    if until is not None and until <= clock.now():
        raise rule_violation("ENDS_IN_THE_PAST", "A suspension ends in the future.")
    user = subject(caller, user_id)
    event = UserSuspended(user_id=user_id, reason=reason, until=until)
    return _decide(
        "user.suspend",
        user,
        {"status": "suspended", "suspended_until": until, "suspension_reason": reason},
        event,
        reason,
    )


def activate(caller: Principal, user_id: str) -> User:
    """End a suspension; raises Conflict when there is none."""
    user = subject(caller, user_id)
    if user.status_at(clock.now()) != "suspended":
        raise Conflict("This user is not suspended.", code="NOT_SUSPENDED")
    return _decide(
        "user.activate",
        user,
        {"status": "active", "suspended_until": None, "suspension_reason": None},
        UserActivated(user_id=user_id),
    )


def verify(caller: Principal, user_id: str) -> User:
    """Verify a mentor or an instructor, who may then act as such; a second time changes nothing."""
    user = subject(caller, user_id)
    if user.role not in _VERIFIABLE:
        raise rule_violation("NOTHING_TO_VERIFY", "Only mentors and instructors are verified.")
    if user.is_verified:
        return user
    user.verified_at = clock.now()
    return _decide(
        "user.verify",
        user,
        {"is_verified": True},
        UserVerified(user_id=user_id, what="role"),
    )


def delete(caller: Principal, user_id: str, unit: Unit | None = None, erase: EraseAccount | None = None) -> User:
    """Hide an account at once and end its sessions; its names stay taken until it is erased, 30 days later.

    With `erase` it is erased as soon as that task is carried out, also when it was deleted before; `unit` holds what
    is written with it. Raises Forbidden for somebody above the caller, for a super admin's own account, and for one's
    own without a proof of the last five minutes.
    """
    is_own = caller.user_id == user_id and caller.role is not Role.SUPER_ADMIN
    if is_own:
        require_recent_proof(caller)
    user = present(user_id) if is_own else subject(caller, user_id, even_deleted=erase is not None)
    now = clock.now()
    purge_at = now if erase else now + timedelta(days=limits.value("account_retention_days"))
    changes = {"status": "deleted", "deleted_at": user.deleted_at or now, "purge_at": purge_at}
    due = PurgeDue(day=clock.iso(purge_at)[:10], user_id=user_id, purge_at=purge_at)
    written = (unit or Unit()).put(due, *([erase] if erase else []))
    event = UserDeleted(user_id=user_id, role=user.role, purge_at=purge_at) if user.status != "deleted" else None
    return _decide("user.delete", user, changes, event, unit=written)


def _decide(
    action: str,
    user: User,
    changes: Mapping[str, Any],
    event: Event | None,
    reason: str | None = None,
    unit: Unit | None = None,
) -> User:
    """Store a decision with its event and its audit; tokens end, and sessions too unless it only gives rights."""
    before = {name: _as_json(getattr(user, name)) for name in changes}
    for name, value in changes.items():
        setattr(user, name, value)
    revocation = renew_rights(user, ends_sessions=not isinstance(event, UserActivated | UserVerified))
    after = {name: _as_json(value) for name, value in changes.items()}
    act = audit(action, user.user_id, before=before, after=after, reason=reason)
    (unit or Unit()).replace(user, *([event] if event else [])).create(act).put(revocation).commit()
    return user


def _as_json(value: Any) -> Any:
    return clock.iso(value) if isinstance(value, datetime) else value
