"""The texts by which a user is found in the directory."""

from lyceum.kit.values.text import normalise
from lyceum.model import PersonTerm, User
from lyceum.table import Unit

SLOTS = ("name", "surname", "username", "email")
_CHARACTERS = 200
"""Of a text in an index key, which may have 1024 bytes."""


def written(text: str) -> str:
    """Write a text as the directory has it, and as one looks for it there."""
    return normalise(text)[:_CHARACTERS]


def of(user: User) -> dict[str, str]:
    """Return the texts that a user is found by, each in its slot."""
    texts = (f"{user.first_name} {user.last_name}", f"{user.last_name} {user.first_name}", user.username, user.email)
    return {slot: written(text) for slot, text in zip(SLOTS, texts, strict=True) if text}


def entries(user: User) -> list[PersonTerm]:
    """Return a user's entries in the directory."""
    return [PersonTerm(user_id=user.user_id, slot=slot, term=term) for slot, term in of(user).items()]


def file(user_id: str, user: User | None, unit: Unit) -> None:
    """Make the directory say of a user what is true now, whatever it said before; one who is gone has no entries."""
    kept = entries(user) if user is not None and user.status != "deleted" else []
    for entry in kept:
        unit.put(entry)
    for slot in set(SLOTS) - {entry.slot for entry in kept}:
        unit.remove(PersonTerm.at(user_id=user_id, slot=slot))
