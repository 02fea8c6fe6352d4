"""One's own account: names, the wish for another address or number, and preferences."""

from lyceum.events.users import ContactChangeRequested, UserPreferencesChosen, UserRenamed
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.rules import sign_in_names
from lyceum.rules.profiles import OtherWords, Preferences, Privacy
from lyceum.rules.sessions import require_recent_proof

from functions.users import account_admin
from functions.users.profiles import rename
from functions.users.schemas import ChoosePreferences, Chosen, UpdateAccount, UsernameAnswer


def update(caller: Principal, wanted: UpdateAccount) -> User:
    """Change one's names, username, weekly goal, and ask for another address or number, in one transaction.

    The present address or number ends an earlier wish; another one needs a proof of the last five minutes, and is
    Forbidden without it. Of two users who race for a username exactly one gets it.
    Raises Conflict when it is taken, or when the account was changed meanwhile.
    """
    user = account_admin.present(caller.user_id)
    if _is_new_contact(user, wanted):
        require_recent_proof(caller)
    unit, events = Unit(), list[Event]()
    is_renamed = rename(user, wanted.first_name, wanted.last_name)
    if wanted.username is not None and wanted.username != user.username:
        taken = Conflict("This username is taken.", code="USERNAME_TAKEN")
        sign_in_names.swap(unit, user.user_id, user.username, wanted.username, taken)
        before, after = {"username": user.username}, {"username": wanted.username}
        unit.create(audit("username.change", user.user_id, before=before, after=after))
        user.username, is_renamed = wanted.username, True
    if wanted.email is not None:
        is_present = user.email is not None and sign_in_names.fold(wanted.email) == sign_in_names.fold(user.email)
        user.wanted_email = None if is_present else wanted.email
        events += [ContactChangeRequested(user_id=user.user_id, what="email")] if user.wanted_email else []
    if wanted.phone is not None:
        user.wanted_phone = None if wanted.phone == user.phone else wanted.phone
        events += [ContactChangeRequested(user_id=user.user_id, what="phone")] if user.wanted_phone else []
    if wanted.weekly_goal_hours is not None:
        user.preferences = {**user.preferences, "weeklyGoalHours": wanted.weekly_goal_hours}
    if is_renamed:
        events.append(UserRenamed(user_id=user.user_id))
    unit.replace(user, *events).commit()
    return user


def _is_new_contact(user: User, wanted: UpdateAccount) -> bool:
    fold = sign_in_names.fold
    is_new_address = wanted.email is not None and (user.email is None or fold(wanted.email) != fold(user.email))
    return is_new_address or (wanted.phone is not None and wanted.phone != user.phone)


def choose(caller: Principal, wanted: ChoosePreferences) -> Chosen:
    """Change the caller's choices that are named; raises Conflict when the account was changed meanwhile."""
    user = account_admin.present(caller.user_id)
    old = Preferences.of(user)
    clearable = {"study_time", "weekly_goal_hours"}
    others = {"language", "time_zone", "privacy", *OtherWords.model_fields}
    given = wanted.model_dump(exclude=others, exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name in clearable}
    if "study_time" in changes:
        changes["preferred_study_time"] = None
    changes |= wanted.in_own_words()
    if wanted.privacy is not None:
        changes["privacy"] = Privacy(**old.privacy.model_dump() | wanted.privacy.model_dump(exclude_unset=True))
    user.preferences = old.model_copy(update=changes).model_dump(mode="json", by_alias=True, exclude_none=True)
    user.language, user.time_zone = wanted.language or user.language, wanted.time_zone or user.time_zone
    Unit().replace(user, UserPreferencesChosen(user_id=user.user_id)).commit()
    return Chosen(**Preferences.of(user).model_dump(), language=user.language, time_zone=user.time_zone)


def check_username(caller: Principal | None, username: str) -> UsernameAnswer:
    """Say whether a username can be had, in one request; who asks later may find it gone."""
    holder_id = sign_in_names.holder_of(username)
    is_free = holder_id is None or (caller is not None and holder_id == caller.user_id)
    return UsernameAnswer(username=username, is_free=is_free)
