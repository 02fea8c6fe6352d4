"""Names of students and instructors."""

from lyceum.kit.http import Schema
from lyceum.kit.table import Entity
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences


class Person(Schema):
    """Somebody's name; of one who hides it, the first name alone."""

    user_id: str
    first_name: str
    last_name: str | None = None


def person(user: Entity | None) -> Person | None:
    """Show somebody's name to those who teach them; nothing of an account that is gone."""
    return Person.model_validate(user) if isinstance(user, User) and user.status != "deleted" else None


def public_person(user: Entity | None) -> Person | None:
    """Show as much of somebody's name as they let everybody see."""
    shown = person(user)
    if shown is None or not isinstance(user, User):
        return None
    privacy = Preferences.of(user).privacy
    if privacy.profile == "private":
        return None
    return shown if privacy.show_last_name else shown.model_copy(update={"last_name": None})
