"""Whose name a public document may say: an adult's in full, a minor's initials unless a guardian agreed to more."""

from lyceum.kit.table import find
from lyceum.model.users.account import User
from lyceum.model.users.privacy import ConsentRecord
from lyceum.rules.profiles import is_minor

PURPOSE = "certificates"
"""The purpose of the consent to one's name on public certificates."""
_MOST = 100


def full(user: User) -> str:
    """Return a user's name as it stands on the document that is theirs."""
    return f"{user.first_name} {user.last_name}".strip()


def shown(user: User) -> str:
    """Return what everybody may read of a user's name (1 storage request for a minor, none for others)."""
    if not is_minor(user) or _is_agreed(user.user_id):
        return full(user)
    return initials(full(user))


def initials(name: str) -> str:
    """Return the first letter of each part of a name, such as `A. O.`."""
    return " ".join(f"{part[0].upper()}." for part in name.split())


def _is_agreed(user_id: str) -> bool:
    decisions = find(ConsentRecord, user_id=user_id, purpose=PURPOSE, limit=_MOST, descending=True).items
    return bool(decisions) and bool(decisions[0].is_given) and decisions[0].given_by != user_id
