"""One's own account: what its owner chose, and whether a username is free."""

from lyceum.events.users import UserPreferencesChosen
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.rules import sign_in_names
from lyceum.rules.profile_views import present
from lyceum.rules.profiles import OtherWords, Preferences, Privacy

from functions.users.schemas import ChoosePreferences, Chosen, UsernameAnswer


def choose(caller: Principal, wanted: ChoosePreferences) -> Chosen:
    """Change the caller's choices that are named; raises Conflict when the account was changed meanwhile."""
    user = present(caller.user_id)
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
    user.has_own_zone = True if wanted.time_zone else user.has_own_zone
    Unit().replace(user, UserPreferencesChosen(user_id=user.user_id)).commit()
    return Chosen(**Preferences.of(user).model_dump(), language=user.language, time_zone=user.time_zone)


def check_username(caller: Principal | None, username: str) -> UsernameAnswer:
    """Say whether a username can be had, in one request; who asks later may find it gone."""
    holder_id = sign_in_names.holder_of(username)
    is_free = holder_id is None or (caller is not None and holder_id == caller.user_id)
    return UsernameAnswer(username=username, is_free=is_free)
