"""Profiles: what others, their owner and admins see of them, and how they are edited."""

from lyceum.events.users import UserProfileEdited, UserRenamed
from lyceum.kit import clock
from lyceum.kit.errors import NotFound, ValidationFailed
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import Entity, Unit
from lyceum.model.audit import audit
from lyceum.model.mentors import MentorFigures
from lyceum.model.users.account import User
from lyceum.rules.profile_views import (
    MentorProfile,
    NoProfile,
    OwnProfile,
    StudentCard,
    StudentProfile,
    facts,
    own_view,
    present,
    rename,
    whole,
)
from lyceum.rules.profiles import Preferences, fields_of_other_roles, is_minor

from functions.users import account_admin
from functions.users.schemas import AdminProfile, EditProfile, PublicProfile


def seen_by(caller: Principal, user_id: str) -> User:
    """Read a user in one request; raises NotFound for one who is suspended or deleted, unless an admin asks."""
    return shown_to(caller, User.fetch(user_id=user_id))


def shown_to(caller: Principal, user: Entity | None) -> User:
    """Return a user that was read; raises NotFound as `seen_by` does."""
    if not isinstance(user, User) or not _is_shown_to(caller, user):
        raise NotFound("There is no such user.")
    return user


def _is_shown_to(caller: Principal, user: User) -> bool:
    return user.status_at(clock.now()) == "active" or caller.may(Permission.MANAGE_USERS)


def view(caller: Principal, user: User) -> AdminProfile | OwnProfile | PublicProfile:
    """Show a user as the caller may see them."""
    if caller.may(Permission.MANAGE_USERS):
        return admin_view(user)
    return own_view(user) if caller.user_id == user.user_id else public_view(user)


def show(caller: Principal, user_id: str) -> AdminProfile | OwnProfile | PublicProfile:
    """Show a profile, a mentor's with what came of their help (1 request, 2 of a mentor); raises as `seen_by` does."""
    shown = view(caller, seen_by(caller, user_id))
    figures = MentorFigures.fetch(user_id=user_id) if isinstance(shown.profile, MentorProfile) else None
    if figures is None or not isinstance(shown.profile, MentorProfile):
        return shown
    counts = {"total_answers": figures.answers, "helpful_count": figures.helpful, "accepted_answers": figures.accepted}
    told = shown.profile.model_copy(update={name: int(count) for name, count in counts.items()})
    return shown.model_copy(update={"profile": told})


def public_view(user: User) -> PublicProfile:
    """Show what others may see: never e-mail address and birth date, and of a minor neither school nor district."""
    privacy = Preferences.of(user).privacy
    shown = facts(user)
    if privacy.profile == "private":
        return PublicProfile(**shown | {"first_name": None, "last_name": None, "avatar": [], "profile": NoProfile()})
    if not privacy.show_last_name:
        shown["last_name"] = None
    if isinstance(shown["profile"], StudentProfile):
        is_open = privacy.show_school and not is_minor(user)
        shown["profile"] = StudentCard.model_validate(shown["profile"]) if is_open else StudentCard()
    return PublicProfile(**shown)


def admin_view(user: User) -> AdminProfile:
    """Show the whole of an account to an admin."""
    decided = {name: getattr(user, name) for name in ("suspended_until", "suspension_reason", "deleted_at", "purge_at")}
    return AdminProfile(**whole(user), **decided)


def edit(
    caller: Principal, user_id: str, wanted: EditProfile, version: int | None
) -> AdminProfile | OwnProfile | PublicProfile:
    """Change names and the fields of the user's role; an admin's changes of another's profile are audited.

    Raises ValidationFailed for fields of another role, Forbidden for a user above the admin, PreconditionFailed for a
    stale version and Conflict for one that was changed meanwhile.
    """
    is_own = may_touch(caller, user_id)
    user = present(user_id) if is_own else account_admin.subject(caller, user_id)
    before = {"firstName": user.first_name, "lastName": user.last_name, "profile": user.profile}
    is_renamed = rename(user, wanted.first_name, wanted.last_name)
    if wanted.profile is not None:
        if details := fields_of_other_roles(user.role, wanted.profile):
            raise ValidationFailed("Some fields belong to another role.", details=details)
        changes = wanted.profile.model_dump(mode="json", by_alias=True, exclude_unset=True)
        user.profile = {name: value for name, value in {**user.profile, **changes}.items() if value is not None}
    events: list[Event] = [UserRenamed(user_id=user_id)] if is_renamed else []
    if user.role == "mentor" and wanted.profile is not None:
        events.append(UserProfileEdited(user_id=user_id))
    unit = Unit().replace(user, *events, expect=version)
    if not is_own:
        after = {"firstName": user.first_name, "lastName": user.last_name, "profile": user.profile}
        unit.create(audit("user.edit", user_id, before=before, after=after))
    unit.commit()
    return view(caller, user)
