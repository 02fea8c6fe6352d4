"""Changes of one's own account: names, the wish for another address or number, the weekly goal, the password."""

from lyceum.events.users import UserContactChangeRequested, UserRenamed
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.rules import sign_in_names
from lyceum.rules.profile_views import present, rename
from lyceum.rules.sessions import require_recent_proof

from functions.auth.schemas import UpdateAccount
from functions.auth.sign_in import password_reset


def update(caller: Principal, wanted: UpdateAccount) -> User:
    """Change one's names, username, weekly goal and password, and ask for another address or number, all or nothing.

    The present address or number ends an earlier wish; another one needs a proof of the last five minutes, and is
    Forbidden without it. Of two users who race for a username exactly one gets it. A new password ends the other
    sessions. Raises Conflict when the username is taken or the account was changed meanwhile, and for passwords as
    `password_reset.set_password` does.
    """
    user = present(caller.user_id)
    if _is_new_contact(user, wanted):
        require_recent_proof(caller)
    unit = Unit()
    if wanted.current_password and wanted.new_password:
        password_reset.change(caller, user, wanted.current_password, wanted.new_password, unit)
    is_renamed = rename(user, wanted.first_name, wanted.last_name)
    if wanted.username is not None and wanted.username != user.username:
        _take_username(unit, user, wanted.username)
        is_renamed = True
    events = _wish_contacts(user, wanted)
    if wanted.weekly_goal_hours is not None:
        user.preferences = {**user.preferences, "weeklyGoalHours": wanted.weekly_goal_hours}
    if is_renamed:
        events.append(UserRenamed(user_id=user.user_id))
    unit.replace(user, *events).commit()
    return user


def _take_username(unit: Unit, user: User, username: str) -> None:
    taken = Conflict("This username is taken.", code="USERNAME_TAKEN")
    sign_in_names.swap(unit, user.user_id, user.username, username, taken)
    before, after = {"username": user.username}, {"username": username}
    unit.create(audit("username.change", user.user_id, before=before, after=after))
    user.username = username


def _wish_contacts(user: User, wanted: UpdateAccount) -> list[Event]:
    """Note the wish for another address or number on the account, and say what is to be proven."""
    events = list[Event]()
    if wanted.email is not None:
        is_present = user.email is not None and sign_in_names.fold(wanted.email) == sign_in_names.fold(user.email)
        user.wanted_email = None if is_present else wanted.email
        events += [UserContactChangeRequested(user_id=user.user_id, what="email")] if user.wanted_email else []
    if wanted.phone is not None:
        user.wanted_phone = None if wanted.phone == user.phone else wanted.phone
        events += [UserContactChangeRequested(user_id=user.user_id, what="phone")] if user.wanted_phone else []
    return events


def _is_new_contact(user: User, wanted: UpdateAccount) -> bool:
    fold = sign_in_names.fold
    is_new_address = wanted.email is not None and (user.email is None or fold(wanted.email) != fold(user.email))
    return is_new_address or (wanted.phone is not None and wanted.phone != user.phone)
