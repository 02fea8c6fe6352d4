"""Names of students and instructors."""

from lyceum.kit.http import Schema
from lyceum.kit.table import Entity
from lyceum.model.users.account import User


class Person(Schema):
    """Somebody's name."""

    user_id: str
    first_name: str
    last_name: str


def person(user: Entity | None) -> Person | None:
    """Show somebody's name; nothing of an account that is gone."""
    return Person.model_validate(user) if isinstance(user, User) and user.status != "deleted" else None
