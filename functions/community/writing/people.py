"""Who writes, and the name that others see of them."""

from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.community.questions import Poster
from lyceum.model.users.account import User
from lyceum.rules import profiles
from lyceum.rules.profiles import Preferences, is_minor

from functions.community.writing.schemas import AuthorView

FORMER_MEMBER = "A former member"
_SOMEBODY = "A member"


def shown_name(user: User) -> str:
    """Return the name under which others read what somebody wrote: of minors the first name alone."""
    if Preferences.of(user).privacy.profile == "private":
        return _SOMEBODY
    return str(user.first_name) if is_minor(user) else profiles.shown_name(user)


def author(user_id: str | None, name: str | None) -> AuthorView:
    """Show who wrote something; whose account is gone is a former member."""
    if user_id is None:
        return AuthorView(name=FORMER_MEMBER, is_former_member=True)
    return AuthorView(user_id=user_id, name=name or _SOMEBODY)


def writer(caller: Principal) -> tuple[User, Poster]:
    """Read who writes and what they wrote lately (1 storage request); raises RuleViolation for one who is gone."""
    user, poster = fetch_many(User.at(user_id=caller.user_id), Poster.at(user_id=caller.user_id), consistent=True)
    if user is None:
        raise gone()
    return user, poster or Poster(user_id=caller.user_id)


def gone() -> RuleViolation:
    """Return the refusal of somebody whose account is not there any more."""
    return rule_violation("NO_ACCOUNT", "This account is not there any more.")


def is_staff(caller: Principal) -> bool:
    """Say whether the caller moderates."""
    return caller.may(Permission.MODERATE)
